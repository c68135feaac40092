using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.State;
using Chain.State.Storage;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.State;

/// <summary>The chain of most work is the active one, and the coins are its coins, however the node came there.</summary>
public class ReorganisationTests(ITestOutputHelper output)
{
    // genesis -> b1 -> b2
    //        \-> a1
    [Fact]
    public void ProcessBlock_BranchOfLessWork_IsKeptAside()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        node.Accept(g.NextBlocks("b", 2));
        node.TakeEvents();
        g.SetTip("genesis");
        var a1 = g.NextBlock("a1");
        node.Accept(a1);
        Assert.Equal("", node.TakeEvents());
        Assert.Equal("b2", node.TipName);
        var kept = node.Chain.Tree.Find(a1.Hash)!;
        Assert.Equal(BlockStatus.None, kept.Status);
        Assert.False(node.Chain.Tree.IsActive(kept));
        Assert.Equal(a1.Hash, node.Chain.GetBlock(kept).Hash);
    }

    // genesis -> b1 -> b2
    //        \-> a1 -> a2 -> a3
    [Fact]
    public void ProcessBlock_BranchOfMoreWork_Reorganises()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlock("b1", draft => draft.Transactions.Add(g.SpendReward("genesis", Keys.Alice)));
        g.NextBlock("b2");
        g.SetTip("genesis");
        g.NextBlock("a1");
        g.NextBlock("a2", draft => draft.Transactions.Add(g.SpendReward("genesis", Keys.Bob)));
        g.NextBlock("a3");
        node.Accept(g["b1"], g["b2"], g["a1"], g["a2"]);
        Assert.Equal("+b1 =b1 +b2 =b2", node.TakeEvents());

        node.Accept(g["a3"]);
        Assert.Equal("-b2 -b1 +a1 +a2 +a3 =a3", node.TakeEvents());
        Assert.Equal(g["a3"].Path().Select(b => b.Hash), ActiveChain(node));
        node.AssertCoins(g.CoinsAt(g["a3"]), g.CoinsAt(g["b2"]).OutPoints);
    }

    // genesis -> b1
    //        \-> a1
    [Fact]
    public void ProcessBlock_EqualWork_FirstSeenStays()
    {
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlock("b1");
        g.SetTip("genesis");
        g.NextBlock("a1");
        foreach (var (first, second) in ((string, string)[])[("b1", "a1"), ("a1", "b1")])
        {
            using var node = new StateNode(TestChains.Private);
            node.Accept(g[first], g[second]);
            Assert.Equal(first, node.TipName);
            node.Reopen();
            Assert.Equal(first, node.TipName);
        }
    }

    // genesis -> b1 -> b2 -> b3
    //        \-> a1 -> a2 -> a3 -> a4
    //                    \-> c3 -> c4 -> c5
    [Fact]
    public void ProcessBlock_SeveralBranches_EachReorganisationEndsOnTheMostWork()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        node.Accept(g.NextBlocks("b", 3));
        g.SetTip("genesis");
        node.Accept(g.NextBlocks("a", 3));
        Assert.Equal("b3", node.TipName);
        node.TakeEvents();
        node.Accept(g.NextBlock("a4"));
        Assert.Equal("-b3 -b2 -b1 +a1 +a2 +a3 +a4 =a4", node.TakeEvents());
        g.SetTip("a2");
        node.Accept(g.NextBlock("c3"), g.NextBlock("c4"));
        Assert.Equal("", node.TakeEvents());
        node.Accept(g.NextBlock("c5"));
        Assert.Equal("-a4 -a3 +c3 +c4 +c5 =c5", node.TakeEvents());
        g.SetTip("b3");
        node.Accept(g.NextBlock("b4"), g.NextBlock("b5"));
        Assert.Equal("", node.TakeEvents());
        node.Accept(g.NextBlock("b6"));
        Assert.Equal("-c5 -c4 -c3 -a2 -a1 +b1 +b2 +b3 +b4 +b5 +b6 =b6", node.TakeEvents());
        node.AssertCoins(g.CoinsAt(g["b6"]), g.CoinsAt(g["c5"]).OutPoints.Concat(g.CoinsAt(g["a4"]).OutPoints));
    }

    // genesis -> a1 … a6     six easy blocks
    //        \-> f1 … f5     made ten times faster, so that f4 and f5 are four times the work
    [Fact]
    public void ProcessBlock_FewerBlocksOfMoreWork_Win()
    {
        var p = TestChains.Private with { Retargeting = true, RetargetInterval = 4 };
        using var node = new StateNode(p);
        var g = new ChainBuilder(p);
        g.NextBlocks("a", 6);
        g.SetTip("genesis");
        for (var i = 1; i <= 5; i++)
        {
            g.NextBlock($"f{i}", draft =>
            {
                draft.Time = g.Tip.Header.Time + 1;
                draft.Bits = ProofOfWork.RequiredBits(g.Tip, draft.Time, p);
            });
        }

        Assert.True(Target.FromCompact(TestChains.EasyBits).IsEasierThan(Target.FromCompact(g["f4"].Header.Bits)));
        node.Accept(g["a6"].Path().Skip(1));
        node.Accept(g["f5"].Path().Skip(1));
        Assert.Equal("f5", node.TipName);
    }

    // genesis -> b1 -> b2
    //        \-> a1 -> a2! -> a3 -> (a4)
    //              \-> c2
    [Fact]
    public void ProcessBlock_BranchHoldsABrokenBlock_OldChainComesBack()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlock("b1", draft => draft.Transactions.Add(g.SpendReward("genesis", Keys.Alice)));
        g.NextBlock("b2");
        g.SetTip("genesis");
        g.NextBlock("a1");
        g.NextBlock("c2");
        g.SetTip("a1");
        g.NextBlock("a2", draft => draft.SetCoinbaseOutputs(Keys.PayTo(Keys.Miner, 11 * Amount.Coin)));
        node.Accept(g["b1"], g["b2"], g["a1"], g["c2"], g["a2"]);
        Assert.Equal("+b1 =b1 +b2 =b2", node.TakeEvents());

        node.Reject(g.NextBlock("a3"), RuleError.CoinbaseAmount);
        Assert.Equal("-b2 -b1 +a1 !a2 -a1 +b1 +b2 =b2", node.TakeEvents());
        node.AssertCoins(g.CoinsAt(g["b2"]), [g["a1"].Reward, g["a2"].Reward, g["a3"].Reward]);

        foreach (var _ in (bool[])[false, true])
        {
            Assert.Equal(BlockStatus.Validated, StatusOf(node, g["a1"]));
            Assert.Equal(BlockStatus.Failed, StatusOf(node, g["a2"]));
            Assert.Equal(BlockStatus.FailedAncestor, StatusOf(node, g["a3"]));
            Assert.Equal(BlockStatus.None, StatusOf(node, g["c2"]));
            g.SetTip("a3");
            node.Reject(g.NextBlock($"a4{node.Chain.GetHashCode()}"), RuleError.ParentInvalid);
            node.Reject(g["a3"], RuleError.KnownInvalid);
            Assert.Equal("b2", node.TipName);
            node.Reopen();
        }

        // The valid side branch is as good as it was.
        g.SetTip("c2");
        node.TakeEvents();
        node.Accept(g.NextBlock("c3"));
        Assert.Equal("-b2 -b1 +a1 +c2 +c3 =c3", node.TakeEvents());
    }

    // genesis -> b1
    //        \-> a1 -> a2!
    [Fact]
    public void ProcessBlock_NewestOfABranchIsBroken_OldChainComesBackAndTheBlockIsNotServed()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        node.Accept(g.NextBlock("b1"));
        g.SetTip("genesis");
        node.Accept(g.NextBlock("a1"));
        node.TakeEvents();
        var broken = g.NextBlock("a2", draft => draft.Transactions.Add(Keys.Spend(g["a1"].Reward, Keys.Alice, Keys.PayTo(Keys.Alice, 1))));
        node.Reject(broken, RuleError.ScriptFailed);
        Assert.Equal("-b1 +a1 !a2 -a1 +b1 =b1", node.TakeEvents());
        Assert.True(node.Chain.Tree.Find(broken.Hash)!.IsFailed);
        g.SetTip("b1");
        node.Accept(g.NextBlock("b2"));
    }

    [Theory]
    [InlineData(2_000, 200_000)]
    [InlineData(1, 200_000)]
    [InlineData(3, 20)]
    [InlineData(2_000, 1)]
    public void ProcessBlock_DeepReorganisationThereAndBack_EqualsANodeThatSawOnlyTheWinner(int blocksBetweenFlushes, int dirtyCoins)
    {
        var options = StateNode.Quick with { MaxBlocksBetweenFlushes = blocksBetweenFlushes, MaxDirtyCoins = dirtyCoins, MaxCachedCoins = dirtyCoins };
        var g = new ChainBuilder(TestChains.Private);
        var first = Branch(g, "b", 200, Keys.Alice);
        var second = Branch(g, "a", 201, Keys.Bob);
        g.SetTip("b200");
        var last = g.NextBlocks("b20x", 2);

        using var node = new StateNode(TestChains.Private, options);
        node.Accept(first.Concat(second));
        Assert.Equal("a201", node.TipName);
        node.AssertCoins(g.CoinsAt(second[^1]), g.CoinsAt(first[^1]).OutPoints);
        node.Accept(last);
        Assert.Equal("b20x2", node.TipName);
        AssertEqualsOneThatSawOnly(first.Concat(last), node);
        node.Reopen();
        node.AssertCoins(g.CoinsAt(last[^1]), g.CoinsAt(second[^1]).OutPoints);
    }

    [Fact]
    public void ProcessBlock_RandomHistory_TipAndCoinsAreAlwaysThoseOfTheBestChain() => Property.Check(output, 10, random =>
    {
        var history = new RandomHistory(random, TestChains.Private);
        using var node = new StateNode(TestChains.Private, RandomOptions(random));
        for (var i = 0; i < 60; i++)
        {
            var block = history.Next();
            var result = node.Process(block);
            if (history.IsValid(block)) Assert.Equal(BlockOutcome.Accepted, result.Outcome);
            Assert.Equal(history.Best.Name, node.TipName);
            if (random.Between(0, 4) == 0) node.AssertCoins(history.CoinsAt(history.Best), history.Places);
            if (random.Between(0, 19) == 0) node.Reopen();
        }

        Assert.Equal(history.Best.Path().Select(b => b.Hash), ActiveChain(node));
        node.Chain.Flush();
        var disk = StateNode.ReadDisk(node.Chain);
        var expected = history.CoinsAt(history.Best);
        Assert.Equal(expected.Count, disk.Count);
        Assert.All(disk, pair => Assert.True(expected.Find(pair.Key)?.ContentEquals(pair.Value)));
        Assert.Equal(0, CoinAudit.Run(node.Chain).Differences);
        Assert.All(history.Blocks.Where(history.IsValid), block => Assert.False(node.Chain.Tree.Find(block.Hash)!.IsFailed));
    });

    internal static ChainstateOptions RandomOptions(Generate random) => StateNode.Quick with
    {
        MaxDirtyCoins = random.OneOf(1, 10, 100, 200_000),
        MinDirtyCoins = random.OneOf(0, 5, 10_000),
        MaxCachedCoins = random.OneOf(0, 5, 400_000),
        MaxBlocksBetweenFlushes = random.OneOf(1, 2, 3, 8, 2_000),
    };

    /// <summary>A branch from genesis on in which every block spends the reward of the one before.</summary>
    private static List<BuiltBlock> Branch(ChainBuilder g, string prefix, int length, Core.Cryptography.PrivateKey payee)
    {
        g.SetTip("genesis");
        var blocks = new List<BuiltBlock>();
        for (var i = 1; i <= length; i++)
        {
            var spent = g.Tip.Name;
            blocks.Add(g.NextBlock($"{prefix}{i}", draft => draft.Transactions.Add(g.SpendReward(spent, payee))));
        }

        return blocks;
    }

    private static void AssertEqualsOneThatSawOnly(IEnumerable<BuiltBlock> blocks, StateNode node)
    {
        using var other = new StateNode(TestChains.Private);
        other.Accept(blocks);
        Assert.Equal(other.Chain.Tip.Hash, node.Chain.Tip.Hash);
        foreach (var key in (Core.Cryptography.PrivateKey[])[Keys.Miner, Keys.Alice, Keys.Bob]) Assert.Equal(CoinsOf(other, key), CoinsOf(node, key));
        other.Chain.Flush();
        node.Chain.Flush();
        Assert.Equal(Describe(StateNode.ReadDisk(other.Chain)), Describe(StateNode.ReadDisk(node.Chain)));
        Assert.Equal(other.Chain.Database.Coins.ReadIndex(other.Chain.Coins.Find).Count(entry => entry is not null), node.Chain.Database.Coins.ReadIndex(node.Chain.Coins.Find).Count(entry => entry is not null));
    }

    private static IEnumerable<string> CoinsOf(StateNode node, Core.Cryptography.PrivateKey key) =>
        node.Chain.FindCoins(Keys.ScriptOf(key)).Select(pair => $"{pair.OutPoint} {pair.Coin.Height} {pair.Coin.Output.Value}").Order(StringComparer.Ordinal);

    private static IEnumerable<string> Describe(Dictionary<OutPoint, Core.Coins.Coin> coins) =>
        coins.Select(pair => $"{pair.Key} {pair.Value.Height} {pair.Value.IsCoinbase} {pair.Value.Output.Value} {Hex.Of(pair.Value.Output.ScriptPubKey.Span)}").Order(StringComparer.Ordinal);

    private static IEnumerable<BlockHash> ActiveChain(StateNode node) =>
        Enumerable.Range(0, node.Chain.Tip.Height + 1).Select(height => node.Chain.Tree.FindActive(height)!.Hash);

    private static BlockStatus StatusOf(StateNode node, BuiltBlock block) => node.Chain.Tree.Find(block.Hash)!.Status;
}
