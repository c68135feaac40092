using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.State;

/// <summary>
/// What a node wants of transactions that it keeps and relays, beyond what consensus asks: never a rule for blocks.
/// </summary>
public sealed record MempoolPolicy
{
    /// <summary>The most bytes of transactions in the pool.</summary>
    public long MaxBytes { get; init; } = 300_000_000;

    /// <summary>The least fee rate, in satoshis per 1,000 vbytes.</summary>
    public long MinRelayFeeRate { get; init; }

    /// <summary>The most weight units of one transaction.</summary>
    public int MaxTransactionWeight { get; init; } = 400_000;

    /// <summary>The most waiting transactions that one depends on, itself included.</summary>
    public int MaxAncestors { get; init; } = 25;

    /// <summary>The most waiting transactions that depend on one, itself included.</summary>
    public int MaxDescendants { get; init; } = 25;

    /// <summary>The script rules for waiting transactions.</summary>
    public ScriptFlags ScriptFlags { get; init; } = ScriptFlags.Standard;

    /// <summary>
    /// The policy of a chain: Core's numbers, except that a private chain, where learners send many payments before a block
    /// comes, lets chains of waiting transactions grow to 500.
    /// </summary>
    public static MempoolPolicy For(ChainParams p) => new()
    {
        MinRelayFeeRate = p.MinRelayFeeRate,
        MaxAncestors = p.Profile == Profiles.Private ? 500 : 25,
        MaxDescendants = p.Profile == Profiles.Private ? 500 : 25,
    };

    /// <summary>What needs nothing but the transaction.</summary>
    public PolicyError? Check(Transaction t) =>
        t.IsCoinbase ? PolicyError.Coinbase : t.Weight > MaxTransactionWeight ? PolicyError.TransactionSize : null;

    /// <summary>What needs the fee.</summary>
    public PolicyError? CheckFee(Transaction t, Amount fee) =>
        fee.Satoshis < MinFee(t.VirtualSize) ? PolicyError.MinRelayFeeNotMet : null;

    /// <summary>The least fee for a size in vbytes, rounded up.</summary>
    public long MinFee(int virtualSize) => (MinRelayFeeRate * virtualSize + 999) / 1000;
}
