using Chain.Core.Consensus;
using Chain.State;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.State;

/// <summary>When a transaction takes the place of waiting ones (BIP125), and what leaves then.</summary>
public class ReplacementTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(0u, true)]
    [InlineData(0xfffffffdu, true)]
    [InlineData(0xfffffffeu, false)]
    [InlineData(0xffffffffu, false)]
    public void Accept_Conflict_OnlyWhereTheFirstSignals(uint sequence, bool isReplaced)
    {
        using var node = new PoolNode();
        var first = node.Spend(fee: 100, 1, lockTime: 0, sequence, node.Coin(0));
        var second = node.Spend(fee: 10_000, 1, node.Coin(0));
        node.Accept(first);
        Assert.Equal(isReplaced ? null : PolicyError.Conflict, node.Pool.Accept(second)?.Policy);
        node.AssertPool(isReplaced ? second : first);
    }

    [Fact]
    public void Accept_ReplacementNotAllowed_FirstSeenStays()
    {
        using var node = new PoolNode(new MempoolPolicy { AllowReplacement = false });
        node.Accept(node.Replaceable(fee: 1, 1, node.Coin(0)));
        node.Reject(PolicyError.Conflict, node.Spend(fee: 100_000, 1, node.Coin(0)));
    }

    /// <summary>What depends on one that may be replaced is told to be replaceable, and is not itself: as in Core.</summary>
    [Fact]
    public void Accept_ConflictInheritsTheSignal_FirstSeenStays()
    {
        using var node = new PoolNode();
        var parent = node.Replaceable(fee: 10, 1, node.Coin(0));
        var child = node.Spend(fee: 10, 1, PoolNode.Output(parent));
        node.Accept(parent, child);
        Assert.True(Mempool.IsReplaceable(node.Pool.FindEntry(child.Id)!));
        node.Reject(PolicyError.Conflict, node.Spend(fee: 10_000, 1, PoolNode.Output(parent)));
    }

    [Fact]
    public void Accept_SignalsDoNotCount_Replaced()
    {
        using var node = new PoolNode(new MempoolPolicy { ReplaceWithoutSignal = true });
        var first = node.Spend(fee: 100, 1, node.Coin(0));
        var second = node.Spend(fee: 10_000, 1, node.Coin(0));
        node.Accept(first, second);
        node.AssertPool(second);
    }

    [Fact]
    public void Accept_Replacement_EvictsDescendantsAndTellsOfThemFirst()
    {
        using var node = new PoolNode();
        var parent = node.Replaceable(fee: 100, 2, node.Coin(0));
        var child = node.Spend(fee: 100, 1, PoolNode.Output(parent));
        var grandchild = node.Spend(fee: 100, 1, PoolNode.Output(child), PoolNode.Output(parent, 1));
        var stranger = node.Spend(fee: 100, 1, node.Coin(1));
        node.Accept(parent, child, grandchild, stranger);
        var removedWhenTold = -1;
        node.Pool.TransactionAccepted += _ => removedWhenTold = node.Removed.Count;
        var replacement = node.Spend(fee: 5_000, 1, node.Coin(0));
        Assert.Null(node.Pool.Test(replacement));
        Assert.Equal(4, node.Pool.Count);
        node.Accept(replacement);
        node.AssertPool(replacement, stranger);
        Assert.Equal([grandchild.Id, child.Id, parent.Id], node.Removed.Select(removed => removed.Id));
        Assert.All(node.Removed, removed => Assert.Equal(MempoolRemovalReason.Replaced, removed.Reason));
        Assert.Equal(3, removedWhenTold);
        Assert.Null(MempoolInvariants.Check(node.Pool, node.Chain));
        Assert.True(node.Pool.Accept(child)?.IsMissingInputs);
    }

    /// <summary>Rules 3 and 4: all that leaves is paid for, and the relay of the new one, which costs something also where fees are free.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(700, 0)]
    [InlineData(700, 300)]
    public void Accept_Fee_CoversWhatLeavesAndItsOwnRelay(long parentFee, long childFee)
    {
        foreach (var more in (long[])[-2, 2])
        {
            using var node = new PoolNode(MempoolPolicy.For(TestChains.Private));
            var parent = node.Replaceable(parentFee, 1, node.Coin(0));
            node.Accept(parent, node.Spend(childFee, 1, PoolNode.Output(parent)));
            var size = node.Spend(fee: 1, 1, node.Coin(0)).VirtualSize;
            var replacement = node.Spend(parentFee + childFee + size + more, 1, node.Coin(0));

            // A signature may be a byte longer or shorter than the one that was measured.
            var isEnough = more + size >= replacement.VirtualSize;
            var rejection = node.Pool.Accept(replacement);
            Assert.Equal(isEnough ? null : PolicyError.InsufficientFee, rejection?.Policy);
            Assert.Equal(isEnough ? 1 : 2, node.Pool.Count);
        }
    }

    /// <summary>It pays more in sum but less for each byte: whoever mines would lose by it.</summary>
    [Fact]
    public void Accept_LowerFeeRate_Refused()
    {
        using var node = new PoolNode();
        node.Accept(node.Replaceable(fee: 2_000, 1, node.Coin(0)));
        var large = node.Spend(fee: 6_000, 40, node.Coin(0), node.Coin(1), node.Coin(2));
        Assert.InRange(large.VirtualSize, 1_000, 3_000);
        node.Reject(PolicyError.InsufficientFee, large);
    }

    [Theory]
    [InlineData(99, true)]
    [InlineData(100, false)]
    public void Accept_ManyReplaced_UpToAHundred(int children, bool isTaken)
    {
        using var node = new PoolNode(MempoolPolicy.For(TestChains.Private));
        var parent = node.Replaceable(fee: 0, children, node.Coin(0));
        node.Accept(parent);
        for (var i = 0; i < children; i++) node.Accept(node.Spend(fee: 0, 1, PoolNode.Output(parent, i)));
        var replacement = node.Spend(fee: 100_000, 1, node.Coin(0));
        Assert.Equal(isTaken ? null : PolicyError.TooManyReplacements, node.Pool.Accept(replacement)?.Policy);
        Assert.Equal(isTaken ? 1 : children + 1, node.Pool.Count);
    }

    [Fact]
    public void Accept_SeveralConflicts_AllMustSignalAndAllLeave()
    {
        using var node = new PoolNode();
        var signals = node.Replaceable(fee: 10, 1, node.Coin(0), node.Coin(2));
        var other = node.Replaceable(fee: 10, 1, node.Coin(1));
        var final = node.Spend(fee: 10, 1, node.Coin(3));
        node.Accept(signals, other, final);
        node.Reject(PolicyError.Conflict, node.Spend(fee: 50_000, 1, node.Coin(0), node.Coin(3)));
        node.AssertPool(signals, other, final);
        var replacement = node.Spend(fee: 50_000, 1, node.Coin(0), node.Coin(1), node.Coin(2));
        node.Accept(replacement);
        node.AssertPool(replacement, final);
    }

    /// <summary>It may spend a waiting output that its conflict spends too, and takes that one's place where the chain is full.</summary>
    [Fact]
    public void Accept_ParentSharedWithTheConflict_TakenAtTheLimitOfDescendants()
    {
        using var node = new PoolNode(new MempoolPolicy { MaxDescendants = 3 });
        var root = node.Spend(fee: 10, 1, node.Coin(0));
        var parent = node.Spend(fee: 10, 2, PoolNode.Output(root));
        var child = node.Replaceable(fee: 10, 1, PoolNode.Output(parent));
        node.Accept(root, parent, child);
        node.Reject(PolicyError.ChainTooLong, node.Spend(fee: 9_000, 1, PoolNode.Output(parent, 1)));
        var replacement = node.Spend(fee: 9_000, 1, PoolNode.Output(parent), PoolNode.Output(parent, 1));
        node.Accept(replacement);
        node.AssertPool(root, parent, replacement);
        Assert.Equal(2, node.Pool.FindEntry(parent.Id)!.Descendants.Count);
    }

    [Fact]
    public void Accept_ReplacementWithABadSignature_NothingLeaves()
    {
        using var node = new PoolNode();
        var first = node.Replaceable(fee: 10, 1, node.Coin(0));
        node.Accept(first);
        node.Reject(RuleError.ScriptFailed, Keys.Spend(node.Coin(0), Keys.Alice, Keys.PayTo(Keys.Bob, 1)));
        node.AssertPool(first);
        Assert.Empty(node.Removed);
    }

    [Fact]
    public void TransactionRemoved_BlockFullPoolAndReorganisation_SayWhy()
    {
        using var probe = new PoolNode();
        var size = probe.Spend(fee: 1, 1, probe.Coin(0)).Size;
        using var node = new PoolNode(new MempoolPolicy { MaxBytes = size * 2 + 10 });
        var (poor, rich, richest) = (node.Spend(fee: 1, 1, node.Coin(0)), node.Spend(fee: 500, 1, node.Coin(1)), node.Spend(fee: 900, 1, node.Coin(2)));
        node.Accept(poor, rich, richest);
        node.Mine(node.Spend(fee: 7, 1, node.Coin(1)));
        node.Mine(richest);
        Assert.Equal([(poor.Id, MempoolRemovalReason.SizeLimit), (rich.Id, MempoolRemovalReason.Conflict)], node.Removed);

        // m1 -> m2 -> m3 -> m4, in which the child's parent is
        //   \-> o1 -> o2 -> o3 -> o4, in which another spends its coin
        var parent = node.Spend(fee: 1, 1, node.Coin(3));
        node.Mine(parent);
        var child = node.Spend(fee: 500, 1, PoolNode.Output(parent));
        node.Accept(child);
        node.Removed.Clear();
        node.Builder.SetTip("m1");
        var other = node.Spend(fee: 2, 1, node.Coin(3));
        node.Process(node.Builder.NextBlock("o1", draft => draft.Transactions.Add(other)));
        foreach (var name in (string[])["o2", "o3", "o4"]) node.Process(node.Builder.NextBlock(name));
        Assert.Equal("o4", node.Builder.Tip.Name);
        Assert.Equal(node.Builder.Tip.Hash, node.Chain.Tip.Hash);
        Assert.Contains((child.Id, MempoolRemovalReason.Reorganisation), node.Removed);
        Assert.DoesNotContain(child.Id, node.Ids);
    }

    /// <summary>Whatever replaces whatever: the pool stays whole, and what leaves is told of once.</summary>
    [Fact]
    public void Accept_RandomReplacements_PoolIsAlwaysWhole()
    {
        var replaced = 0;
        Property.Check(output, 8, random => replaced += ReplaceAtRandom(random));
        Assert.NotEqual(0, replaced);
    }

    private static int ReplaceAtRandom(Generate random)
    {
        using var node = new PoolNode(new MempoolPolicy { MaxAncestors = 5, MaxDescendants = 5, MaxReplaced = 4 }, coins: 8);
        var places = Enumerable.Range(0, 8).Select(node.Coin).ToList();
        var replaced = 0;
        for (var i = 0; i < 80; i++)
        {
            var chosen = Enumerable.Range(0, random.Between(1, 2)).Select(_ => places[random.Between(0, places.Count - 1)]).Distinct().ToArray();
            var fee = random.Between(0, 20) * 100L;
            var transaction = random.Between(0, 3) == 0 ? node.Spend(fee, 2, chosen) : node.Replaceable(fee, 2, chosen);
            var before = node.Ids;
            node.Removed.Clear();
            var rejection = node.Pool.Accept(transaction);
            var gone = before.Except(node.Ids).ToHashSet();
            Assert.Equal(gone.Count, node.Removed.Count);
            Assert.True(gone.SetEquals(node.Removed.Select(removed => removed.Id)));
            if (rejection is not null) Assert.Equal(before, node.Ids);
            else places.AddRange([PoolNode.Output(transaction), PoolNode.Output(transaction, 1)]);
            Assert.Null(MempoolInvariants.Check(node.Pool, node.Chain));
            replaced += gone.Count;
        }

        return replaced;
    }
}
