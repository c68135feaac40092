using Chain.Core.Consensus;

namespace Chain.State;

/// <summary>What became of a block that was handed to <see cref="Chainstate.ProcessBlock(Chain.Core.Primitives.Block)"/>.</summary>
public enum BlockOutcome
{
    /// <summary>It is new and valid as far as it was checked: on the active chain, or kept on another branch.</summary>
    Accepted,

    /// <summary>It was known already, and nothing is wrong with it.</summary>
    Duplicate,

    /// <summary>Its parent is not known.</summary>
    Orphan,

    /// <summary>It breaks a rule.</summary>
    Rejected,
}

/// <summary>The outcome, the place in the tree where the block has one, and the rule where one is broken.</summary>
public readonly record struct ProcessBlockResult(BlockOutcome Outcome, BlockNode? Node, RuleViolation? Violation)
{
    internal static ProcessBlockResult Rejected(RuleViolation violation) => new(BlockOutcome.Rejected, null, violation);
}
