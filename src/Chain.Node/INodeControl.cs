using Chain.Network;
using Chain.Node.Logging;

namespace Chain.Node;

/// <summary>What may be asked of a running node beyond its chain: its peers, its age, its clock, its log, and that it stops.</summary>
public interface INodeControl
{
    /// <summary>The connections.</summary>
    PeerSet Peers { get; }

    /// <summary>Its own mining.</summary>
    MiningSwitch Mining { get; }

    /// <summary>What it knows of a peer beyond the connection. Asked where the chain may be touched.</summary>
    PeerProgress Describe(Peer peer);

    /// <summary>When it began to run.</summary>
    DateTimeOffset StartedAt { get; }

    /// <summary>Its clock, which can be fixed on a test chain.</summary>
    NodeClock Clock { get; }

    /// <summary>What it logs beside what it always logs.</summary>
    LogCategories LogCategories { get; }

    /// <summary>Does at once what it does from time to time.</summary>
    Task RunScheduledAsync();

    /// <summary>Asks it to stop; it answers what it is doing first.</summary>
    void RequestStop(string reason);
}
