using Chain.State;

namespace Chain.Tests.State;

/// <summary>How long and how far waiting goes: chains of transactions, the time, and the price of a place in a full pool.</summary>
public class MempoolLimitsTests
{
    [Fact]
    public void Accept_OneTooManyInAChain_SaysWhichLimit()
    {
        using var node = new PoolNode(new MempoolPolicy { MaxAncestors = 2, MaxDescendants = 25 });
        var parent = node.Spend(fee: 10, 1, node.Coin(0));
        var child = node.Spend(fee: 10, 1, PoolNode.Output(parent));
        node.Accept(parent, child);
        Assert.Equal("too-long-mempool-chain, too many unconfirmed ancestors [limit: 2]", $"{node.Pool.Accept(node.Spend(fee: 10, 1, PoolNode.Output(child)))}");
    }

    /// <summary>One small child more than allowed may come where its parent depends on nothing (CPFP carve-out); a second may not.</summary>
    [Fact]
    public void Accept_OneDescendantMore_WhereTheParentIsTheFirst()
    {
        using var node = new PoolNode(new MempoolPolicy { MaxDescendants = 2 });
        var parent = node.Spend(fee: 10, 3, node.Coin(0));
        node.Accept(parent, node.Spend(fee: 10, 1, PoolNode.Output(parent)), node.Spend(fee: 10, 1, PoolNode.Output(parent, 1)));
        Assert.Equal($"too-long-mempool-chain, too many descendants for tx {parent.Id} [limit: 2]", $"{node.Pool.Accept(node.Spend(fee: 10, 1, PoolNode.Output(parent, 2)))}");
    }

    [Fact]
    public void Accept_LargeOneMore_IsNotCarvedOut()
    {
        using var node = new PoolNode(new MempoolPolicy { MaxDescendants = 2 });
        var parent = node.Spend(fee: 10, 2, node.Coin(0));
        node.Accept(parent, node.Spend(fee: 10, 1, PoolNode.Output(parent)));
        node.Reject(PolicyError.ChainTooLong, node.Spend(fee: 10, 310, PoolNode.Output(parent, 1)));
    }

    [Fact]
    public void Accept_WhatHasWaitedTooLong_LeavesWithItsDescendants()
    {
        using var node = new PoolNode(new MempoolPolicy { ExpirySeconds = 3_600 });
        var old = node.Spend(fee: 10, 1, node.Coin(0));
        node.Accept(old);
        node.Time.Advance(TimeSpan.FromSeconds(3_000));
        var child = node.Spend(fee: 10, 1, PoolNode.Output(old));
        var other = node.Spend(fee: 10, 1, node.Coin(1));
        node.Accept(child, other);
        node.Time.Advance(TimeSpan.FromSeconds(601));
        var next = node.Spend(fee: 10, 1, node.Coin(2));
        node.Accept(next);
        node.AssertPool(other, next);
        Assert.Equal([(child.Id, MempoolRemovalReason.Expiry), (old.Id, MempoolRemovalReason.Expiry)], node.Removed);
    }

    /// <summary>What leaves a full pool sets the price of the next; after a block it falls by half in so many hours, and to nothing in the end.</summary>
    [Fact]
    public void MinFeeRate_AfterAFullPool_RisesAndFallsAfterABlock()
    {
        using var probe = new PoolNode();
        var size = probe.Spend(fee: 1, 1, probe.Coin(0)).Size;
        using var node = new PoolNode(new MempoolPolicy { MaxBytes = size + 20 });
        Assert.Equal(0, node.Pool.MinFeeRate);
        var poor = node.Spend(fee: size * 10, 1, node.Coin(0));
        node.Accept(poor, node.Spend(fee: size * 20, 1, node.Coin(1)));
        var high = node.Pool.MinFeeRate;
        Assert.InRange(high, 10_900, 11_100);
        node.Time.Advance(TimeSpan.FromHours(24));
        Assert.Equal(high, node.Pool.MinFeeRate);
        node.Mine();
        node.Time.Advance(TimeSpan.FromHours(12));
        Assert.InRange(node.Pool.MinFeeRate, high / 2 - 50, high / 2 + 50);
        node.Time.Advance(TimeSpan.FromHours(120));
        Assert.Equal(0, node.Pool.MinFeeRate);
    }

    [Fact]
    public void Load_WhatWasNotBroadcast_StillIsNot()
    {
        using var node = new PoolNode();
        var own = node.Spend(fee: 10, 1, node.Coin(0));
        node.Accept(own, node.Spend(fee: 10, 1, node.Coin(1)));
        node.Pool.MarkUnbroadcast(own.Id);
        node.Pool.Save();
        var next = new Mempool(node.Chain, new MempoolPolicy());
        Assert.Equal(2, next.Load());
        Assert.Equal([own.Id], next.Unbroadcast);
        Assert.Equal(0, new Mempool(node.Chain, new MempoolPolicy { IsPersistent = false }).Load());
    }
}
