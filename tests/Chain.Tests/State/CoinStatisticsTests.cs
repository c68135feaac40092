using Chain.Core.Coins;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.State;
using Chain.Tests.Kit;

namespace Chain.Tests.State;

/// <summary>What gettxoutsetinfo counts and hashes, beside a second reckoning from the blocks.</summary>
public class CoinStatisticsTests
{
    [Fact]
    public void Of_ChainWithPayments_EachFigure()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);

        // More outputs than a byte counts: their order by number is not that of their bytes.
        var many = Keys.Spend(g["genesis"].Reward, Keys.Miner, [.. Enumerable.Range(1, 300).Select(i => Keys.PayTo(Keys.Alice, i))]);
        g.NextBlock("b1", draft => draft.Transactions.Add(many));
        node.Accept(g["b1"], g.NextBlock("b2"));
        var expected = g.CoinsAt(g["b2"]);
        var coins = expected.OutPoints.Select(outPoint => (OutPoint: outPoint, Coin: expected.Find(outPoint)!))
            .OrderBy(pair => Hex.Of(pair.OutPoint.TxId.Hash.ToByteArray()), StringComparer.Ordinal).ThenBy(pair => pair.OutPoint.Index).ToList();

        using var moment = CoinMoment.Hold(node.Chain);
        var found = Of(moment, CoinHash.Serialized);
        Assert.Equal((302, 3), (found.Coins, found.Transactions));
        Assert.Equal(coins.Sum(pair => pair.Coin.Output.Value), found.Total);
        Assert.Equal(coins.Sum(pair => 50 + pair.Coin.Output.ScriptPubKey.Length), found.BogoSize);
        Assert.Equal(Sha256d.Hash([.. coins.SelectMany(Serialize)]), found.Hash);

        var set = new MuHash();
        foreach (var pair in coins.AsEnumerable().Reverse()) set.Add(Serialize(pair));
        Assert.Equal(set.ToHash(), Of(moment, CoinHash.MuHash).Hash);
        Assert.Equal(Hash256.Zero, Of(moment, CoinHash.None).Hash);
    }

    private static CoinStatistics Of(CoinMoment moment, CoinHash kind) => CoinStatistics.Of(moment, kind, _ => { }, CancellationToken.None);

    private static byte[] Serialize((OutPoint OutPoint, Coin Coin) pair)
    {
        var writer = new ByteWriter();
        pair.OutPoint.Write(writer);
        writer.WriteUInt32((uint)pair.Coin.Height * 2 + (pair.Coin.IsCoinbase ? 1u : 0u)).WriteInt64(pair.Coin.Output.Value).WriteVarBytes(pair.Coin.Output.ScriptPubKey.Span);
        return writer.ToArray();
    }
}
