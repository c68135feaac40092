namespace Chain.Core.Consensus;

/// <summary>
/// A broken rule, with the detail that helps to find the place. Validators return null for valid, so that a list of
/// checks reads <c>A(b) ?? B(b) ?? C(b)</c>.
/// </summary>
public sealed record RuleViolation(RuleError Error, string? Detail = null)
{
    /// <summary>What Core appends to the reject string of two rules: the script's error, the block's version.</summary>
    public string? Suffix { get; init; }

    /// <summary>The reject string exactly as Bitcoin Core gives it.</summary>
    public string RejectReason => Error.RejectReason() + Suffix;

    /// <summary>A violation without detail.</summary>
    public static implicit operator RuleViolation(RuleError error) => FromRuleError(error);

    /// <summary>A violation without detail.</summary>
    public static RuleViolation FromRuleError(RuleError error) => new(error);

    /// <summary>The reject string, then the detail where there is one: a log line's text.</summary>
    public override string ToString() => Detail is null ? RejectReason : $"{RejectReason}, {Detail}";
}
