using Chain.Core.Primitives;

namespace Chain.State;

/// <summary>
/// When a transaction takes the place of waiting ones that spend the same outputs (BIP125, with Core's rules and their
/// numbers): whoever mines must gain by it, and relaying it must cost its sender something.
/// </summary>
internal static class ReplacementRules
{
    /// <summary>The highest sequence number that says "may be replaced".</summary>
    public const uint MaxSignallingSequence = TxIn.FinalSequence - 2;

    /// <summary>Rule 1 as Core keeps it: whether a waiting transaction itself says that it may be replaced.</summary>
    public static bool SignalsItself(MempoolEntry entry) => entry.Transaction.Inputs.Any(input => input.Sequence <= MaxSignallingSequence);

    /// <summary>
    /// Whether it, or a waiting one that it depends on, says so: BIP125 lets it inherit that, since it would leave with that one.
    /// Core tells it, and does not go by it.
    /// </summary>
    public static bool Signals(MempoolEntry entry) => MempoolGraph.WithAncestors([entry]).Any(SignalsItself);

    /// <summary>Rules 2 to 5, in Core's order; gives what leaves in <see cref="MempoolCandidate.Replaced"/>.</summary>
    public static TransactionRejection? Check(MempoolCandidate candidate, MempoolPolicy policy)
    {
        if (candidate.Conflicts.Count == 0) return null;
        if (candidate.Ancestors.Overlaps(candidate.Conflicts)) return PolicyError.SpendsConflicting;
        return CheckFeeRate(candidate) ?? CheckNumber(candidate, policy) ?? CheckParents(candidate) ?? CheckFee(candidate, policy);
    }

    /// <summary>Core's own rule: it pays a better rate than each that it conflicts with, or miners would lose by it.</summary>
    private static TransactionRejection? CheckFeeRate(MempoolCandidate candidate)
    {
        var own = new PackageSum(1, candidate.VirtualSize, candidate.ModifiedFee);
        foreach (var conflict in candidate.Conflicts)
        {
            if (own.CompareFeeRate(conflict.Own) <= 0)
                return Refuse(PolicyError.InsufficientFee, $"{own.Fees} for {own.Size} vbytes is no better rate than {conflict.Own.Fees} for {conflict.Own.Size} of {conflict.Transaction.Id}");
        }

        return null;
    }

    /// <summary>Rule 5: what leaves is bounded. One that depends on two conflicts counts twice, as in Core.</summary>
    private static TransactionRejection? CheckNumber(MempoolCandidate candidate, MempoolPolicy policy)
    {
        var count = candidate.Conflicts.Sum(conflict => conflict.Descendants.Count);
        if (count > policy.MaxReplaced) return Refuse(PolicyError.TooManyReplacements, $"{count} > {policy.MaxReplaced}");
        foreach (var conflict in candidate.Conflicts) candidate.Replaced.UnionWith(MempoolGraph.WithDescendants(conflict));
        return null;
    }

    /// <summary>Rule 2: what it spends of the pool, one that it conflicts with spends too, so that it does not wait for more.</summary>
    private static TransactionRejection? CheckParents(MempoolCandidate candidate)
    {
        foreach (var parent in candidate.Parents)
        {
            if (!candidate.Conflicts.Any(conflict => conflict.ParentSet.Contains(parent)))
                return Refuse(PolicyError.ReplacementAddsUnconfirmed, $"{parent.Transaction.Id}");
        }

        return null;
    }

    /// <summary>Rules 3 and 4: it pays what all that leave pay together, and for its own relay on top.</summary>
    private static TransactionRejection? CheckFee(MempoolCandidate candidate, MempoolPolicy policy)
    {
        var replaced = candidate.Replaced.Sum(entry => entry.ModifiedFee);
        var least = replaced + MempoolPolicy.FeeFor(candidate.VirtualSize, policy.IncrementalRelayFeeRate);
        return candidate.ModifiedFee < least ? Refuse(PolicyError.InsufficientFee, $"{candidate.ModifiedFee} < {least}, of which {replaced} is what it replaces") : null;
    }

    private static TransactionRejection Refuse(PolicyError error, string detail) =>
        TransactionRejection.FromPolicyError(error) with { Detail = detail };
}
