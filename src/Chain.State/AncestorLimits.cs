namespace Chain.State;

/// <summary>
/// How far chains of waiting transactions may go, by number and by size (Core: CalculateMemPoolAncestors, with its words where
/// a limit is passed).
/// </summary>
internal readonly record struct AncestorLimits(int Ancestors, long AncestorSize, int Descendants, long DescendantSize)
{
    /// <summary>The limits for a transaction: where it replaces one alone, that one's place is free for it.</summary>
    public static AncestorLimits For(MempoolCandidate candidate, MempoolPolicy policy)
    {
        var leaving = candidate.Conflicts.Count == 1 ? candidate.Conflicts.Single().Descendants : default;
        return new AncestorLimits(policy.MaxAncestors, policy.MaxAncestorSize,
            policy.MaxDescendants + (leaving.Count > 0 ? 1 : 0), policy.MaxDescendantSize + leaving.Size);
    }

    /// <summary>
    /// The limits under which a small transaction may come although its parent has all the descendants that it may have: two
    /// who share an output can both still raise its fee (CPFP carve-out).
    /// </summary>
    public AncestorLimits CarvedOut => this with { Ancestors = 2, Descendants = Descendants + 1, DescendantSize = DescendantSize + MempoolPolicy.ExtraDescendantSize };

    /// <summary>Which limit a transaction on these parents passes; null where it stays within all.</summary>
    public string? FindExcess(MempoolCandidate candidate)
    {
        if (candidate.Parents.Count + 1 > Ancestors) return $"too many unconfirmed parents [limit: {Ancestors}]";
        var waiting = new Queue<MempoolEntry>(candidate.Parents);
        var staged = new HashSet<MempoolEntry>(candidate.Parents);
        long size = candidate.VirtualSize;
        var counted = 0;
        while (waiting.TryDequeue(out var entry))
        {
            size += entry.VirtualSize;
            counted++;
            if (entry.Descendants.Size + candidate.VirtualSize > DescendantSize)
                return $"exceeds descendant size limit for tx {entry.Transaction.Id} [limit: {DescendantSize}]";
            if (entry.Descendants.Count + 1 > Descendants) return $"too many descendants for tx {entry.Transaction.Id} [limit: {Descendants}]";
            if (size > AncestorSize) return $"exceeds ancestor size limit [limit: {AncestorSize}]";
            foreach (var parent in entry.ParentSet)
            {
                if (staged.Add(parent)) waiting.Enqueue(parent);
                if (waiting.Count + counted + 1 > Ancestors) return $"too many unconfirmed ancestors [limit: {Ancestors}]";
            }
        }

        return null;
    }
}
