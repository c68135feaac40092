using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.State;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.State;

/// <summary>The pool follows the chain from one branch to another and loses nothing that can still be mined.</summary>
public class MempoolReorganisationTests(ITestOutputHelper output)
{
    // m1 -> m2 (first) -> m3 (second)
    //   \-> m4 -> m5 -> m6
    [Fact]
    public void TipChanged_TransactionsOfAbandonedBlocks_Return()
    {
        using var node = new PoolNode();
        var first = node.Spend(fee: 1, 1, node.Coin(0));
        var second = node.Spend(fee: 1, 1, PoolNode.Output(first));
        var third = node.Spend(fee: 1, 1, PoolNode.Output(second));
        node.Mine(first);
        node.Mine(second);
        node.Accept(third);
        node.Told.Clear();

        Overtake(node, "m1");
        node.AssertPool(first, second, third);
        Assert.Equal([first.Id, second.Id, third.Id], node.Pool.InOrder().Select(entry => entry.Transaction.Id));
        Assert.Equal(3, node.Pool.FindEntry(third.Id)!.Ancestors.Count);
        Assert.Equal([first.Id, second.Id], node.Told);
    }

    [Fact]
    public void TipChanged_InBothBranches_StayOut()
    {
        using var node = new PoolNode();
        var both = node.Spend(fee: 1, 1, node.Coin(0));
        var one = node.Spend(fee: 1, 1, node.Coin(1));
        var waiting = node.Spend(fee: 1, 1, PoolNode.Output(both));
        node.Mine(both, one);
        node.Accept(waiting);
        Overtake(node, "m1", both);
        node.AssertPool(one, waiting);
        Assert.Empty(node.Pool.FindEntry(waiting.Id)!.Parents);
    }

    [Fact]
    public void TipChanged_ConflictingWithTheNewChain_StayOutWithTheirDescendants()
    {
        using var node = new PoolNode();
        var mined = node.Spend(fee: 1, 1, node.Coin(0));
        var minedChild = node.Spend(fee: 1, 1, PoolNode.Output(mined));
        var waitingChild = node.Spend(fee: 1, 1, PoolNode.Output(minedChild));
        var waiting = node.Spend(fee: 1, 1, node.Coin(1));
        var stranger = node.Spend(fee: 1, 1, node.Coin(2));
        node.Mine(mined, minedChild);
        node.Accept(waitingChild, waiting, stranger);
        Overtake(node, "m1", node.Spend(fee: 2, 1, node.Coin(0)), node.Spend(fee: 2, 1, node.Coin(1)));
        node.AssertPool(stranger);
    }

    /// <summary>The first seen stays: what a block held was seen before what waited for it to leave.</summary>
    [Fact]
    public void TipChanged_WaitingSpendsWhatAnAbandonedBlockSpent_TheBlocksComesFirst()
    {
        using var node = new PoolNode();
        var mined = node.Spend(fee: 1, 1, node.Coin(0));
        node.Mine(mined);
        Overtake(node, "m1");
        node.Reject(PolicyError.Conflict, node.Spend(fee: 9, 1, node.Coin(0)));
        node.AssertPool(mined);
    }

    [Fact]
    public void TipChanged_CoinbaseOfAnAbandonedBlock_ItsSpendersLeave()
    {
        using var node = new PoolNode();
        var reward = node.Mine().Reward;
        var spender = Keys.Spend(reward, Keys.Miner, Keys.PayTo(Keys.Miner, 5));
        var child = Keys.Spend(PoolNode.Output(spender), Keys.Miner, Keys.PayTo(Keys.Miner, 4));
        node.Accept(spender, child);
        Overtake(node, "m1");
        node.AssertPool();
    }

    // m3 -> m4 -> m5     slow and easy, so that the reward of m3 matures
    //   \-> m6           worth more than both: a reorganisation to a lower height
    [Fact]
    public void TipChanged_CoinbaseNoLongerMature_ItsSpendersLeave()
    {
        using var node = new PoolNode(p: TwoTargets());
        Assert.Equal(3, node.Chain.Tip.Height);
        var spender = Keys.Spend(node.Builder.Tip.Reward, Keys.Miner, Keys.PayTo(Keys.Miner, 5));
        node.Reject(RuleError.PrematureCoinbaseSpend, spender);
        MineSlowly(node, "m4");
        MineSlowly(node, "m5");
        node.Accept(spender, Keys.Spend(PoolNode.Output(spender), Keys.Miner, Keys.PayTo(Keys.Miner, 4)));

        node.Builder.SetTip("m3");
        node.Process(node.Builder.NextBlock("m6"));
        Assert.Equal(4, node.Chain.Tip.Height);
        node.AssertPool();
    }

    [Fact]
    public void TipChanged_LockTimeNoLongerCome_Leaves()
    {
        // Blocks of the branch stand closer in time, so that its median time is earlier than that of the chain it beats.
        using var node = new PoolNode();
        node.Builder.SetTip("m1");
        for (var i = 0; i < 12; i++) node.Mine();
        var median = HeaderRules.MedianTimePast(node.Chain.Tip);
        var timed = node.Spend(fee: 1, 1, median - 1, node.Coin(0));
        node.Accept(timed);

        node.Builder.SetTip("m1");
        for (var i = 0; i < 13; i++)
        {
            var tip = node.Builder.Tip;
            var block = node.Builder.NextBlock($"fast{i}", draft => draft.Time = tip.Header.Time + 1);
            Assert.Equal(BlockOutcome.Accepted, node.Process(block).Outcome);
        }

        Assert.True(HeaderRules.MedianTimePast(node.Chain.Tip) < median - 1);
        node.AssertPool();
    }

    // m1 -> m2
    //   \-> m3 (waiting) -> m4 !
    [Fact]
    public void TipChanged_BranchFails_WhatItHeldWaitsAgain()
    {
        using var node = new PoolNode();
        var waiting = node.Spend(fee: 1, 1, node.Coin(0));
        var child = node.Spend(fee: 1, 1, PoolNode.Output(waiting));
        var mined = node.Spend(fee: 1, 1, node.Coin(1));
        node.Mine(mined);
        node.Accept(waiting, child);
        node.Builder.SetTip("m1");
        node.Process(node.Draw(waiting));
        var broken = node.Builder.NextBlock("broken", draft => draft.SetCoinbaseOutputs(Keys.PayTo(Keys.Miner, 11 * Amount.Coin)));
        Assert.Equal(BlockOutcome.Rejected, node.Process(broken).Outcome);
        node.AssertPool(waiting, child);
        Assert.Equal(2, node.Pool.FindEntry(child.Id)!.Ancestors.Count);
    }

    [Fact]
    public void TipChanged_MoreComesBackThanThePoolHolds_StaysWithinItsBytes()
    {
        using var probe = new PoolNode();
        var size = probe.Spend(fee: 1, 1, probe.Coin(0)).Size;
        using var node = new PoolNode(new MempoolPolicy { MaxBytes = size * 10 });
        for (var i = 0; i < 30; i++) node.Mine(node.Spend(fee: 1, 1, node.Coin(i)));
        Overtake(node, "m1");
        Assert.InRange(node.Pool.Bytes, 1, size * 10);
        Assert.Null(MempoolInvariants.Check(node.Pool, node.Chain));
    }

    /// <summary>Of a deep reorganisation the pool remembers what lies next to the fork: the rest depends on it.</summary>
    [Fact]
    public void TipChanged_MoreComesOffThanIsRemembered_TheLowestBlocksReturn()
    {
        using var probe = new PoolNode();
        var size = probe.Spend(fee: 1, 1, probe.Coin(0)).Size;
        using var node = new PoolNode(new MempoolPolicy { MaxDisconnectedBytes = size * 10 + 9 });
        var mined = Enumerable.Range(0, 30).Select(i => node.Spend(fee: 1, 1, node.Coin(i))).ToList();
        foreach (var transaction in mined) node.Mine(transaction);
        Overtake(node, "m1");
        node.AssertPool(mined.Take(node.Pool.Count));
        Assert.InRange(node.Pool.Count, 9, 11);
    }

    /// <summary>
    /// Whatever the blocks do: all that is in the pool can be mined in its order, sums and links are exact, and nothing is
    /// lost that was waiting or came off and could still be mined.
    /// </summary>
    [Fact]
    public void RandomHistory_PoolIsAlwaysWholeAndComplete() => Property.Check(output, 10, random =>
    {
        var history = new RandomHistory(random, TestChains.Private, withBroken: false);
        using var node = new StateNode(TestChains.Private, ReorganisationTests.RandomOptions(random));
        var pool = new Mempool(node.Chain, new MempoolPolicy { MaxAncestors = 1_000, MaxDescendants = 1_000 });
        var disconnected = new List<Transaction>();
        node.Chain.BlockDisconnected += (_, block) => disconnected.AddRange(block.Transactions.Skip(1));
        for (var i = 0; i < 50; i++)
        {
            Offer(random, history, pool);
            var waiting = pool.Entries.Select(entry => entry.Transaction).ToList();
            disconnected.Clear();
            node.Process(history.Next());
            Assert.Null(MempoolInvariants.Check(pool, node.Chain));
            Assert.All(waiting.Concat(disconnected), t => Assert.True(pool.FindEntry(t.Id) is not null || pool.Test(t) is not null, $"{t.Id} is lost"));
        }
    });

    /// <summary>With branches that fail in between, completeness is not owed; wholeness is.</summary>
    [Fact]
    public void RandomHistory_BranchesThatFail_PoolIsAlwaysWhole() => Property.Check(output, 6, random =>
    {
        var history = new RandomHistory(random, TestChains.Private);
        using var node = new StateNode(TestChains.Private, ReorganisationTests.RandomOptions(random));
        var pool = new Mempool(node.Chain, new MempoolPolicy { MaxAncestors = 4, MaxDescendants = 4, MaxBytes = random.Between(1_000, 10_000) });
        for (var i = 0; i < 50; i++)
        {
            Offer(random, history, pool);
            node.Process(history.Next());
            Assert.Null(MempoolInvariants.Check(pool, node.Chain));
        }
    });

    /// <summary>Offers payments that blocks hold, on whatever branch, and new ones on top of the pool.</summary>
    private static void Offer(Generate random, RandomHistory history, Mempool pool)
    {
        foreach (var payment in history.Payments.Where(_ => random.Between(0, 3) == 0).ToList()) _ = pool.Accept(payment);
        for (var i = random.Between(0, 3); i > 0; i--)
        {
            var places = pool.Entries.SelectMany(entry => Enumerable.Range(0, entry.Transaction.Outputs.Length).Select(n => PoolNode.Output(entry.Transaction, n)))
                .Where(place => pool.Find(place) is { Output.Value: > 10_000 }).OrderBy(place => place.TxId).ThenBy(place => place.Index).ToList();
            if (places.Count > 0) _ = pool.Accept(history.Draw(places, pool));
        }
    }

    /// <summary>A chain on which a block that comes late may have an easier target, as on test networks.</summary>
    private static ChainParams TwoTargets()
    {
        const uint Bits = 0x201fffff;
        for (var nonce = 0u; ; nonce++)
        {
            var genesis = Profiles.GenesisBlock(new byte[2], Keys.PayTo(Keys.Miner, 10 * Amount.Coin), TestChains.GenesisTime, Bits, nonce);
            if (!Target.FromCompact(Bits).IsMetBy(genesis.Hash)) continue;
            return Profiles.PrivateChain(genesis) with { PowLimit = Target.FromCompact(TestChains.EasyBits), AllowMinDifficultyBlocks = true, CoinbaseMaturity = 3 };
        }
    }

    private static void MineSlowly(PoolNode node, string name)
    {
        var late = node.Builder.Tip.Header.Time + 2 * (uint)node.Chain.Params.TargetSpacing + 1;
        var block = node.Builder.NextBlock(name, draft => (draft.Time, draft.Bits) = (late, TestChains.EasyBits));
        Assert.Equal(BlockOutcome.Accepted, node.Process(block).Outcome);
    }

    /// <summary>Makes a branch on an earlier block that beats the chain by one; its first block holds the transactions.</summary>
    private static void Overtake(PoolNode node, string from, params Transaction[] transactions)
    {
        node.Builder.SetTip(from);
        var height = node.Chain.Tip.Height;
        node.Process(node.Draw(transactions));
        while (node.Builder.Tip.Height <= height) node.Process(node.Draw());
        Assert.Equal(node.Builder.Tip.Hash, node.Chain.Tip.Hash);
    }
}
