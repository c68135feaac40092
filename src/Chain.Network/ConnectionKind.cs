namespace Chain.Network;

/// <summary>How a connection came about (Core: ConnectionType).</summary>
public enum ConnectionKind
{
    /// <summary>The other side connected to this node.</summary>
    Inbound,

    /// <summary>Somebody named the other side: in the configuration, or by hand.</summary>
    Manual,

    /// <summary>This node chose the other side among the addresses that it was told of.</summary>
    OutboundFullRelay,

    /// <summary>As that, but for blocks alone: neither transactions nor addresses are exchanged.</summary>
    BlockRelayOnly,

    /// <summary>To ask for addresses, and no longer than until some came.</summary>
    AddrFetch,

    /// <summary>To see whether somebody is there, and no longer than until the handshake is done.</summary>
    Feeler,
}

/// <summary>The names of <see cref="ConnectionKind"/>.</summary>
public static class ConnectionKinds
{
    /// <summary>Whether transactions go over such a connection.</summary>
    public static bool RelaysTransactions(this ConnectionKind kind) => kind is not (ConnectionKind.BlockRelayOnly or ConnectionKind.Feeler);

    /// <summary>As Core's RPC writes it.</summary>
    public static string Name(this ConnectionKind kind) => kind switch
    {
        ConnectionKind.Inbound => "inbound",
        ConnectionKind.Manual => "manual",
        ConnectionKind.OutboundFullRelay => "outbound-full-relay",
        ConnectionKind.BlockRelayOnly => "block-relay-only",
        ConnectionKind.AddrFetch => "addr-fetch",
        ConnectionKind.Feeler => "feeler",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
