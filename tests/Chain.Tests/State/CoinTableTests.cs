using Chain.Core.Coins;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.State.Storage;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.State;

/// <summary>The coins on disk and their index by script always say the same.</summary>
public class CoinTableTests(ITestOutputHelper output)
{
    [Fact]
    public void Apply_NewCoins_AreFoundByPlaceAndByScript()
    {
        using var folder = new StateFolder();
        using var database = ChainDatabase.Open(folder.Database);
        var outPoint = new OutPoint(new TxId(new Hash256(new byte[32])), 7);
        var coin = new Coin(new TxOut(5, (byte[])[1, 2, 3]), 100, isCoinbase: true);
        database.Coins.Apply([new CoinChange(outPoint, null, coin)]);

        Assert.True(database.Coins.Find(outPoint)!.ContentEquals(coin));
        var found = Assert.Single(database.Coins.FindByScript((byte[])[1, 2, 3]));
        Assert.Equal(outPoint, found.OutPoint);
        Assert.True(found.Coin.ContentEquals(coin));
        Assert.Null(database.Coins.Find(outPoint with { Index = 6 }));
        Assert.Empty(database.Coins.FindByScript((byte[])[1, 2]));
        Assert.Equal(outPoint, Assert.Single(database.Coins.ReadIndex(database.Coins.Find))?.OutPoint);
    }

    /// <summary>The ends of the range in the index: the least and the greatest place, and scripts of no length.</summary>
    [Fact]
    public void FindByScript_OutermostPlaces_AreInTheRange()
    {
        using var folder = new StateFolder();
        using var database = ChainDatabase.Open(folder.Database);
        var greatest = new byte[32];
        greatest.AsSpan().Fill(0xff);
        OutPoint[] places = [new(TxId.Zero, 0), new(new TxId(new Hash256(greatest)), uint.MaxValue)];
        foreach (var script in (byte[][])[[], [0x51]])
        {
            var changes = places.Select(place => new CoinChange(place with { Index = place.Index ^ (uint)script.Length }, null, new Coin(new TxOut(1, script), 1, false)));
            database.Coins.Apply([.. changes]);
            Assert.Equal(2, database.Coins.FindByScript(script).Count);
        }

        Assert.Equal(4, database.Coins.ReadIndex(database.Coins.Find).Count(entry => entry is not null));
    }

    /// <summary>The sort key is the head of the id alone: outputs of one transaction have equal ones.</summary>
    [Fact]
    public void Apply_ManyOutputsOfOneTransaction_KeepsThemApart()
    {
        using var folder = new StateFolder();
        using var database = ChainDatabase.Open(folder.Database);
        var random = new Generate(Property.FirstSeed(output));
        var id = new TxId(random.Hash());
        var changes = Enumerable.Range(0, 300).Select(i =>
            new CoinChange(new OutPoint(id, (uint)i), null, new Coin(new TxOut(i, new[] { (byte)(i % 3) }), i, false))).ToArray();
        database.InTransaction(() => database.Coins.Apply([.. changes]));
        Assert.Equal(300, database.Coins.ReadAll().Count());
        Assert.Equal(100, database.Coins.FindByScript(new byte[] { 1 }).Count);
        Assert.All(changes, change => Assert.True(database.Coins.Find(change.OutPoint)!.ContentEquals(change.Wanted!)));

        database.InTransaction(() => database.Coins.Apply([.. changes.Select(c => new CoinChange(c.OutPoint, c.Wanted, null))]));
        Assert.Empty(database.Coins.ReadAll());
        Assert.Empty(database.Coins.ReadIndex(_ => null));
    }

    [Fact]
    public void Apply_RandomChanges_EqualsADictionary()
    {
        Property.Check(output, 5, random =>
        {
            using var folder = new StateFolder();
            using var database = ChainDatabase.Open(folder.Database);
            var places = Generate.List(40, () => new OutPoint(new TxId(random.Hash()), (uint)random.Between(0, 3)));
            var model = new Dictionary<OutPoint, Coin>();
            for (var round = 0; round < 20; round++)
            {
                var changes = places.Where(_ => random.Bool()).Select(place => Change(random, place, model.GetValueOrDefault(place))).ToArray();
                database.InTransaction(() => database.Coins.Apply([.. changes]));
                foreach (var change in changes)
                {
                    if (change.Wanted is { } coin) model[change.OutPoint] = coin;
                    else model.Remove(change.OutPoint);
                }
            }

            Assert.All(places, place => Assert.Equal(model.GetValueOrDefault(place) is null, database.Coins.Find(place) is null));
            Assert.Equal(model.Count, database.Coins.ReadAll().Count(pair => model[pair.OutPoint!.Value].ContentEquals(pair.Coin!)));
            Assert.Equal(model.Count, database.Coins.ReadIndex(model.GetValueOrDefault).Count(entry => entry is not null));
            for (byte script = 0; script < 3; script++)
            {
                var expected = model.Where(pair => pair.Value.Output.ScriptPubKey.Span[0] == script).Select(pair => pair.Key).ToHashSet();
                Assert.Equal(expected, [.. database.Coins.FindByScript(new[] { script }).Select(pair => pair.OutPoint)]);
            }
        });
    }

    [Fact]
    public void Clear_ForgetsCoinsAndIndex()
    {
        using var folder = new StateFolder();
        using var database = ChainDatabase.Open(folder.Database);
        database.Coins.Apply([new CoinChange(new OutPoint(TxId.Zero, 1), null, new Coin(new TxOut(1, new byte[] { 1 }), 1, false))]);
        database.Coins.Clear();
        Assert.Empty(database.Coins.ReadAll());
        Assert.Empty(database.Coins.ReadIndex(_ => null));
    }

    [Theory]
    [InlineData("UPDATE coin_pages SET body = x''")]
    [InlineData("UPDATE coin_pages SET body = zeroblob(4)")]
    [InlineData("UPDATE coin_pages SET body = substr(body, 1, length(body) - 1) || x'99'")]
    [InlineData("UPDATE coin_pages SET body = body || x'00'")]
    [InlineData("DELETE FROM coin_pages")]
    public void Find_DamagedPage_SaysHowToRepairIt(string damage)
    {
        using var folder = new StateFolder();
        using var database = ChainDatabase.Open(folder.Database);
        var outPoint = new OutPoint(TxId.Zero, 1);
        database.Coins.Apply([new CoinChange(outPoint, null, new Coin(new TxOut(1, new byte[] { 1 }), 1, false))]);
        using (var raw = SqliteDatabase.Open(folder.Database)) raw.Execute(damage);
        var failure = Assert.Throws<DamagedCoinsException>(() => database.Coins.Find(outPoint));
        Assert.Contains("Rebuild the coins with 'chain reindexutxo'", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>A page is whole and yet says nothing that a coin can be.</summary>
    [Theory]
    [InlineData("02ffffffffffffffff0101")]
    [InlineData("020100000000000000015100")]
    [InlineData("02")]
    public void Find_ValueThatIsNoCoin_SaysHowToRepairIt(string value)
    {
        using var folder = new StateFolder();
        var place = new OutPoint(TxId.Zero, 1);
        ChainDatabase.Open(folder.Database).Dispose();
        StoredCoins.Change(folder.Database, (coins, _) => StoredCoins.Set(coins, StoredCoins.KeyOf(place), Hex.Bytes(value)));
        using var database = ChainDatabase.Open(folder.Database);
        var failure = Assert.Throws<DamagedCoinsException>(() => database.Coins.Find(place));
        Assert.Contains("Rebuild the coins with 'chain reindexutxo'", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>A coin is always locked by the same script; height and origin change where a branch confirms it elsewhere.</summary>
    private static CoinChange Change(Generate random, OutPoint place, Coin? stored)
    {
        if (stored is not null && random.Bool()) return new CoinChange(place, stored, null);
        var script = stored?.Output.ScriptPubKey ?? new[] { (byte)random.Between(0, 2) };
        return new CoinChange(place, stored, new Coin(new TxOut(random.Between(0, 1000), script), random.Between(0, 1000), random.Bool()));
    }
}
