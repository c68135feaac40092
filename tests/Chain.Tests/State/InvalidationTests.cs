using Chain.Core.Consensus;
using Chain.State.Storage;
using Chain.Tests.Kit;

namespace Chain.Tests.State;

/// <summary>Blocks that a person treats as invalid, forgives, or prefers; what is marked outlives the node.</summary>
public class InvalidationTests
{
    // genesis -> b1 -> b2 -> b3
    //        \-> a1 -> a2
    [Fact]
    public void Invalidate_BlockOfTheChain_MovesToTheBestWithoutIt()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlock("b1", draft => draft.Transactions.Add(g.SpendReward("genesis", Keys.Alice)));
        g.NextBlock("b2");
        g.NextBlock("b3");
        g.SetTip("genesis");
        g.NextBlock("a1");
        g.NextBlock("a2");
        node.Accept(g["b1"], g["b2"], g["b3"], g["a1"], g["a2"]);
        node.TakeEvents();

        node.Chain.Invalidate(node.Chain.Tree.Find(g["b1"].Hash)!);
        Assert.Equal("-b3 -b2 -b1 +a1 +a2 =a2", node.TakeEvents());
        node.AssertCoins(g.CoinsAt(g["a2"]), g.CoinsAt(g["b3"]).OutPoints);
        AssertStatus(node, g["b1"], BlockStatus.Validated | BlockStatus.Failed);
        AssertStatus(node, g["b3"], BlockStatus.Validated | BlockStatus.FailedAncestor);
        g.SetTip("b3");
        node.Reject(g.NextBlock("b4"), RuleError.ParentInvalid);

        foreach (var restart in (Action[])[node.Reopen, node.Kill])
        {
            restart();
            Assert.Equal("a2", node.TipName);
            AssertStatus(node, g["b1"], BlockStatus.Validated | BlockStatus.Failed);
            AssertStatus(node, g["b2"], BlockStatus.Validated | BlockStatus.FailedAncestor);
        }
    }

    // genesis -> b1 -> b2
    [Fact]
    public void Invalidate_OnlyChain_GoesBackAndTellsOnce()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        node.Accept(g.NextBlocks("b", 2));
        node.TakeEvents();
        node.Chain.Invalidate(node.Chain.Tree.Find(g["b2"].Hash)!);
        Assert.Equal("-b2 =b1", node.TakeEvents());
        g.SetTip("b1");
        node.Accept(g.NextBlock("c2"));
        Assert.Equal("+c2 =c2", node.TakeEvents());
    }

    [Fact]
    public void Invalidate_Genesis_ChangesNothing()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        node.Accept(g.NextBlocks("b", 2));
        node.TakeEvents();
        node.Chain.Invalidate(node.Chain.Tree.FindActive(0)!);
        Assert.Equal("", node.TakeEvents());
        Assert.Equal("b2", node.TipName);
    }

    // genesis -> b1 -> b2
    //        \-> a1
    [Fact]
    public void Invalidate_BlockBesideTheChain_OnlyMarksIt()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        node.Accept(g.NextBlocks("b", 2));
        g.SetTip("genesis");
        node.Accept(g.NextBlock("a1"));
        node.TakeEvents();
        node.Chain.Invalidate(node.Chain.Tree.Find(g["a1"].Hash)!);
        Assert.Equal("", node.TakeEvents());
        AssertStatus(node, g["a1"], BlockStatus.Failed);
    }

    // genesis -> b1 -> b2 -> b3
    //              \-> c2 -> c3 -> c4
    [Fact]
    public void Reconsider_BlockAboveAnInvalidOne_ForgivesThoseBelowAndAllAbove()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        node.Accept(g.NextBlocks("b", 3));
        g.SetTip("b1");
        g.NextBlock("c2");
        g.NextBlock("c3");
        node.Accept(g["c2"], g["c3"], g.NextBlock("c4"));
        node.Chain.Invalidate(node.Chain.Tree.Find(g["c3"].Hash)!);
        node.Chain.Invalidate(node.Chain.Tree.Find(g["b1"].Hash)!);
        Assert.Equal("genesis", node.TipName);
        node.TakeEvents();

        node.Chain.Reconsider(node.Chain.Tree.Find(g["b2"].Hash)!);
        Assert.Equal("+b1 +b2 +b3 =b3", node.TakeEvents());
        AssertStatus(node, g["c2"], BlockStatus.Validated);
        AssertStatus(node, g["c3"], BlockStatus.Validated | BlockStatus.Failed);
        AssertStatus(node, g["c4"], BlockStatus.Validated | BlockStatus.FailedAncestor);

        node.Chain.Reconsider(node.Chain.Tree.Find(g["c3"].Hash)!);
        Assert.Equal("-b3 -b2 +c2 +c3 +c4 =c4", node.TakeEvents());
        node.AssertCoins(g.CoinsAt(g["c4"]), g.CoinsAt(g["b3"]).OutPoints);
        node.Kill();
        Assert.Equal("c4", node.TipName);
        AssertStatus(node, g["c3"], BlockStatus.Validated);
    }

    /// <summary>A block that was refused on arrival is not kept: forgiven, it may come again, and is judged again.</summary>
    [Fact]
    public void Reconsider_BlockThatWasNotKept_IsForgotten()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        var bad = g.NextBlock("bad", draft => draft.SetCoinbaseScript(0x52, 0x52));
        node.Reject(bad, RuleError.CoinbaseHeight);
        node.Reject(bad, RuleError.KnownInvalid);
        node.Chain.Reconsider(node.Chain.Tree.Find(bad.Hash)!);
        Assert.Null(node.Chain.Tree.Find(bad.Hash));
        node.Kill();
        Assert.Null(node.Chain.Tree.Find(bad.Hash));
        node.Reject(bad, RuleError.CoinbaseHeight);
    }

    /// <summary>A block that really breaks a rule fails again.</summary>
    [Fact]
    public void Reconsider_BlockThatBreaksARule_FailsAgain()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        node.Accept(g.NextBlocks("b", 2));
        g.SetTip("genesis");
        var a1 = g.NextBlock("a1", draft => draft.SetCoinbaseOutputs(Keys.PayTo(Keys.Miner, 11 * Core.Primitives.Amount.Coin)));
        node.Accept(a1, g.NextBlock("a2"));
        _ = node.Process(g.NextBlock("a3"));
        AssertStatus(node, a1, BlockStatus.Failed);
        node.TakeEvents();
        node.Chain.Reconsider(node.Chain.Tree.Find(g["a2"].Hash)!);
        Assert.Equal("-b2 -b1 !a1 +b1 +b2 =b2", node.TakeEvents());
        AssertStatus(node, a1, BlockStatus.Failed);
        AssertStatus(node, g["a2"], BlockStatus.FailedAncestor);
    }

    // genesis -> b1 -> b2
    //        \-> a1 -> a2
    [Fact]
    public void Prefer_BlockOfEqualWork_BecomesTheTipAndStaysIt()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        node.Accept(g.NextBlocks("b", 2));
        g.SetTip("genesis");
        node.Accept(g.NextBlocks("a", 2));
        node.TakeEvents();
        node.Chain.Prefer(node.Chain.Tree.Find(g["a1"].Hash)!);
        Assert.Equal("", node.TakeEvents());
        node.Chain.Prefer(node.Chain.Tree.Find(g["a2"].Hash)!);
        Assert.Equal("-b2 -b1 +a1 +a2 =a2", node.TakeEvents());
        node.Chain.Prefer(node.Chain.Tree.Find(g["b2"].Hash)!);
        Assert.Equal("-a2 -a1 +b1 +b2 =b2", node.TakeEvents());
        node.Chain.Prefer(node.Chain.Tree.Find(g["a2"].Hash)!);
        node.Kill();
        Assert.Equal("a2", node.TipName);
        node.Reopen();
        Assert.Equal("a2", node.TipName);
        g.SetTip("b2");
        node.Accept(g.NextBlock("b3"));
        Assert.Equal("b3", node.TipName);
    }

    [Fact]
    public void Prefer_InvalidBlock_StaysInvalid()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        node.Accept(g.NextBlocks("b", 1));
        g.SetTip("genesis");
        node.Accept(g.NextBlock("a1"));
        node.Chain.Invalidate(node.Chain.Tree.Find(g["a1"].Hash)!);
        node.TakeEvents();
        node.Chain.Prefer(node.Chain.Tree.Find(g["a1"].Hash)!);
        Assert.Equal("", node.TakeEvents());
    }

    /// <summary>What the pool does at any disconnection: it takes back what the blocks held, and gives it up where it is confirmed again.</summary>
    [Fact]
    public void Invalidate_BlockWithAPayment_ThePoolHasItUntilItIsReconsidered()
    {
        using var node = new PoolNode();
        var payment = node.Spend(fee: 1000, 1, node.Coin(0));
        var mined = node.Mine(payment);
        var tip = node.Chain.Tip;
        Assert.Equal(mined.Hash, tip.Hash);
        node.Chain.Invalidate(tip);
        Assert.Contains(payment.Id, node.Ids);
        node.Chain.Reconsider(tip);
        Assert.Equal(tip, node.Chain.Tip);
        Assert.DoesNotContain(payment.Id, node.Ids);
    }

    private static void AssertStatus(StateNode node, BuiltBlock built, BlockStatus expected) => Assert.Equal(expected, node.Chain.Tree.Find(built.Hash)!.Status);
}
