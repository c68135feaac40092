using Chain.Core.Primitives;
using Chain.Tests.Kit;

namespace Chain.Tests.State;

/// <summary>Questions to the tree of all blocks.</summary>
public class BlockTreeTests
{
    // genesis -> b1 … b30
    //              \-> a11 -> a12       (on b10)
    [Fact]
    public void FindFork_LocatorOfAnotherChain_HighestCommonBlock()
    {
        var (node, g) = Fork();
        using var _ = node;
        var tree = node.Chain.Tree;
        Assert.Equal(g["b10"].Hash, tree.FindFork(Locator(g["a12"], g["a11"], g["b10"], g["b9"], g["genesis"])).Hash);
        Assert.Equal(g["b30"].Hash, tree.FindFork(Locator(g["b30"], g["b1"])).Hash);
        Assert.Equal(g["genesis"].Hash, tree.FindFork(new BlockLocator([])).Hash);
        Assert.Equal(g["genesis"].Hash, tree.FindFork(new BlockLocator([BlockHash.Zero])).Hash);
        Assert.Equal(g["genesis"].Hash, tree.FindFork(Locator(g["a12"], g["a11"])).Hash);
    }

    [Fact]
    public void CreateLocator_NamesTheActiveChainAndIsFoundAgain()
    {
        var (node, g) = Fork();
        using var _ = node;
        var tree = node.Chain.Tree;
        var locator = tree.CreateLocator();
        Assert.Equal(g["b30"].Hash, locator.Hashes[0]);
        Assert.Equal(g["b29"].Hash, locator.Hashes[1]);
        Assert.Equal(g["genesis"].Hash, locator.Hashes[^1]);
        Assert.All(locator.Hashes, hash => Assert.True(tree.IsActive(tree.Find(hash)!)));
        Assert.Equal(node.Chain.Tip, tree.FindFork(locator));
    }

    [Fact]
    public void FindActive_OutsideTheChain_IsNull()
    {
        var (node, g) = Fork();
        using var _ = node;
        var tree = node.Chain.Tree;
        Assert.Null(tree.FindActive(-1));
        Assert.Null(tree.FindActive(31));
        Assert.Equal(g["b30"].Hash, tree.FindActive(30)?.Hash);
        Assert.False(tree.IsActive(tree.Find(g["a11"].Hash)!));
        Assert.Equal(33, tree.Count);
        Assert.Null(tree.Find(BlockHash.Zero));
    }

    [Fact]
    public void FindFork_OfABlock_LiesBelowBoth()
    {
        var (node, g) = Fork();
        using var _ = node;
        var tree = node.Chain.Tree;
        Assert.Equal(g["b10"].Hash, tree.FindFork(tree.Find(g["a12"].Hash)!)?.Hash);
        Assert.Equal(g["b7"].Hash, tree.FindFork(tree.Find(g["b7"].Hash)!)?.Hash);
    }

    [Fact]
    public void GetAncestor_EveryHeight_IsThatBlockOfThePath()
    {
        var (node, g) = Fork();
        using var _ = node;
        var tip = node.Chain.Tree.Find(g["a12"].Hash)!;
        Assert.All(g["a12"].Path(), block => Assert.Equal(block.Hash, tip.GetAncestor(block.Height).Hash));
        Assert.Throws<ArgumentOutOfRangeException>(() => tip.GetAncestor(13));
    }

    [Fact]
    public void TotalWork_IsTheSumOverThePath()
    {
        var (node, g) = Fork();
        using var _ = node;
        var perBlock = Target.FromCompact(TestChains.EasyBits).Work;
        Assert.Equal(perBlock * 13, node.Chain.Tree.Find(g["a12"].Hash)!.TotalWork);
    }

    private static (StateNode Node, ChainBuilder Builder) Fork()
    {
        var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        node.Accept(g.NextBlocks("b", 30));
        g.SetTip("b10");
        node.Accept(g.NextBlock("a11"), g.NextBlock("a12"));
        return (node, g);
    }

    private static BlockLocator Locator(params BuiltBlock[] blocks) => new([.. blocks.Select(block => block.Hash)]);
}
