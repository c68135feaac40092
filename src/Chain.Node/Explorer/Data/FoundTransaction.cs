using Chain.Core.Coins;
using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Node.Explorer.Data;

/// <summary>
/// A transaction, waiting or in a block: what its inputs spend as far as that is known, and where it stands.
/// </summary>
internal sealed record FoundTransaction(Transaction Transaction, IReadOnlyList<Coin?>? Spent, BlockPlace? Block)
{
    /// <summary>Its place in the pool; null where a block holds it.</summary>
    public MempoolEntry? Waiting { get; init; }

    /// <summary>Whether another may take its place while it waits (BIP125).</summary>
    public bool IsReplaceable { get; init; }

    /// <summary>Its number in its block.</summary>
    public int Position { get; init; }

    /// <summary>Whether a block of the chain holds it.</summary>
    public bool IsConfirmed => Block?.IsActive == true;

    /// <summary>What it pays to the miner, in satoshis; 0 of a coinbase, null where what it spends is not known.</summary>
    public long? Fee => Transaction.IsCoinbase ? 0
        : Spent is { } spent && spent.All(coin => coin is not null) ? spent.Sum(coin => coin!.Output.Value) - Transaction.Outputs.Sum(output => output.Value)
        : null;
}

/// <summary>Who spends an output: nobody known, or the input of a transaction, which waits where it has no block.</summary>
internal sealed record Spender(TxId Id, int Input, BlockNode? Block);

/// <summary>What is known of an output's end.</summary>
internal sealed record OutputState(bool IsUnspent, Spender? Spender);
