using Chain.Core.Coins;
using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>The coins that a block's transactions spend: of earlier blocks, from the undo data, and of the block itself.</summary>
internal sealed class SpentCoins
{
    private readonly Dictionary<OutPoint, Coin> _coins = [];

    private SpentCoins(BlockNode node, Block block, CoinDiff diff)
    {
        foreach (var (outPoint, coin) in diff.Spent) _coins[outPoint] = coin;
        foreach (var transaction in block.Transactions)
        {
            for (var i = 0; i < transaction.Outputs.Length; i++)
                _coins.TryAdd(new OutPoint(transaction.Id, (uint)i), new Coin(transaction.Outputs[i], node.Height, transaction.IsCoinbase));
        }
    }

    /// <summary>Of a block that was connected once; null for others, of which nobody knows.</summary>
    public static SpentCoins? TryFind(Chainstate chainstate, BlockNode node, Block block) =>
        node.Height == 0 ? new SpentCoins(node, block, new CoinDiff())
        : Chainstate.HasDiff(node) ? new SpentCoins(node, block, chainstate.GetDiff(node, block))
        : null;

    /// <summary>Of a block with its undo data as they are stored; null where there are none, of a block that was never connected.</summary>
    public static SpentCoins? Of(BlockNode node, Block block, byte[]? rawUndo) =>
        node.Height == 0 ? new SpentCoins(node, block, new CoinDiff())
        : rawUndo is null ? null
        : new SpentCoins(node, block, CoinDiff.FromUndo(block, node.Height, rawUndo));

    /// <summary>The coins that a transaction of the block spends, which is not its coinbase, in the order of its inputs.</summary>
    public IReadOnlyList<Coin> Of(Transaction transaction) => [.. transaction.Inputs.Select(input => _coins[input.PreviousOutput])];
}
