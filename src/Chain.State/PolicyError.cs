namespace Chain.State;

/// <summary>
/// Why a valid transaction is not kept in the pool, in the order in which it is asked. Each summary says what is wrong with
/// it; limits are those of <see cref="MempoolPolicy"/>.
/// </summary>
public enum PolicyError
{
    // ---- the transaction alone

    /// <summary>A coinbase exists only in a block.</summary>
    Coinbase,

    /// <summary>Its version is one that later rules may give a meaning.</summary>
    Version,

    /// <summary>It weighs more than the pool takes.</summary>
    TransactionSize,

    /// <summary>An unlocking script is longer than any known form needs.</summary>
    ScriptSigSize,

    /// <summary>An unlocking script does more than push.</summary>
    ScriptSigNotPushOnly,

    /// <summary>A locking script has none of the known forms.</summary>
    ScriptPubKey,

    /// <summary>An output asks for signatures of several keys without P2SH or P2WSH, and the pool takes none such.</summary>
    BareMultiSig,

    /// <summary>An output is worth less than it costs to spend.</summary>
    Dust,

    /// <summary>More than one output carries data.</summary>
    MultiOpReturn,

    /// <summary>It is so small that it could pass as two nodes of a Merkle tree (CVE-2017-12842).</summary>
    TransactionSizeSmall,

    // ---- the transaction on the chain and the pool

    /// <summary>Its lock time has not come.</summary>
    NonFinal,

    /// <summary>It is in the pool.</summary>
    AlreadyInMempool,

    /// <summary>It is in the pool with another witness.</summary>
    SameNonWitnessData,

    /// <summary>A waiting transaction that does not say that it may be replaced spends one of its inputs (BIP125).</summary>
    Conflict,

    /// <summary>It is in the chain.</summary>
    AlreadyKnown,

    // ---- the transaction and the coins that it spends

    /// <summary>A coin is not as old as the sequence number of its input asks (BIP68).</summary>
    NonBip68Final,

    /// <summary>It spends an output of no known form, or shows a P2SH script of too many signature operations.</summary>
    NonStandardInputs,

    /// <summary>A witness is longer than any known form needs, has an annex, or stands where none belongs.</summary>
    NonStandardWitness,

    /// <summary>It has too many signature operations.</summary>
    TooManySigOps,

    /// <summary>The fee is too low for a pool that was full of others not long ago.</summary>
    MempoolMinFeeNotMet,

    /// <summary>The fee is too low.</summary>
    MinRelayFeeNotMet,

    /// <summary>It depends on too many waiting transactions, or too many would depend on one of those, by number or by size.</summary>
    ChainTooLong,

    // ---- replacement (BIP125)

    /// <summary>It depends on a transaction that it would replace.</summary>
    SpendsConflicting,

    /// <summary>It pays too little to replace what it conflicts with: in rate, in sum, or for its own relay.</summary>
    InsufficientFee,

    /// <summary>Too many transactions would leave for it.</summary>
    TooManyReplacements,

    /// <summary>It spends a waiting output that those which it replaces do not spend.</summary>
    ReplacementAddsUnconfirmed,

    // ---- at last

    /// <summary>A script fails, but only by rules that blocks need not obey.</summary>
    NonMandatoryScript,

    /// <summary>The pool is full of transactions that pay more.</summary>
    MempoolFull,
}

/// <summary>The texts of <see cref="PolicyError"/>.</summary>
public static class PolicyErrors
{
    /// <summary>The reject string of Bitcoin Core (v0.21 to 25).</summary>
    public static string RejectReason(this PolicyError error) => error switch
    {
        PolicyError.Coinbase => "coinbase",
        PolicyError.Version => "version",
        PolicyError.TransactionSize => "tx-size",
        PolicyError.ScriptSigSize => "scriptsig-size",
        PolicyError.ScriptSigNotPushOnly => "scriptsig-not-pushonly",
        PolicyError.ScriptPubKey => "scriptpubkey",
        PolicyError.BareMultiSig => "bare-multisig",
        PolicyError.Dust => "dust",
        PolicyError.MultiOpReturn => "multi-op-return",
        PolicyError.TransactionSizeSmall => "tx-size-small",
        PolicyError.NonFinal => "non-final",
        PolicyError.AlreadyInMempool => "txn-already-in-mempool",
        PolicyError.SameNonWitnessData => "txn-same-nonwitness-data-in-mempool",
        PolicyError.Conflict => "txn-mempool-conflict",
        PolicyError.AlreadyKnown => "txn-already-known",
        PolicyError.NonBip68Final => "non-BIP68-final",
        PolicyError.NonStandardInputs => "bad-txns-nonstandard-inputs",
        PolicyError.NonStandardWitness => "bad-witness-nonstandard",
        PolicyError.TooManySigOps => "bad-txns-too-many-sigops",
        PolicyError.MempoolMinFeeNotMet => "mempool min fee not met",
        PolicyError.MinRelayFeeNotMet => "min relay fee not met",
        PolicyError.ChainTooLong => "too-long-mempool-chain",
        PolicyError.SpendsConflicting => "bad-txns-spends-conflicting-tx",
        PolicyError.InsufficientFee => "insufficient fee",
        PolicyError.TooManyReplacements => "too many potential replacements",
        PolicyError.ReplacementAddsUnconfirmed => "replacement-adds-unconfirmed",
        PolicyError.NonMandatoryScript => "non-mandatory-script-verify-flag",
        PolicyError.MempoolFull => "mempool full",
        _ => throw new ArgumentOutOfRangeException(nameof(error), error, null),
    };
}
