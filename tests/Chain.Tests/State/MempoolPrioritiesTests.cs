using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Tests.State;

/// <summary>Transactions that are treated as if they paid more, or less.</summary>
public class MempoolPrioritiesTests
{
    [Fact]
    public void Prioritise_Waiting_ChangesTheSumsOfAllAroundIt()
    {
        using var node = new PoolNode();
        var parent = node.Spend(100, 1, node.Coin(0));
        var child = node.Spend(200, 1, PoolNode.Output(parent));
        node.Accept(parent, child);
        node.Pool.Prioritise(child.Id, 5_000);
        node.Pool.Prioritise(parent.Id, -50);
        var (p, c) = (node.Pool.FindEntry(parent.Id)!, node.Pool.FindEntry(child.Id)!);
        Assert.Equal((50, 5_250, 5_200, 5_250), (p.ModifiedFee, p.Descendants.Fees, c.ModifiedFee, c.Ancestors.Fees));
        Assert.Equal((100, 200), (p.Fee.Satoshis, c.Fee.Satoshis));
        Assert.Null(MempoolInvariants.Check(node.Pool, node.Chain));
    }

    [Fact]
    public void Prioritise_BeforeItComes_CountsWhenItDoes()
    {
        using var node = new PoolNode(new MempoolPolicy { MinRelayFeeRate = 1_000 });
        var free = node.Spend(0, 1, node.Coin(0));
        node.Reject(PolicyError.MinRelayFeeNotMet, free);
        node.Pool.Prioritise(free.Id, 10_000);
        node.Accept(free);
        Assert.Equal(10_000, node.Pool.FindEntry(free.Id)!.ModifiedFee);
    }

    [Fact]
    public void Prioritise_Extremes_NeverOverflow()
    {
        using var node = new PoolNode();
        var first = node.Spend(100, 1, node.Coin(0));
        node.Accept(first, node.Spend(100, 1, PoolNode.Output(first)));
        for (var i = 0; i < 3; i++) node.Pool.Prioritise(first.Id, long.MaxValue);
        Assert.Equal(Amount.MaxMoney + 100, node.Pool.FindEntry(first.Id)!.ModifiedFee);
        for (var i = 0; i < 3; i++) node.Pool.Prioritise(first.Id, long.MinValue);
        Assert.Equal(-Amount.MaxMoney, node.Pool.Priorities[first.Id]);
        Assert.Null(MempoolInvariants.Check(node.Pool, node.Chain));
    }

    [Fact]
    public void Block_ForgetsThePrioritiesOfWhatItHolds()
    {
        using var node = new PoolNode();
        var (mined, other) = (node.Spend(100, 1, node.Coin(0)), node.Spend(100, 1, node.Coin(1)));
        node.Pool.Prioritise(mined.Id, 1_000);
        node.Pool.Prioritise(other.Id, 1_000);
        node.Mine(mined);
        Assert.Equal([other.Id], node.Pool.Priorities.Keys);
    }

    [Fact]
    public void Select_PrioritisedFirst_AndNothingBelowTheLeastRate()
    {
        using var node = new PoolNode(new MempoolPolicy { MinBlockFeeRate = 1_000 });
        var (cheap, dear, poor) = (node.Spend(1_000, 1, node.Coin(0)), node.Spend(9_000, 1, node.Coin(1)), node.Spend(5_000, 1, node.Coin(2)));
        node.Accept(cheap, dear, poor);
        node.Pool.Prioritise(cheap.Id, 20_000);
        node.Pool.Prioritise(poor.Id, -5_000);
        Assert.Equal([cheap.Id, dear.Id], new BlockAssembler(node.Chain, node.Pool).Select().Select(entry => entry.Transaction.Id));
    }

    [Fact]
    public void Replacement_IsMeasuredByWhatWasPrioritised()
    {
        using var node = new PoolNode();
        var first = node.Replaceable(1_000, 1, node.Coin(0));
        node.Accept(first);
        node.Pool.Prioritise(first.Id, 100_000);
        node.Reject(PolicyError.InsufficientFee, node.Spend(50_000, 1, node.Coin(0)));
        node.Pool.Prioritise(first.Id, -100_000);
        node.Accept(node.Spend(50_001, 1, node.Coin(0)));
    }

    [Fact]
    public void SaveAndLoad_TimesAndPrioritiesSurvive()
    {
        using var node = new PoolNode();
        var waiting = node.Spend(100, 1, node.Coin(0));
        node.Accept(waiting);
        var time = node.Pool.FindEntry(waiting.Id)!.Time;
        node.Pool.Prioritise(waiting.Id, 700);
        node.Pool.Prioritise(node.Funds.Id, -3);
        node.Pool.Save();
        node.Time.Advance(TimeSpan.FromSeconds(500));
        var next = new Mempool(node.Chain, new MempoolPolicy());
        Assert.Equal(1, next.Load());
        var entry = next.FindEntry(waiting.Id)!;
        Assert.Equal((time, 800L), (entry.Time, entry.ModifiedFee));
        Assert.Equal(-3, next.Priorities[node.Funds.Id]);
    }
}
