using Chain.Network;

namespace Chain.Node;

/// <summary>What may be asked of a running node beyond its chain: its peers, its age, and that it stops.</summary>
public interface INodeControl
{
    /// <summary>The connections.</summary>
    PeerSet Peers { get; }

    /// <summary>When it began to run.</summary>
    DateTimeOffset StartedAt { get; }

    /// <summary>Asks it to stop; it answers what it is doing first.</summary>
    void RequestStop(string reason);
}
