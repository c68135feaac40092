using Chain.State;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.State;

/// <summary>Many blocks in one commit: the same chain and coins as one by one, and after a kill nothing or all.</summary>
public class BlockImporterTests(ITestOutputHelper output)
{
    [Fact]
    public void InOneCommit_RandomBlocksAndKills_WholeOrNotAtAll() => Property.Check(output, 8, random =>
    {
        var history = new RandomHistory(random, TestChains.Private);
        using var node = new StateNode(TestChains.Private, ReorganisationTests.RandomOptions(random));
        for (var i = 0; i < 12; i++)
        {
            var before = history.Best;
            var isBehind = random.Bool();
            Action<Action> inOneCommit = isBehind ? node.Chain.InOneCommitBehind : node.Chain.InOneCommit;
            inOneCommit(() =>
            {
                for (var left = random.Between(0, 8); left > 0; left--) node.Process(history.Next());
                if (random.Between(0, 3) == 0) AssertStands(history, before, node.OpenSnapshot($"kill{i}.db"));
            });
            Assert.Equal(history.Best.Name, node.TipName);
            node.AssertCoins(history.CoinsAt(history.Best), history.Places);
            if (isBehind) node.Chain.Durable.Wait();
            if (random.Between(0, 2) == 0) node.Kill();
            Assert.Equal(history.Best.Name, node.TipName);
            node.AssertCoins(history.CoinsAt(history.Best), history.Places);
        }
    });

    /// <summary>The disk fails somewhere: what is left on it is the state before.</summary>
    [Fact]
    public void InOneCommit_WorkFails_TheDiskHoldsNothingOfIt() => Property.Check(output, 6, random =>
    {
        var history = new RandomHistory(random, TestChains.Private);
        using var node = new StateNode(TestChains.Private, ReorganisationTests.RandomOptions(random));
        for (var i = 0; i < 10; i++) node.Process(history.Next());
        var before = history.Best;
        Assert.Throws<TimeoutException>(() => node.Chain.InOneCommit(() =>
        {
            for (var left = 10; left > 0; left--) node.Process(history.Next());
            throw new TimeoutException();
        }));

        // Closing it writes nothing either.
        node.Reopen();
        Assert.Equal(before.Name, node.TipName);
        node.AssertCoins(history.CoinsAt(before), history.Places);
    });

    [Fact]
    public void Import_AChain_SameAsOneByOne()
    {
        var g = new ChainBuilder(TestChains.Private);
        for (var i = 1; i <= 60; i++) g.NextBlock($"b{i}", draft => draft.Transactions.Add(g.SpendReward(i == 1 ? "genesis" : $"b{i - 1}", Keys.Alice)));
        using var node = new StateNode(TestChains.Private, StateNode.Quick with { MinDirtyCoins = 0 });
        var result = BlockImporter.Import(node.Chain, Raw(g.Tip.Path().Skip(1)), out var broken);
        Assert.False(broken);
        Assert.Equal(BlockOutcome.Accepted, result?.Outcome);
        Assert.Equal(g.Tip.Hash, node.Chain.Tip.Hash);
        node.AssertCoins(g.CoinsAt(g.Tip), []);
        node.Kill();
        Assert.Equal(g.Tip.Hash, node.Chain.Tip.Hash);
        node.AssertCoins(g.CoinsAt(g.Tip), []);
    }

    [Fact]
    public void Import_ABlockThatIsRefused_KeepsWhatCameBefore()
    {
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlocks("b", 5);
        var good = g.Tip;
        g.NextBlock("bad", draft => draft.Transactions.Add(Keys.Spend(g["b1"].Reward, Keys.Bob, Keys.PayTo(Keys.Bob, 1))));
        g.NextBlock("after");
        using var node = new StateNode(TestChains.Private);
        var result = BlockImporter.Import(node.Chain, Raw(g.Tip.Path().Skip(1)), out var broken);
        Assert.False(broken);
        Assert.Equal(BlockOutcome.Rejected, result?.Outcome);
        node.Kill();
        Assert.Equal(good.Hash, node.Chain.Tip.Hash);
    }

    /// <summary>The thread that decodes ahead is stopped in the middle; that is no failure.</summary>
    [Fact]
    public void Import_MuchAfterABlockThatIsRefused_GivesItsResult()
    {
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlock("b1");
        g.NextBlock("bad", draft => draft.Transactions.Add(Keys.Spend(g["b1"].Reward, Keys.Bob, Keys.PayTo(Keys.Bob, 1))));
        g.NextBlocks("c", 60);
        using var node = new StateNode(TestChains.Private);
        Assert.Equal(BlockOutcome.Rejected, BlockImporter.Import(node.Chain, Raw(g.Tip.Path().Skip(1)), out _)?.Outcome);
    }

    /// <summary>An audit in the middle of a commit sees all coins, though the commit began to write them.</summary>
    [Fact]
    public void InOneCommit_AnAuditFirst_FindsNoDifference()
    {
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlocks("b", 5);
        using var node = new StateNode(TestChains.Private, StateNode.Quick with { MinDirtyCoins = 0, MaxDirtyCoins = 1_000, MaxBlocksBetweenFlushes = 1_000 });
        foreach (var block in g.Tip.Path().Skip(1)) node.Process(block);
        var result = default(CoinAuditResult);
        node.Chain.InOneCommit(() => result = CoinAudit.Run(node.Chain));
        Assert.True(result.Coins > 0);
        Assert.Equal(0, result.Differences);
    }

    [Fact]
    public void Import_BytesThatAreNoBlock_KeepsWhatCameBefore()
    {
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlocks("b", 5);
        using var node = new StateNode(TestChains.Private);
        Assert.Null(BlockImporter.Import(node.Chain, [.. Raw(g.Tip.Path().Skip(1)), new byte[] { 1, 2, 3 }], out var broken));
        Assert.True(broken);
        node.Kill();
        Assert.Equal(g.Tip.Hash, node.Chain.Tip.Hash);
    }

    [Fact]
    public void Import_TheSourceFails_SaysSo()
    {
        using var node = new StateNode(TestChains.Private);
        Assert.Throws<IOException>(() => BlockImporter.Import(node.Chain, Failing(), out _));

        static IEnumerable<ReadOnlyMemory<byte>> Failing()
        {
            yield return TestChains.Private.Genesis.Raw;
            throw new IOException("the file ends");
        }
    }

    private static void AssertStands(RandomHistory history, BuiltBlock expected, Chainstate left)
    {
        using (left)
        {
            Assert.Equal(expected.Hash, left.Tip.Hash);
            StateNode.AssertCoins(left, history.CoinsAt(expected), history.Places);
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Raw(IEnumerable<BuiltBlock> blocks) => blocks.Select(block => block.Block.Raw);
}
