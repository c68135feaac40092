using Chain.Core.Primitives;

namespace Chain.Core.Consensus;

/// <summary>The rules for a header: alone, and on its parent.</summary>
public static class HeaderRules
{
    private const int MedianTimeSpan = 11;

    /// <summary>What needs nothing else: proof of work.</summary>
    public static RuleViolation? Check(BlockHeader header, ChainParams p) =>
        ProofOfWork.IsMet(header, p) ? null : RuleError.HighHash;

    /// <summary>
    /// What needs the parent: target, times, version (Core: ContextualCheckBlockHeader). <paramref name="now"/> is the
    /// clock's reading in Unix seconds.
    /// </summary>
    public static RuleViolation? Accept(BlockHeader header, IHeaderNode parent, long now, ChainParams p) =>
        AcceptBits(header, parent, p) ?? AcceptTime(header, parent, now, p) ?? AcceptVersion(header, parent.Height + 1, p);

    /// <summary>The median of the times of a block and the ten before it (BIP113): it never goes back.</summary>
    public static uint MedianTimePast(IHeaderNode node)
    {
        Span<uint> times = stackalloc uint[MedianTimeSpan];
        var count = 0;
        for (var n = node; n is not null && count < MedianTimeSpan; n = n.Parent) times[count++] = n.Header.Time;
        times = times[..count];
        times.Sort();
        return times[count / 2];
    }

    private static RuleViolation? AcceptBits(BlockHeader header, IHeaderNode parent, ChainParams p) =>
        header.Bits == ProofOfWork.RequiredBits(parent, header.Time, p) ? null : RuleError.BadDifficultyBits;

    private static RuleViolation? AcceptTime(BlockHeader header, IHeaderNode parent, long now, ChainParams p)
    {
        if (header.Time <= MedianTimePast(parent)) return RuleError.TimeTooOld;
        return header.Time > now + p.MaxFutureBlockTime ? RuleError.TimeTooNew : null;
    }

    private static RuleViolation? AcceptVersion(BlockHeader header, int height, ChainParams p)
    {
        var least = height >= p.Bip65Height ? 4 : height >= p.Bip66Height ? 3 : height >= p.Bip34Height ? 2 : int.MinValue;
        return header.Version >= least ? null : new RuleViolation(RuleError.BadVersion) { Suffix = $"(0x{header.Version:x8})" };
    }
}
