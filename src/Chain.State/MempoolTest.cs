using Chain.Core.Primitives;

namespace Chain.State;

/// <summary>What the pool would answer to a transaction, and what it has found out about it on the way.</summary>
public sealed record MempoolTest
{
    internal MempoolTest(TransactionRejection? rejection, MempoolCandidate candidate)
    {
        Rejection = rejection;
        Fee = candidate.Fee;
        VirtualSize = candidate.VirtualSize;
    }

    /// <summary>Why it would not be taken; null where it would.</summary>
    public TransactionRejection? Rejection { get; }

    /// <summary>What it pays; nothing where it was refused before that was known.</summary>
    public Amount Fee { get; }

    /// <summary>The size in vbytes that its fee is reckoned on; 0 where it was refused before that was known.</summary>
    public int VirtualSize { get; }
}
