using Chain.Core.Primitives;

namespace Chain.Node.Wallet;

/// <summary>Where a wallet's transaction stands; whether it waits in the pool is asked of the pool.</summary>
internal enum WalletTransactionState : byte
{
    /// <summary>In no block.</summary>
    Unconfirmed,

    /// <summary>In a block of the chain.</summary>
    Confirmed,

    /// <summary>A block of the chain holds another that spends the same, or something that it depends on does.</summary>
    Conflicted,
}

/// <summary>A transaction that concerns a wallet, and what the wallet remembers of it (Core: CWalletTx).</summary>
internal sealed class WalletTransaction(Transaction transaction, long order)
{
    /// <summary>Names of <see cref="Notes"/>, as RPC writes them.</summary>
    internal const string Comment = "comment", To = "to", Replaces = "replaces_txid", ReplacedBy = "replaced_by_txid";

    internal Transaction Transaction { get; set; } = transaction;

    internal TxId Id => Transaction.Id;

    /// <summary>The order in which they came.</summary>
    internal long Order => order;

    /// <summary>When it was first seen, in Unix seconds.</summary>
    internal long TimeReceived { get; set; }

    /// <summary>The time to show: of its block, if that came first.</summary>
    internal long Time { get; set; }

    internal WalletTransactionState State { get; set; }

    /// <summary>The block that holds it, or that holds what conflicts with it.</summary>
    internal BlockHash Block { get; set; }

    /// <summary>That block's height.</summary>
    internal int Height { get; set; }

    /// <summary>Its place in the block.</summary>
    internal int Position { get; set; }

    /// <summary>Its owner gave it up: what it spends may be spent again.</summary>
    internal bool IsAbandoned { get; set; }

    /// <summary>Comments, and what it replaces or was replaced by.</summary>
    internal Dictionary<string, string> Notes { get; } = [];

    internal bool IsConfirmed => State == WalletTransactionState.Confirmed;
}
