namespace Chain.Core.Consensus;

/// <summary>
/// Every rule that a transaction or a block can break, in the order in which the rules run: the list is the
/// specification. Each summary says what must hold. Limits and heights are those of <see cref="ChainParams"/>.
/// </summary>
public enum RuleError
{
    // ---- check: the header alone

    /// <summary>The header's hash is not above its target, and the target not above the chain's limit.</summary>
    HighHash,

    // ---- check: the block alone

    /// <summary>The header's Merkle root is that of the transactions.</summary>
    BadMerkleRoot,

    /// <summary>
    /// No two transactions have the same id. Where the two stand as a pair in the Merkle tree, the root is that of a shorter
    /// block (CVE-2012-2459); elsewhere the second could only spend what the first has spent, which Core sees on connecting.
    /// </summary>
    DuplicateTransaction,

    /// <summary>There is at least one transaction, and neither their number nor the size goes beyond the weight limit.</summary>
    BadBlockLength,

    /// <summary>The first transaction is a coinbase.</summary>
    CoinbaseMissing,

    /// <summary>No other transaction is a coinbase.</summary>
    CoinbaseMultiple,

    // ---- check: a transaction alone

    /// <summary>There is at least one input.</summary>
    NoInputs,

    /// <summary>There is at least one output.</summary>
    NoOutputs,

    /// <summary>The size without witness, times four, is within the block weight limit.</summary>
    TransactionOversize,

    /// <summary>No output is negative.</summary>
    OutputNegative,

    /// <summary>No output is above 21 million coins.</summary>
    OutputTooLarge,

    /// <summary>The outputs together are not above 21 million coins.</summary>
    OutputTotalTooLarge,

    /// <summary>No output is spent twice within the transaction (CVE-2018-17144).</summary>
    DuplicateInputs,

    /// <summary>A coinbase's script is 2 to 100 bytes long.</summary>
    CoinbaseScriptLength,

    /// <summary>Only a coinbase has an input that names no output.</summary>
    NullPreviousOutput,

    // ---- check: the block alone, after its transactions

    /// <summary>The signature operations, counted without running scripts, are within the block's limit.</summary>
    TooManySigOps,

    // ---- accept: the header on its parent

    /// <summary>The block is not known to be invalid already.</summary>
    KnownInvalid,

    /// <summary>The parent is known; otherwise the block is an orphan, and nobody's fault.</summary>
    ParentMissing,

    /// <summary>The parent is valid.</summary>
    ParentInvalid,

    /// <summary>The bits are those that retargeting asks for.</summary>
    BadDifficultyBits,

    /// <summary>The time is above the median of the last eleven blocks (BIP113).</summary>
    TimeTooOld,

    /// <summary>The time is at most two hours ahead of the clock; later it may hold.</summary>
    TimeTooNew,

    /// <summary>The version is at least 2, 3, 4 once BIP34, BIP66, BIP65 are active.</summary>
    BadVersion,

    // ---- accept: the block on its parent

    /// <summary>Every transaction's lock time has come (BIP113: measured by the parent's median time).</summary>
    NonFinal,

    /// <summary>The coinbase's script begins with the block's height (BIP34).</summary>
    CoinbaseHeight,

    /// <summary>Where the coinbase commits to the witnesses, its own witness is one item of 32 bytes (BIP141).</summary>
    BadWitnessNonceSize,

    /// <summary>The commitment in the coinbase is that of the witnesses (BIP141).</summary>
    BadWitnessMerkleRoot,

    /// <summary>Without a commitment no transaction has a witness (BIP141).</summary>
    UnexpectedWitness,

    /// <summary>The weight is within the limit.</summary>
    BadBlockWeight,

    // ---- connect: against the coins

    /// <summary>No transaction has the id of an earlier one with unspent outputs (BIP30).</summary>
    DuplicateUnspentTransaction,

    /// <summary>Every input spends a coin that is there.</summary>
    InputsMissingOrSpent,

    /// <summary>A coinbase is spent only once it has matured.</summary>
    PrematureCoinbaseSpend,

    /// <summary>The inputs together are not above 21 million coins.</summary>
    InputValuesOutOfRange,

    /// <summary>The outputs together are not above the inputs.</summary>
    InputsBelowOutputs,

    /// <summary>The fees of a block together are not above 21 million coins.</summary>
    AccumulatedFeeOutOfRange,

    /// <summary>Every coin is as old as the sequence number of its input says (BIP68).</summary>
    SequenceLocks,

    /// <summary>The coinbase pays out at most the subsidy and the fees.</summary>
    CoinbaseAmount,

    /// <summary>Every input's scripts succeed.</summary>
    ScriptFailed,
}
