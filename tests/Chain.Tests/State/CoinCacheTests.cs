using System.Collections.Immutable;
using Chain.Core.Coins;
using Chain.Core.Primitives;
using Chain.State;
using Chain.State.Storage;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.State;

/// <summary>
/// The cache in front of the coins: whatever is applied, taken back, flushed and asked in whatever order, it answers as a
/// dictionary would.
/// </summary>
public class CoinCacheTests(ITestOutputHelper output)
{
    private const int Scripts = 4;

    [Fact]
    public void ApplyReverseFlushFind_RandomSequences_EqualsADictionary() => Property.Check(output, 12, random =>
    {
        using var folder = new StateFolder();
        using var database = ChainDatabase.Open(folder.Database);
        var model = new Model(random, database);
        for (var step = 0; step < 120; step++)
        {
            model.Step();
            model.AssertEqual();
        }
    });

    [Fact]
    public void Write_CoinCreatedAndSpentBetweenFlushes_NeverReachesTheDisk()
    {
        using var folder = new StateFolder();
        using var database = ChainDatabase.Open(folder.Database);
        var cache = new CoinCache(database.Coins, maxClean: 100);
        var created = Create(Payment(1), height: 1);
        cache.Apply(created);
        Assert.Equal(1, cache.DirtyCount);
        cache.Apply(created.Reverse());
        Assert.Equal(0, cache.DirtyCount);
        Assert.Equal(0, cache.Count);
        using (var raw = SqliteDatabase.Open(folder.Database))
            raw.Execute("CREATE TRIGGER never BEFORE INSERT ON coin_pages BEGIN SELECT RAISE(ABORT, 'written'); END");
        Flush(database, cache, keep: 100);
    }

    [Fact]
    public void Apply_SameCoinBackAgain_IsNoDifference()
    {
        using var folder = new StateFolder();
        using var database = ChainDatabase.Open(folder.Database);
        var cache = new CoinCache(database.Coins, maxClean: 100);
        var diff = Create(Payment(1), height: 1);
        cache.Apply(diff);
        Flush(database, cache, keep: 100);
        cache.Apply(diff.Reverse());
        Assert.Equal(1, cache.DirtyCount);
        cache.Apply(Create(Payment(1), height: 1));
        Assert.Equal(0, cache.DirtyCount);
        cache.Apply(diff.Reverse());
        cache.Apply(Create(Payment(1), height: 2));
        Assert.Equal(1, cache.DirtyCount);
        Flush(database, cache, keep: 0);
        Assert.Equal(2, cache.Find(diff.Created.Keys.Single())!.Height);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    public void EndFlush_ManyDirtyEntries_AllBecomeClean(int keep)
    {
        using var folder = new StateFolder();
        using var database = ChainDatabase.Open(folder.Database);
        var cache = new CoinCache(database.Coins, maxClean: 1_000);
        var diffs = Enumerable.Range(0, 400).Select(i => Create(Payment(i), height: 1)).ToList();
        foreach (var diff in diffs) cache.Apply(diff);
        Flush(database, cache, keep);
        Assert.Equal(0, cache.DirtyCount);
        Assert.Equal(Math.Min(keep, 400), cache.Count);

        foreach (var diff in diffs.Where((_, i) => i % 2 == 0)) cache.Apply(diff.Reverse());
        Assert.Equal(200, cache.DirtyCount);
        Flush(database, cache, keep);
        Assert.Equal(0, cache.DirtyCount);
        Assert.Equal(Math.Min(keep, 200), cache.Count);
        Assert.Equal(200, database.Coins.ReadAll().Count());
    }

    /// <summary>Who asks for every coin there is must not fill the memory with them.</summary>
    [Fact]
    public void Find_MoreThanTheCacheHolds_KeepsNoMore()
    {
        using var folder = new StateFolder();
        using var database = ChainDatabase.Open(folder.Database);
        var cache = new CoinCache(database.Coins, maxClean: 10);
        var diffs = Enumerable.Range(0, 50).Select(i => Create(Payment(i), height: 1)).ToList();
        foreach (var diff in diffs) cache.Apply(diff);
        Flush(database, cache, keep: 0);
        foreach (var diff in diffs) Assert.NotNull(cache.Find(diff.Created.Keys.Single()));
        Assert.Equal(10, cache.Count);

        // What is not kept is spent and restored all the same.
        foreach (var diff in diffs) cache.Apply(diff.Reverse());
        Assert.Equal(50, cache.DirtyCount);
        Assert.All(diffs, diff => Assert.Null(cache.Find(diff.Created.Keys.Single())));
        foreach (var diff in diffs) cache.Apply(diff);
        Assert.Equal(0, cache.DirtyCount);
    }

    private static byte[] ScriptOf(int number) => [0x51, (byte)(number % Scripts)];

    private static Transaction Payment(int number, int outputs = 1) =>
        new(number, [new TxIn(OutPoint.Null, default)], [.. Enumerable.Range(0, outputs).Select(i => new TxOut(number, ScriptOf(number + i)))], lockTime: 0);

    private static CoinDiff Create(Transaction transaction, int height)
    {
        var diff = new CoinDiff();
        diff.CreateOutputs(transaction, height);
        return diff;
    }

    private static void Flush(ChainDatabase database, CoinCache cache, int keep)
    {
        database.InTransaction(() =>
        {
            cache.BeginFlush();
            while (cache.FlushSome())
            {
            }
        });
        cache.EndFlush(keep);
    }

    /// <summary>What the cache and the disk must hold, kept in two dictionaries.</summary>
    private sealed class Model
    {
        private readonly Generate _random;
        private readonly ChainDatabase _database;
        private readonly CoinCache _cache;
        private readonly ImmutableArray<Transaction> _transactions;
        private readonly Dictionary<OutPoint, Coin> _coins = [];
        private readonly Dictionary<OutPoint, Coin> _disk = [];
        private readonly Stack<CoinDiff> _applied = new();

        public Model(Generate random, ChainDatabase database)
        {
            _random = random;
            _database = database;
            _cache = new CoinCache(database.Coins, random.Between(0, 30));
            _transactions = [.. Enumerable.Range(0, 25).Select(i => Payment(i, random.Between(1, 4)))];
        }

        public void Step()
        {
            switch (_random.Between(0, 9))
            {
                case < 5:
                    Apply();
                    break;
                case < 8:
                    if (_applied.TryPop(out var diff)) Apply(diff.Reverse());
                    break;
                case 8:
                    Flush();
                    break;
                default:
                    foreach (var outPoint in Places().Where(_ => _random.Bool())) AssertFind(outPoint);
                    break;
            }
        }

        public void AssertEqual()
        {
            var dirty = Places().Count(place => !Same(_coins.GetValueOrDefault(place), _disk.GetValueOrDefault(place)));
            Assert.Equal(dirty, _cache.DirtyCount);
            for (var script = 0; script < Scripts; script++)
            {
                var expected = _coins.Where(pair => pair.Value.Output.ScriptPubKey.Span.SequenceEqual(ScriptOf(script))).ToDictionary();
                var found = _cache.FindByScript(ScriptOf(script));
                Assert.Equal(expected.Keys.ToHashSet(), found.Select(pair => pair.OutPoint).ToHashSet());
                Assert.Equal(expected.Count, found.Count);
                Assert.All(found, pair => Assert.True(Same(expected[pair.OutPoint], pair.Coin)));
            }
        }

        private void Apply()
        {
            var diff = new CoinDiff();
            foreach (var (outPoint, coin) in _coins.Where(_ => _random.Between(0, 4) == 0).ToList()) diff.Spend(outPoint, _cache.Find(outPoint) ?? coin);
            foreach (var transaction in _transactions.Where(_ => _random.Between(0, 9) == 0))
            {
                if (!IsPresent(transaction)) diff.CreateOutputs(transaction, _random.Between(1, 3));
            }

            Apply(diff);
            _applied.Push(diff);
        }

        private void Apply(CoinDiff diff)
        {
            _cache.Apply(diff);
            foreach (var outPoint in diff.Spent.Keys) Assert.True(_coins.Remove(outPoint));
            foreach (var (outPoint, coin) in diff.Created) _coins.Add(outPoint, coin);
        }

        /// <summary>Between the slices the coins change on; the disk gets those of the beginning, or none where the transaction fails.</summary>
        private void Flush()
        {
            var fails = _random.Between(0, 3) == 0;
            var expected = fails ? _disk : new Dictionary<OutPoint, Coin>(_coins);
            var failure = Record.Exception(() => _database.InTransaction(() =>
            {
                _cache.BeginFlush();
                while (_cache.FlushSome())
                {
                    if (_random.Bool()) Apply();
                    if (_random.Bool() && _applied.TryPop(out var diff)) Apply(diff.Reverse());
                    foreach (var outPoint in Places().Where(_ => _random.Bool())) AssertFind(outPoint);
                }

                if (fails) throw new TimeoutException();
            }));
            Assert.Equal(fails, failure is TimeoutException);
            if (fails) _cache.AbortFlush();
            else _cache.EndFlush(_random.Between(0, 60));
            var stored = new Dictionary<OutPoint, Coin>(expected);
            _disk.Clear();
            foreach (var (outPoint, coin) in stored) _disk.Add(outPoint, coin);
            Assert.Equal(_disk.Count, _database.Coins.ReadAll().Count(pair => Same(_disk[pair.OutPoint!.Value], pair.Coin)));
            Assert.Equal(_disk.Count, _database.Coins.ReadIndex(_disk.GetValueOrDefault).Count(entry => entry is not null));
        }

        private void AssertFind(OutPoint outPoint) => Assert.True(Same(_coins.GetValueOrDefault(outPoint), _cache.Find(outPoint)));

        private bool IsPresent(Transaction transaction) => PlacesOf(transaction).Any(_coins.ContainsKey);

        private IEnumerable<OutPoint> Places() => _transactions.SelectMany(PlacesOf);

        private static IEnumerable<OutPoint> PlacesOf(Transaction transaction) =>
            Enumerable.Range(0, transaction.Outputs.Length).Select(i => new OutPoint(transaction.Id, (uint)i));

        private static bool Same(Coin? x, Coin? y) => x is null ? y is null : y is not null && x.ContentEquals(y);
    }
}
