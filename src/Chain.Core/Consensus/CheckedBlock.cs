using Chain.Core.Primitives;

namespace Chain.Core.Consensus;

/// <summary>
/// A block with what <see cref="BlockRules.Check"/> said of it. The check needs nothing but the block, so whoever receives a
/// block can run it on a thread of his own before the block reaches the one that owns the chain.
/// </summary>
public sealed record CheckedBlock
{
    private CheckedBlock(Block block, RuleViolation? violation)
    {
        Block = block;
        Violation = violation;
    }

    /// <summary>The block.</summary>
    public Block Block { get; }

    /// <summary>The rule that it breaks by itself; null where none.</summary>
    public RuleViolation? Violation { get; }

    /// <summary>Checks a block.</summary>
    public static CheckedBlock Of(Block block, ChainParams p) => new(block, BlockRules.Check(block, p));
}
