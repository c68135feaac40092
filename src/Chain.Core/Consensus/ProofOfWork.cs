using Chain.Core.Primitives;

namespace Chain.Core.Consensus;

/// <summary>Which target a block must meet, and whether it does (Core: pow.cpp).</summary>
public static class ProofOfWork
{
    /// <summary>The most by which one retarget changes the target, both ways.</summary>
    public const int MaxAdjustment = 4;

    /// <summary>True where the bits are a target not above the limit, and the hash is not above the target.</summary>
    public static bool IsMet(BlockHeader header, ChainParams p) =>
        Target.TryFromCompact(header.Bits, out var target) && !target.IsEasierThan(p.PowLimit) && target.IsMetBy(header.Hash);

    /// <summary>The bits that a block on <paramref name="parent"/> with this time must have.</summary>
    public static uint RequiredBits(IHeaderNode parent, uint time, ChainParams p)
    {
        if ((parent.Height + 1) % p.RetargetInterval != 0)
            return p.AllowMinDifficultyBlocks ? BitsBetweenRetargets(parent, time, p) : parent.Header.Bits;
        if (!p.Retargeting) return parent.Header.Bits;

        // The interval is one block short: the first time is that of its first block, not of the block before it. The
        // oldest off-by-one of the protocol, and consensus.
        var first = parent.GetAncestor(parent.Height - (p.RetargetInterval - 1));
        return Retarget(parent.Header.Bits, first.Header.Time, parent.Header.Time, p);
    }

    /// <summary>
    /// The bits after an interval that began and ended at these times: the old target times the time taken over the time
    /// wanted, at most four times and at least a quarter, not above the limit.
    /// </summary>
    public static uint Retarget(uint bits, uint firstTime, uint lastTime, ChainParams p)
    {
        var wanted = (long)p.TargetSpacing * p.RetargetInterval;
        var taken = Math.Clamp((long)lastTime - firstTime, wanted / MaxAdjustment, wanted * MaxAdjustment);
        var value = Target.FromCompact(bits).Value * taken / wanted;
        return value > p.PowLimit.Value ? p.PowLimit.Bits : Target.FromValue(value).Bits;
    }

    private static uint BitsBetweenRetargets(IHeaderNode parent, uint time, ChainParams p)
    {
        if (time > (long)parent.Header.Time + 2L * p.TargetSpacing) return p.PowLimit.Bits;

        // The last target that was not an exception.
        var node = parent;
        while (node.Parent is { } before && node.Height % p.RetargetInterval != 0 && node.Header.Bits == p.PowLimit.Bits) node = before;
        return node.Header.Bits;
    }
}
