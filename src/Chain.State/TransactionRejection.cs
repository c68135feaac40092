using Chain.Core.Consensus;

namespace Chain.State;

/// <summary>Why the pool did not take a transaction: it breaks a rule, or policy does not want it. Exactly one is set.</summary>
public sealed record TransactionRejection
{
    private TransactionRejection(RuleViolation? rule, PolicyError? policy)
    {
        Rule = rule;
        Policy = policy;
    }

    /// <summary>The rule that it breaks.</summary>
    public RuleViolation? Rule { get; }

    /// <summary>Why policy does not want it.</summary>
    public PolicyError? Policy { get; }

    /// <summary>What Core appends to a policy's reject string: the script's error.</summary>
    public string? Suffix { get; init; }

    /// <summary>Where policy does not want it, the numbers or the place.</summary>
    public string? Detail { get; init; }

    /// <summary>
    /// Whether only its witness is missing, which somebody on the way may have taken off: the id, which does not cover it, must
    /// not be remembered as refused (Core: TX_WITNESS_STRIPPED).
    /// </summary>
    public bool IsWitnessStripped { get; init; }

    /// <summary>The reject string of Bitcoin Core.</summary>
    public string RejectReason => Rule?.RejectReason ?? Policy!.Value.RejectReason() + Suffix;

    /// <summary>Whether it may become valid once other transactions are known.</summary>
    public bool IsMissingInputs => Rule?.Error == RuleError.InputsMissingOrSpent;

    /// <summary>Whether the transaction is here already, in the pool or in the chain.</summary>
    public bool IsKnown => Policy is PolicyError.AlreadyInMempool or PolicyError.SameNonWitnessData or PolicyError.AlreadyKnown;

    /// <summary>
    /// Whether its sender breaks the protocol: only rules that no later block can change count (Core: TX_CONSENSUS). A missing
    /// witness may have been taken off by somebody on the way.
    /// </summary>
    public bool IsGuilty => !IsWitnessStripped && Rule is
    {
        Error: < RuleError.KnownInvalid or RuleError.InputValuesOutOfRange or RuleError.InputsBelowOutputs or RuleError.ScriptFailed
    };

    /// <summary>A broken rule.</summary>
    public static implicit operator TransactionRejection(RuleViolation rule) => FromRuleViolation(rule);

    /// <summary>A matter of policy.</summary>
    public static implicit operator TransactionRejection(PolicyError policy) => FromPolicyError(policy);

    /// <summary>A broken rule.</summary>
    public static TransactionRejection FromRuleViolation(RuleViolation rule) => new(rule, null);

    /// <summary>A matter of policy.</summary>
    public static TransactionRejection FromPolicyError(PolicyError policy) => new(null, policy);

    /// <summary>The reject string, then the detail where there is one.</summary>
    public override string ToString() => Rule?.ToString() ?? (Detail is null ? RejectReason : $"{RejectReason}, {Detail}");
}
