namespace Chain.State;

/// <summary>Why a valid transaction is not kept in the pool, in the order in which it is asked.</summary>
public enum PolicyError
{
    /// <summary>A coinbase exists only in a block.</summary>
    Coinbase,

    /// <summary>It weighs more than the pool takes.</summary>
    TransactionSize,

    /// <summary>Its lock time has not come.</summary>
    NonFinal,

    /// <summary>It is in the pool.</summary>
    AlreadyInMempool,

    /// <summary>A waiting transaction spends one of its inputs; the first seen stays.</summary>
    Conflict,

    /// <summary>It is in the chain.</summary>
    AlreadyKnown,

    /// <summary>A coin is not as old as the sequence number of its input asks (BIP68).</summary>
    NonBip68Final,

    /// <summary>The fee is too low.</summary>
    MinRelayFeeNotMet,

    /// <summary>It depends on too many waiting transactions, or too many would depend on one of those.</summary>
    ChainTooLong,

    /// <summary>The pool is full of transactions that pay more.</summary>
    MempoolFull,
}

/// <summary>The texts of <see cref="PolicyError"/>.</summary>
public static class PolicyErrors
{
    /// <summary>The reject string of Bitcoin Core.</summary>
    public static string RejectReason(this PolicyError error) => error switch
    {
        PolicyError.Coinbase => "coinbase",
        PolicyError.TransactionSize => "tx-size",
        PolicyError.NonFinal => "non-final",
        PolicyError.AlreadyInMempool => "txn-already-in-mempool",
        PolicyError.Conflict => "txn-mempool-conflict",
        PolicyError.AlreadyKnown => "txn-already-known",
        PolicyError.NonBip68Final => "non-BIP68-final",
        PolicyError.MinRelayFeeNotMet => "min relay fee not met",
        PolicyError.ChainTooLong => "too-long-mempool-chain",
        PolicyError.MempoolFull => "mempool full",
        _ => throw new ArgumentOutOfRangeException(nameof(error), error, null),
    };
}
