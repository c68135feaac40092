using Chain.Core.Consensus;

namespace Chain.Node;

/// <summary>In what one run differs from the chain's own rules and policy; nothing of it is kept.</summary>
public sealed record ChainOverrides
{
    /// <summary>Moves the deployments of the chain; as it is, they stay.</summary>
    public Func<ChainParams, ChainParams> Activations { get; init; } = p => p;

    /// <summary>Whether the pool takes transactions of any form (Core: -acceptnonstdtxn).</summary>
    public bool AcceptNonStandard { get; init; }
}
