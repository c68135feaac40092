using Chain.Core.Coins;
using Chain.Core.Primitives;
using Chain.Node.Rpc;
using Chain.State;

namespace Chain.Node.Explorer.Data;

/// <summary>A block as it is stored, with what its transactions spend; null where it was never connected.</summary>
internal sealed record StoredBlock(BlockNode Node, Block Block, SpentCoins? Spent)
{
    /// <summary>What a transaction of it spends, by its inputs; null of a coinbase, and where nobody knows.</summary>
    public IReadOnlyList<Coin>? SpentBy(Transaction transaction) => transaction.IsCoinbase ? null : Spent?.Of(transaction);

    /// <summary>What a transaction of it pays to the miner, in satoshis; 0 of the coinbase, null where nobody knows.</summary>
    public long? FeeOf(Transaction transaction) => transaction.IsCoinbase
        ? 0
        : SpentBy(transaction) is { } spent ? spent.Sum(coin => coin.Output.Value) - transaction.Outputs.Sum(output => output.Value) : null;
}

/// <summary>A block's place at one moment.</summary>
internal sealed record BlockPlace(BlockNode Node, bool IsActive, int TipHeight, BlockHash? Next)
{
    /// <summary>0 of one that is not of the chain.</summary>
    public int Confirmations => IsActive ? TipHeight - Node.Height + 1 : 0;
}

/// <summary>What lists say of a block.</summary>
internal readonly record struct BlockFacts(int Transactions, int Size, long Weight)
{
    /// <summary>Of a block.</summary>
    public static BlockFacts Of(Block block) => new(block.Transactions.Length, block.Size, block.Weight);
}
