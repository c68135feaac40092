using System.Buffers.Binary;
using Chain.State.Storage;
using Chain.State.Storage.Sorted;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.State;

/// <summary>Sorted runs say what a sorted dictionary says, through every merge, rollback and new start.</summary>
public class SortedTableTests(ITestOutputHelper output)
{
    private const int KeySize = 12;

    /// <summary>As many runs of one size as are merged.</summary>
    private const int Runs = 6;

    [Fact]
    public void Everything_RandomWritesRollbacksAndRestarts_IsWhatTheModelSays() => Property.Check(output, 30, random =>
    {
        using var folder = new StateFolder();
        var model = new SortedDictionary<byte[], byte[]>(Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y)));
        var (db, table) = Open(folder.Database);
        var mostRuns = 0;
        for (var i = 0; i < 60; i++)
        {
            var changes = Changes(random);
            var fails = random.Between(0, 7) == 0;
            var failure = Record.Exception(() => db.InTransaction(() =>
            {
                Write(table, changes, random);
                if (fails) throw new InvalidOperationException();
            }));
            Assert.Equal(fails, failure is not null);
            if (!fails) Apply(model, changes);
            mostRuns = Math.Max(mostRuns, table.RunCount);
            if (random.Between(0, 9) == 0)
            {
                db.Dispose();
                (db, table) = Open(folder.Database);
            }

            if (random.Between(0, 3) == 0) AssertEqual(model, table, random);
        }

        AssertEqual(model, table, random);
        Assert.InRange(mostRuns, 1, 24);
        db.Dispose();
    });

    /// <summary>A look-up in the middle of a merge, whatever has been written of it.</summary>
    [Fact]
    public void Merge_StepByStep_EveryLookUpIsRight()
    {
        using var folder = new StateFolder();
        var (db, table) = Open(folder.Database);
        using var _ = db;
        for (var run = 0; run < Runs; run++) db.InTransaction(() => WriteOnly(table, [.. Enumerable.Range(0, 12_000 / Runs).Select(i => (Key(i * Runs + run), Value(i, 20)))]));
        Assert.Equal(Runs, table.RunCount);
        var steps = 0;
        db.InTransaction(() =>
        {
            do
            {
                Assert.NotNull(table.Find(Key(steps)));
                Assert.Null(table.Find(Key(100_000)));
                steps++;
            }
            while (table.Merge() > 0);
        });
        Assert.InRange(steps, 12_000 / 256, 1_000);
        Assert.Equal((1, 12_000), (table.RunCount, table.EntryCount));
        Assert.Equal(12_000, Count(table));
    }

    /// <summary>Deleted keys leave no trace once everything is merged, and their pages are written over.</summary>
    [Fact]
    public void Merge_EverythingDeletedAgainAndAgain_TheFileStaysAsLargeAsItWas()
    {
        using var folder = new StateFolder();
        var (db, table) = Open(folder.Database);
        using var _ = db;
        var keys = Enumerable.Range(0, 5_000).Select(Key).ToList();
        var sizes = new List<long>();
        for (var i = 0; i < 20; i++)
        {
            db.InTransaction(() => WriteOnly(table, [.. keys.Select(key => (key, Value(1, 30)))]));
            foreach (var part in keys.Chunk(1_000)) db.InTransaction(() => WriteOnly(table, [.. part.Select(key => (key, Array.Empty<byte>()))]));
            db.InTransaction(() => MergeAll(table));
            Assert.Equal((0, 0L), (table.RunCount, table.EntryCount));
            sizes.Add(PageCount(db));
        }

        Assert.Equal(sizes[0], sizes[^1]);
    }

    /// <summary>A process that ends in the middle of a merge leaves pages of no run, which are written over.</summary>
    [Fact]
    public void Open_AfterAMergeWasBrokenOff_GoesOnAndUsesItsPages()
    {
        using var folder = new StateFolder();
        var (db, table) = Open(folder.Database);
        for (var run = 0; run < Runs; run++) db.InTransaction(() => WriteOnly(table, [.. Enumerable.Range(0, 12_000 / Runs).Select(i => (Key(i * Runs + run), Value(i, 20)))]));
        db.InTransaction(() =>
        {
            for (var i = 0; i < 10; i++) table.Merge();
        });
        var runs = table.RunCount;
        db.Dispose();

        (db, table) = Open(folder.Database);
        Assert.Equal(runs, table.RunCount);
        db.InTransaction(() => WriteOnly(table, [(Key(7), Value(9, 9))]));
        Assert.Equal(Value(9, 9), table.Find(Key(7)));
        db.InTransaction(() => MergeAll(table));
        Assert.Equal(12_000, Count(table));
        Assert.Equal(1, table.RunCount);
        var pages = PageCount(db);
        db.Dispose();

        (db, table) = Open(folder.Database);
        for (var run = 0; run < Runs; run++) db.InTransaction(() => WriteOnly(table, [.. Enumerable.Range(0, 1_000).Select(i => (Key(i), Value(i, 20)))]));
        Assert.Equal(pages, PageCount(db));
        Assert.Equal(12_000, Count(table));
        db.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(252)]
    [InlineData(253)]
    [InlineData(70_000)]
    [InlineData(1_000_000)]
    public void Find_ValueOfAnyLength_ComesBack(int length)
    {
        using var folder = new StateFolder();
        var (db, table) = Open(folder.Database);
        using var _ = db;
        db.InTransaction(() => WriteOnly(table, [(Key(1), Value(1, length)), (Key(2), Value(2, length)), (Key(3), Value(3, 1))]));
        Assert.Equal(Value(1, length), table.Find(Key(1)));
        Assert.Equal(Value(2, length), table.Find(Key(2)));
        Assert.Equal(Value(3, 1), table.Find(Key(3)));
    }

    /// <summary>Runs of a thousand random sizes: few at any time, and each entry is written again a few times at most.</summary>
    [Fact]
    public void Choose_ManyRuns_StayFewAndAreSeldomWrittenAgain() => Property.Check(output, 10, random =>
    {
        var runs = new List<SortedRun>();
        var (written, rewritten) = (0L, 0L);
        for (var i = 0; i < 1_000; i++)
        {
            var size = random.Between(2_000, 60_000);
            runs.Add(Run(i, size));
            written += size;
            if (MergePolicy.Choose(runs) is > 0 and var count)
            {
                var merged = runs[^count..].Sum(run => run.Entries);
                rewritten += merged;
                runs.RemoveRange(runs.Count - count, count);
                runs.Add(Run(i, merged));
            }

            Assert.InRange(runs.Count, 1, 24);
        }

        Assert.InRange((double)rewritten / written, 1, 8);
    });

    [Fact]
    public void Filter_KeysAdded_AreNeverDeniedAndOthersSeldomAffirmed()
    {
        var filter = new KeyFilter(10_000);
        for (var i = 0; i < 10_000; i++) filter.Add(KeyFilter.HashOf(Key(i)));
        var again = KeyFilter.FromBytes(filter.Encode())!;
        Assert.All(Enumerable.Range(0, 10_000), i => Assert.True(again.MayContain(KeyFilter.HashOf(Key(i)))));
        Assert.InRange(Enumerable.Range(10_000, 10_000).Count(i => again.MayContain(KeyFilter.HashOf(Key(i)))), 1, 300);
    }

    [Theory]
    [InlineData("123456789", 0xe3069283)]
    [InlineData("", 0)]
    public void Checksum_PublishedValue(string text, uint expected) => Assert.Equal(expected, SortedPage.Checksum(System.Text.Encoding.ASCII.GetBytes(text)));

    private static SortedRun Run(long number, long entries) => new(number, entries, [1], new byte[KeySize], null);

    private static void MergeAll(SortedTable table)
    {
        while (table.Merge() > 0)
        {
        }
    }

    private static long PageCount(SqliteDatabase db)
    {
        using var pages = db.Prepare("SELECT count(*) FROM t_pages");
        Assert.True(pages.Step());
        return pages.Integer(0);
    }

    private static (SqliteDatabase Db, SortedTable Table) Open(string path)
    {
        var db = SqliteDatabase.Open(path);
        db.Execute(SortedTable.Schema("t"));
        return (db, new SortedTable(db, "t", KeySize, hasFilters: true));
    }

    /// <summary>Few different keys, so that they meet again, and heads that many of them share.</summary>
    private static byte[] Key(int number)
    {
        var key = new byte[KeySize];
        BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(4), number / 7);
        BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(8), number);
        return key;
    }

    private static byte[] Value(int content, int length)
    {
        var value = new byte[length];
        new Random(content).NextBytes(value);
        return value;
    }

    private static List<(byte[] Key, byte[] Value)> Changes(Generate random)
    {
        var size = random.Between(0, 3) == 0 ? random.Between(1, 2_000) : random.Between(0, 40);
        var keys = new HashSet<int>();
        for (var i = 0; i < size; i++) keys.Add(random.Between(0, 4_000));
        return [.. keys.Select(key => (Key(key), random.Between(0, 2) == 0 ? [] : Value(random.Between(0, 1000), random.Between(0, 50) == 0 ? 5_000 : random.Between(1, 90))))];
    }

    private static void Write(SortedTable table, List<(byte[] Key, byte[] Value)> changes, Generate random)
    {
        var batch = new SortedBatch(table, changes.Count, (i, writer) => writer.WriteBytes(changes[i].Key), (i, writer) => writer.WriteBytes(changes[i].Value));
        var stopsEarly = random.Bool();
        while (batch.WriteSome())
        {
            if (stopsEarly && table.Find(Key(-1)) is null && random.Between(0, 30) == 0 && IsWritten(table, changes)) return;
        }
    }

    /// <summary>Whether look-ups see the changes, after which the rest is tidying that may be left undone.</summary>
    private static bool IsWritten(SortedTable table, List<(byte[] Key, byte[] Value)> changes) =>
        changes.All(change => (table.Find(change.Key) ?? []).AsSpan().SequenceEqual(change.Value));

    private static void WriteOnly(SortedTable table, List<(byte[] Key, byte[] Value)> changes)
    {
        var writer = table.BeginWrite(changes.Count);
        foreach (var (key, value) in changes.OrderBy(change => Convert.ToHexString(change.Key), StringComparer.Ordinal)) writer.Set(key, value);
        writer.Complete();
    }

    private static void Apply(SortedDictionary<byte[], byte[]> model, List<(byte[] Key, byte[] Value)> changes)
    {
        foreach (var (key, value) in changes)
        {
            if (value.Length == 0) model.Remove(key);
            else model[key] = value;
        }
    }

    private static int Count(SortedTable table)
    {
        var reader = table.Read();
        var count = 0;
        while (reader.MoveNext()) count++;
        return count;
    }

    private static void AssertEqual(SortedDictionary<byte[], byte[]> model, SortedTable table, Generate random)
    {
        for (var i = 0; i < 200; i++)
        {
            var key = Key(random.Between(-1, 4_100));
            Assert.Equal(model.GetValueOrDefault(key), table.Find(key));
        }

        var from = Key(random.Between(0, 4_000));
        AssertSame(model, table.Read());
        AssertSame(model.Where(pair => pair.Key.AsSpan().SequenceCompareTo(from) >= 0), table.Read(from));
    }

    private static void AssertSame(IEnumerable<KeyValuePair<byte[], byte[]>> expected, MergedReader reader)
    {
        var found = new List<string>();
        while (reader.MoveNext())
        {
            if (!reader.Value.IsEmpty) found.Add(Hex.Of(reader.Key) + " " + Hex.Of(reader.Value));
        }

        Assert.Equal(expected.Select(pair => Hex.Of(pair.Key) + " " + Hex.Of(pair.Value)), found);
    }
}
