using Chain.Network.Messages;

namespace Chain.Network;

/// <summary>How a <see cref="Peer"/> introduces this node, and how long and how much it waits for the other.</summary>
public sealed record PeerOptions
{
    /// <summary>The chain's magic, first byte lowest.</summary>
    public required uint Magic { get; init; }

    /// <summary>This node's software, such as <c>/chain:0.1.0/</c>.</summary>
    public required string UserAgent { get; init; }

    /// <summary>Gives random numbers; called from many threads.</summary>
    public required Func<ulong> Random { get; init; }

    /// <summary>What this node offers.</summary>
    public ServiceFlags Services { get; init; } = ServiceFlags.Network;

    /// <summary>The height of the tip, for the version message; called from many threads.</summary>
    public Func<int> StartHeight { get; init; } = static () => 0;

    /// <summary>Whether this node wants transactions announced.</summary>
    public bool Relay { get; init; } = true;

    /// <summary>The clock and the timers.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How long a handshake may take, and how long no other timeout ends a new connection (Core: -peertimeout).</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a peer is asked whether it is there.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long its answer may take.</summary>
    public TimeSpan PongTimeout { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>How long a peer may send nothing at all.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>How long one message may take from its first byte to its last.</summary>
    public TimeSpan FrameTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a peer may leave bytes that were sent to it unread.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a closing connection may still send what is queued.</summary>
    public TimeSpan LingerTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often the timeouts are looked at.</summary>
    public TimeSpan TickInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The most messages that wait to be sent.</summary>
    public int MaxQueuedMessages { get; init; } = 10_000;

    /// <summary>The port on which this node listens, which its version message tells; 0 where it does not listen.</summary>
    internal Func<int> ListenPort { get; init; } = static () => 0;

    /// <summary>What was done to the links; null where nothing can be.</summary>
    internal LinkConditions? Links { get; init; }

    /// <summary>The most payload bytes that wait to be sent.</summary>
    public long MaxQueuedBytes { get; init; } = 32_000_000;
}
