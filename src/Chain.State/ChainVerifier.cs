using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.State.Storage;

namespace Chain.State;

/// <summary>
/// Checks again the highest blocks as they lie on the disk (Core: CVerifyDB), changing nothing. Each level includes those
/// below: 0 reads the blocks, 1 checks them alone, 2 reads their undo data, 3 takes them back from the coins in memory, and 4
/// connects them again, scripts included.
/// </summary>
public static class ChainVerifier
{
    /// <summary>The highest level.</summary>
    public const int MaxLevel = 4;

    /// <summary>Checks so many blocks below the tip, or all where that is 0; gives whether they are in order.</summary>
    public static bool Verify(Chainstate chainstate, int level, int blocks)
    {
        if (blocks <= 0 || blocks > chainstate.Tip.Height) blocks = chainstate.Tip.Height;
        try
        {
            return VerifyDown(chainstate, level, blocks);
        }
        catch (DatabaseException)
        {
            // What cannot be read is what was looked for.
            return false;
        }
    }

    private static bool VerifyDown(Chainstate chainstate, int level, int blocks)
    {
        var changes = new CoinChanges(chainstate.Coins);
        var taken = new Stack<(BlockNode Node, Block Block)>();
        for (var node = chainstate.Tip; node.Parent is not null && taken.Count < blocks; node = node.Parent)
        {
            var block = chainstate.GetBlock(node);
            if (level >= 1 && BlockRules.Check(block, chainstate.Params) is not null) return false;
            var diff = level >= 2 ? chainstate.GetDiff(node, block) : null;
            if (level >= 3 && !changes.TryTakeBack(diff!)) return false;
            taken.Push((node, block));
        }

        return level < MaxLevel || taken.All(pair => TryConnect(chainstate, changes, pair.Node, pair.Block));
    }

    private static bool TryConnect(Chainstate chainstate, CoinChanges changes, BlockNode node, Block block)
    {
        if (chainstate.ConnectAgain(block, node, changes, out var diff) is not null) return false;
        changes.Apply(diff);
        return true;
    }
}
