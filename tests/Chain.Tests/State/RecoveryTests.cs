using Chain.State;
using Chain.State.Storage;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.State;

/// <summary>
/// What a kill leaves on the disk, at whatever moment, opens again as the best chain that was stored, with its coins. The
/// moment is taken by copying the files of an open database.
/// </summary>
public class RecoveryTests(ITestOutputHelper output)
{
    [Fact]
    public void Open_AfterAKillAtARandomMoment_BestChainAndItsCoins() => Property.Check(output, 8, random =>
    {
        var history = new RandomHistory(random, TestChains.Private);
        using var node = new StateNode(TestChains.Private, ReorganisationTests.RandomOptions(random));
        for (var i = 0; i < 40; i++)
        {
            node.Process(history.Next());
            if (random.Between(0, 5) != 0) continue;
            using var chain = node.OpenSnapshot($"kill{i}.db");
            AssertIsBest(history, chain);
            AssertSameStatus(node.Chain, chain);
        }
    });

    /// <summary>Killed again and again, and each time the node goes on with what it finds.</summary>
    [Fact]
    public void Open_AfterManyKills_GoesOn() => Property.Check(output, 8, random =>
    {
        var history = new RandomHistory(random, TestChains.Private);
        using var node = new StateNode(TestChains.Private, ReorganisationTests.RandomOptions(random));
        for (var i = 0; i < 40; i++)
        {
            node.Process(history.Next());
            if (random.Between(0, 3) == 0) node.Kill();
            Assert.Equal(history.Best.Name, node.TipName);
        }

        AssertIsBest(history, node.Chain);
    });

    /// <summary>A kill in the middle of a block: the events are raised between the steps.</summary>
    [Fact]
    public void Open_AfterAKillInsideAReorganisation_BestStoredChain() => Property.Check(output, 4, random =>
    {
        var g = new ChainBuilder(TestChains.Private);
        var losing = g.NextBlocks("b", random.Between(1, 8));
        g.SetTip("genesis");
        var winning = g.NextBlocks("a", losing.Count + 1);
        using var node = new StateNode(TestChains.Private, ReorganisationTests.RandomOptions(random));
        node.Accept(losing.Concat(winning.SkipLast(1)));
        var moment = 0;
        void Snapshot()
        {
            using var chain = node.OpenSnapshot($"kill{moment++}.db");
            var tip = chain.Tree.Find(winning[^1].Hash) is null ? losing[^1] : winning[^1];
            Assert.Equal(tip.Hash, chain.Tip.Hash);
            StateNode.AssertCoins(chain, g.CoinsAt(tip), losing.Concat(winning).Select(b => b.Reward));
        }

        node.Chain.BlockDisconnected += (_, _) => Snapshot();
        node.Chain.BlockConnected += (_, _) => Snapshot();
        node.Accept(winning[^1]);
        Assert.Equal(losing.Count + winning.Count, moment);
    });

    /// <summary>A log that breaks off at any byte, as when the power goes: an earlier state, never a mixture.</summary>
    [Fact]
    public void Open_LogBreaksOffAnywhere_AnEarlierStateThatIsWhole() => Property.Check(output, 10, random =>
    {
        var history = new RandomHistory(random, TestChains.Private);
        using var node = new StateNode(TestChains.Private, ReorganisationTests.RandomOptions(random));
        node.Chain.Database.Checkpoint();
        for (var i = 0; i < 15; i++) node.Process(history.Next());
        for (var i = 0; i < 4; i++)
        {
            using var chain = node.OpenSnapshot($"torn{i}.db", copy =>
            {
                File.Delete(copy + "-shm");
                using var log = File.OpenWrite(copy + "-wal");
                log.SetLength(random.Between(0, (int)log.Length));
            });
            var tip = history.Blocks.Single(b => b.Hash == chain.Tip.Hash);
            StateNode.AssertCoins(chain, history.CoinsAt(tip), history.Places);
            AssertEqualsReplay(chain);
        }
    });

    [Fact]
    public void Open_KilledWhileTheChainWasMade_StartsFromGenesis()
    {
        using var folder = new StateFolder();
        using (var database = ChainDatabase.Open(folder.Database))
        {
            database.InTransaction(() =>
            {
                database.AddHeader(0, TestChains.Private.Genesis.Header, BlockStatus.None);
                database.AddBlock(0, TestChains.Private.Genesis);
            });
        }

        var time = new ManualClock(TestChains.GenesisTime);
        using var chain = Chainstate.Open(ChainDatabase.Open(folder.Database), TestChains.Private, StateNode.Quick, time);
        Assert.Equal(TestChains.Private.Genesis.Hash, chain.Tip.Hash);
        AssertEqualsReplay(chain);
    }

    // genesis -> b1 -> b2          b2 flushed
    //        \-> a1 -> a2 -> a3    connected, killed before the next flush
    [Fact]
    public void Open_CoinsStandOnAnotherBranch_AreTakenBackAndConnected()
    {
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlock("b1", draft => draft.Transactions.Add(g.SpendReward("genesis", Keys.Alice)));
        g.NextBlock("b2", draft => draft.Transactions.Add(g.SpendReward("b1", Keys.Alice)));
        g.SetTip("genesis");
        g.NextBlock("a1", draft => draft.Transactions.Add(g.SpendReward("genesis", Keys.Bob)));
        g.NextBlocks("x", 2);
        using var node = new StateNode(TestChains.Private);
        node.Accept(g["b1"], g["b2"]);
        node.Chain.Flush();
        node.Accept(g["x2"].Path().Skip(1));

        node.Kill();
        Assert.Equal("x2", node.TipName);
        node.AssertCoins(g.CoinsAt(g["x2"]), g.CoinsAt(g["b2"]).OutPoints);
        AssertEqualsReplay(node.Chain);
    }

    private static void AssertIsBest(RandomHistory history, Chainstate chain)
    {
        Assert.Equal(history.Best.Hash, chain.Tip.Hash);
        StateNode.AssertCoins(chain, history.CoinsAt(history.Best), history.Places);
        AssertEqualsReplay(chain);
    }

    private static void AssertEqualsReplay(Chainstate chain)
    {
        var replayed = CoinAudit.Replay(chain);
        chain.Flush();
        var disk = StateNode.ReadDisk(chain);
        Assert.Equal(replayed.Keys.ToHashSet(), [.. disk.Keys]);
        Assert.All(replayed, pair => Assert.True(pair.Value.ContentEquals(disk[pair.Key])));
        Assert.Equal(replayed.Count, chain.Database.Coins.ReadIndex(replayed.GetValueOrDefault).Count(entry => entry is not null));
    }

    private static void AssertSameStatus(Chainstate expected, Chainstate actual)
    {
        Assert.Equal(expected.Tree.Count, actual.Tree.Count);
        Assert.All(expected.Tree.Nodes, node => Assert.Equal(node.Status, actual.Tree.Find(node.Hash)!.Status));
    }
}
