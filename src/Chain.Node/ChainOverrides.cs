using Chain.Core.Consensus;
using Chain.State;

namespace Chain.Node;

/// <summary>In what one run differs from the chain's own rules and policy; nothing of it is kept.</summary>
public sealed record ChainOverrides
{
    /// <summary>Moves the deployments of the chain; as it is, they stay.</summary>
    public Func<ChainParams, ChainParams> Activations { get; init; } = p => p;

    /// <summary>Changes what the pool asks of transactions; as it is, it stays.</summary>
    public Func<MempoolPolicy, MempoolPolicy> Policy { get; init; } = policy => policy;
}
