using Chain.State;
using Chain.Tests.Kit;

namespace Chain.Tests.State;

/// <summary>What each level of a second look finds.</summary>
public class ChainVerifierTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Verify_SoundChain_IsInOrderAndUnchanged(int level)
    {
        using var node = new StateNode(TestChains.Private);
        var g = Grow(node);
        node.TakeEvents();
        Assert.True(ChainVerifier.Verify(node.Chain, level, blocks: 0));
        Assert.True(ChainVerifier.Verify(node.Chain, level, blocks: 2));
        Assert.Equal("", node.TakeEvents());
        node.AssertCoins(g.CoinsAt(g.Tip), []);
    }

    [Theory]
    [InlineData("UPDATE blocks SET block = substr(block, 1, length(block) - 1) WHERE sequence = 2", 0)]
    [InlineData("DELETE FROM undo WHERE sequence = 2", 2)]
    [InlineData("UPDATE undo SET undo = x'00' WHERE sequence = 2", 2)]
    public void Verify_DamagedRow_FoundFromItsLevelOn(string sql, int from)
    {
        using var node = new StateNode(TestChains.Private);
        Grow(node);
        node.Tamper(sql);
        for (var level = 0; level <= ChainVerifier.MaxLevel; level++) Assert.Equal(level < from, ChainVerifier.Verify(node.Chain, level, blocks: 0));
        Assert.True(ChainVerifier.Verify(node.Chain, ChainVerifier.MaxLevel, blocks: 1));
    }

    /// <summary>Three blocks, the second with a payment.</summary>
    private static ChainBuilder Grow(StateNode node)
    {
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlock("b1");
        g.NextBlock("b2", draft => draft.Transactions.Add(g.SpendReward("genesis", Keys.Alice)));
        g.NextBlock("b3");
        node.Accept(g["b1"], g["b2"], g["b3"]);
        return g;
    }
}
