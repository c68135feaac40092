using Chain.Core.Coins;
using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Coins;

public class CoinDiffTests
{
    private readonly ITestOutputHelper _output;

    public CoinDiffTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void CreateOutputs_LeavesOutWhatCanNeverBeSpent()
    {
        var diff = new CoinDiff();
        var transaction = Pay(OutPoint.Null, new TxOut(1, Keys.ScriptOf(Keys.Alice)), new TxOut(0, StandardScripts.DataCarrier([1])),
            new TxOut(2, new byte[ScriptInterpreter.MaxScriptSize + 1]), new TxOut(3, default));
        diff.CreateOutputs(transaction, height: 9);
        Assert.Equal([0u, 3u], diff.Created.Keys.Select(o => o.Index));
        Assert.All(diff.Created, c => Assert.True(c.Key.TxId == transaction.Id && c.Value is { Height: 9, IsCoinbase: true }));
        Assert.Empty(diff.Spent);
    }

    [Fact]
    public void CreateOutputs_CopiesScripts_SoThatABlocksBufferIsNotKept()
    {
        var script = Keys.ScriptOf(Keys.Alice);
        var diff = new CoinDiff();
        diff.CreateOutputs(Pay(OutPoint.Null, new TxOut(1, script)), height: 0);
        script[0] ^= 1;
        Assert.Equal(Keys.ScriptOf(Keys.Alice), diff.Created.Values.Single().Output.ScriptPubKey.ToArray());
    }

    [Fact]
    public void Spend_OfACoinMadeInTheSameDiff_LeavesNoTrace()
    {
        var diff = new CoinDiff();
        var first = Pay(OutPoint.Null, new TxOut(1, default), new TxOut(2, default));
        diff.CreateOutputs(first, height: 1);
        var outPoint = new OutPoint(first.Id, 0);
        diff.Spend(outPoint, diff.Created[outPoint]);
        Assert.Equal([new OutPoint(first.Id, 1)], diff.Created.Keys);
        Assert.Empty(diff.Spent);
        Assert.False(diff.TryFind(outPoint, out _));
    }

    [Fact]
    public void Find_InAnOverlay_SeesWhatTheDiffSpendsAndCreates()
    {
        var (kept, spent) = (new OutPoint(Pay(OutPoint.Null).Id, 0), new OutPoint(Pay(OutPoint.Null).Id, 1));
        var under = new MemoryCoins().Add(kept, SomeCoin(1)).Add(spent, SomeCoin(2));
        var view = new OverlayCoinView(under, new CoinDiff());
        view.Diff.Spend(spent, SomeCoin(2));
        var payment = Pay(spent, new TxOut(7, default));
        view.Diff.CreateOutputs(payment, height: 3);
        Assert.Equal(1, view.Find(kept)!.Output.Value);
        Assert.Null(view.Find(spent));
        Assert.Equal(7, view.Find(new OutPoint(payment.Id, 0))!.Output.Value);
        Assert.Null(view.Find(new OutPoint(payment.Id, 1)));
    }

    // decode(encode(undo)) = undo, and connect then disconnect restores the coins exactly.
    [Fact]
    public void Reverse_OfAnyBlock_RestoresTheCoins() => Property.Check(_output, 300, g =>
    {
        var coins = SomeCoins(g);
        var before = coins.Copy();
        var (block, height) = (RandomBlock(g, coins), g.Between(2, 1_000_000));
        var diff = Connect(block, height, coins);
        coins.Apply(diff);
        var after = coins.Copy();
        coins.Apply(diff.Reverse());
        Assert.True(coins.ContentEquals(before));
        coins.Apply(diff.Reverse().Reverse());
        Assert.True(coins.ContentEquals(after));

        var restored = CoinDiff.FromUndo(block, height, diff.EncodeUndo());
        Assert.Equal(diff.EncodeUndo(), restored.EncodeUndo());
        coins.Apply(restored.Reverse());
        Assert.True(coins.ContentEquals(before));
        coins.Apply(restored);
        Assert.True(coins.ContentEquals(after));
    });

    [Fact]
    public void FromUndo_OfAnotherBlock_Throws()
    {
        var g = new Generate(Property.FirstSeed(_output));
        var coins = SomeCoins(g);
        var block = RandomBlock(g, coins);
        var undo = Connect(block, 5, coins).EncodeUndo();
        Assert.Throws<DecodeException>(() => CoinDiff.FromUndo(block, 5, undo.AsMemory(0, undo.Length - 1)));
        Assert.Throws<DecodeException>(() => CoinDiff.FromUndo(block, 5, (byte[])[.. undo, 0]));
        Assert.Throws<DecodeException>(() => CoinDiff.FromUndo(block, 5, default));
        Assert.Throws<DecodeException>(() => CoinDiff.FromUndo(block, 5, new byte[] { 0 }));
        Assert.Throws<DecodeException>(() => CoinDiff.FromUndo(new Block(block.Header, block.Transactions[..1]), 5, undo));
    }

    private static CoinDiff Connect(Block block, int height, MemoryCoins coins)
    {
        var view = new OverlayCoinView(coins, new CoinDiff());
        foreach (var transaction in block.Transactions)
        {
            foreach (var input in transaction.Inputs)
            {
                if (!transaction.IsCoinbase) view.Diff.Spend(input.PreviousOutput, view.Find(input.PreviousOutput)!);
            }

            view.Diff.CreateOutputs(transaction, height);
        }

        return view.Diff;
    }

    private static MemoryCoins SomeCoins(Generate g)
    {
        var coins = new MemoryCoins();
        for (var i = g.Between(5, 20); i > 0; i--) coins.Add(new OutPoint(new TxId(g.Hash()), 0), SomeCoin(g.Between(0, 1000)));
        return coins;
    }

    /// <summary>A block whose transactions spend coins that were there and coins that the block itself makes.</summary>
    private static Block RandomBlock(Generate g, MemoryCoins coins)
    {
        var free = coins.OutPoints.ToList();
        var transactions = new List<Transaction> { Pay(OutPoint.Null, g.Output()) };
        for (var i = g.Between(1, 8); i > 0; i--)
        {
            var inputs = Generate.List(g.Between(1, Math.Min(3, free.Count)), () =>
            {
                var chosen = free[g.Between(0, free.Count - 1)];
                free.Remove(chosen);
                return new TxIn(chosen, g.Bytes());
            });
            var transaction = new Transaction(2, inputs, Generate.List(g.Between(2, 4), () => new TxOut(g.Between(0, 1000), g.Bytes(25))), 0);
            transactions.Add(transaction);
            for (var o = 0u; o < transaction.Outputs.Length; o++)
            {
                if (!StandardScripts.IsUnspendable(transaction.Outputs[(int)o].ScriptPubKey.Span)) free.Add(new OutPoint(transaction.Id, o));
            }

            if (free.Count == 0) break;
        }

        return new Block(g.Header(), [.. transactions]);
    }

    private static Transaction Pay(OutPoint from, params TxOut[] outputs) => new(1, [new TxIn(from, new byte[2])], [.. outputs], 0);

    private static Coin SomeCoin(long value) => new(new TxOut(value, Keys.ScriptOf(Keys.Bob)), 1, isCoinbase: false);
}
