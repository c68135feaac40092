using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.State;

/// <summary>
/// What a node wants of transactions that it keeps and relays, beyond what consensus asks: never a rule for blocks. The
/// defaults are Core's, but for the fee and the standard forms, which <see cref="For"/> sets by the chain.
/// </summary>
public sealed record MempoolPolicy
{
    /// <summary>
    /// The least size without witness, in bytes: one of 64 bytes could pass as two nodes of a Merkle tree, and prove what is
    /// in no block (CVE-2017-12842).
    /// </summary>
    public const int MinTransactionSize = 65;

    /// <summary>The most bytes of transactions in the pool.</summary>
    public long MaxBytes { get; init; } = 300_000_000;

    /// <summary>
    /// The most bytes of transactions that a reorganisation keeps for the pool (Core: MAX_DISCONNECTED_TX_POOL_BYTES): a deep
    /// one takes more off the chain than fits into memory.
    /// </summary>
    public long MaxDisconnectedBytes { get; init; } = 20_000_000;

    /// <summary>The least fee rate, in satoshis per 1,000 vbytes.</summary>
    public long MinRelayFeeRate { get; init; }

    /// <summary>
    /// The least fee rate at which transactions go into a block of this node, in satoshis per 1,000 vbytes (Core:
    /// -blockmintxfee). Below it they can be in the pool only because they were prioritised before, or depend on others.
    /// </summary>
    public long MinBlockFeeRate { get; init; }

    /// <summary>The most weight units of one transaction, be it standard or not.</summary>
    public int MaxTransactionWeight { get; init; } = 400_000;

    /// <summary>The most waiting transactions that one depends on, itself included.</summary>
    public int MaxAncestors { get; init; } = 25;

    /// <summary>The most waiting transactions that depend on one, itself included.</summary>
    public int MaxDescendants { get; init; } = 25;

    /// <summary>The most vbytes of one and all that it depends on (Core: -limitancestorsize, of 1,000 vbytes).</summary>
    public long MaxAncestorSize { get; init; } = 101_000;

    /// <summary>The most vbytes of one and all that depends on it (Core: -limitdescendantsize, of 1,000 vbytes).</summary>
    public long MaxDescendantSize { get; init; } = 101_000;

    /// <summary>The most vbytes of a transaction that may depend on one which has all the descendants that it may have, where it depends on no other (Core: EXTRA_DESCENDANT_TX_SIZE_LIMIT).</summary>
    public const int ExtraDescendantSize = 10_000;

    /// <summary>How long a transaction may wait, in seconds (Core: -mempoolexpiry, in hours).</summary>
    public long ExpirySeconds { get; init; } = 336 * 3_600;

    /// <summary>Whether the waiting transactions of the last run are taken up again, and left for the next (Core: -persistmempool).</summary>
    public bool IsPersistent { get; init; } = true;

    /// <summary>Whether a waiting transaction may be replaced that does not say so (Core: -mempoolfullrbf).</summary>
    public bool ReplaceWithoutSignal { get; init; }

    /// <summary>Whether outputs that carry data are standard (Core: -datacarrier).</summary>
    public bool AcceptDataCarriers { get; init; } = true;

    /// <summary>The most weight of a block that this node makes; never above the chain's own limit (Core: -blockmaxweight).</summary>
    public int MaxBlockWeight { get; init; } = int.MaxValue;

    /// <summary>The script rules for waiting transactions.</summary>
    public ScriptFlags ScriptFlags { get; init; } = ScriptFlags.Standard;

    /// <summary>Whether only transactions of known forms are taken (Core: the opposite of -acceptnonstdtxn).</summary>
    public bool RequireStandard { get; init; }

    /// <summary>Whether an output that asks for signatures of up to three keys is standard (Core: -permitbaremultisig).</summary>
    public bool PermitBareMultiSig { get; init; } = true;

    /// <summary>The longest script that carries data, in bytes (Core: -datacarriersize).</summary>
    public int MaxDataCarrierSize { get; init; } = 83;

    /// <summary>The fee rate by which an output is dust, in satoshis per 1,000 vbytes (Core: -dustrelayfee).</summary>
    public long DustRelayFeeRate { get; init; } = 3_000;

    /// <summary>The most signature operations of one transaction, as a block counts them.</summary>
    public int MaxSigOpsCost { get; init; } = 16_000;

    /// <summary>The vbytes that a signature operation outside the witness counts as at least (Core: -bytespersigop).</summary>
    public int BytesPerSigOp { get; init; } = 20;

    /// <summary>Whether a transaction may replace waiting ones that say that they may be replaced (BIP125).</summary>
    public bool AllowReplacement { get; init; } = true;

    /// <summary>
    /// The fee rate of a replacement's own relay, in satoshis per 1,000 vbytes, which it pays above all that it replaces (Core:
    /// -incrementalrelayfee). Where transactions are free it is what keeps anyone from replacing without end.
    /// </summary>
    public long IncrementalRelayFeeRate { get; init; } = 1_000;

    /// <summary>The most transactions that one may replace, descendants included.</summary>
    public int MaxReplaced { get; init; } = 100;

    /// <summary>
    /// The policy of a chain. Bitcoin's regtest has Core's numbers, and requires standard transactions as Core does there.
    /// On a private chain learners send many payments before a block comes, and try scripts: chains of waiting transactions
    /// grow to 500, in size as much beyond Core's, and locking scripts may have any form, outputs any worth. Script rules
    /// that only guard relay hold there too, and a replacement pays Core's increment although a first payment may be free.
    /// </summary>
    public static MempoolPolicy For(ChainParams p) => new()
    {
        MinRelayFeeRate = p.MinRelayFeeRate,
        MinBlockFeeRate = p.MinRelayFeeRate,
        MaxAncestors = p.Profile == Profiles.Private ? 500 : 25,
        MaxDescendants = p.Profile == Profiles.Private ? 500 : 25,
        MaxAncestorSize = p.Profile == Profiles.Private ? 2_020_000 : 101_000,
        MaxDescendantSize = p.Profile == Profiles.Private ? 2_020_000 : 101_000,
        RequireStandard = p.Profile != Profiles.Private,
    };

    /// <summary>The fee for a size in vbytes at a rate in satoshis per 1,000 vbytes, rounded up.</summary>
    public static long FeeFor(long virtualSize, long rate) => (rate * virtualSize + 999) / 1000;

    /// <summary>What needs nothing but the transaction.</summary>
    public PolicyError? Check(Transaction t)
    {
        if (t.IsCoinbase) return PolicyError.Coinbase;
        if (RequireStandard && Standardness.Check(t, this) is { } error) return error;
        if (t.Weight > MaxTransactionWeight) return PolicyError.TransactionSize;
        return t.StrippedRaw.Length < MinTransactionSize ? PolicyError.TransactionSizeSmall : null;
    }

    /// <summary>The least fee for a size in vbytes.</summary>
    public long MinFee(int virtualSize) => FeeFor(virtualSize, MinRelayFeeRate);

    /// <summary>The least worth of an output in satoshis; 0 where the chain takes any.</summary>
    public long LeastOutput(ReadOnlyMemory<byte> script) => LeastOutput(script, DustRelayFeeRate);

    /// <summary>The same by another fee rate for dust, in satoshis per 1,000 vbytes.</summary>
    public long LeastOutput(ReadOnlyMemory<byte> script, long dustFeeRate) =>
        RequireStandard ? Standardness.DustThreshold(new TxOut(0, script), dustFeeRate) : 0;

    /// <summary>
    /// The size in vbytes that fees are reckoned on: a transaction that costs a block more signature operations than weight
    /// counts as larger (Core: GetVirtualTransactionSize).
    /// </summary>
    public int VirtualSize(Transaction t, long sigOpsCost) =>
        (int)((Math.Max(t.Weight, sigOpsCost * BytesPerSigOp) + Transaction.WitnessScaleFactor - 1) / Transaction.WitnessScaleFactor);
}
