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
}

/// <summary>The names of <see cref="ConnectionKind"/>.</summary>
public static class ConnectionKinds
{
    /// <summary>As Core's RPC writes it.</summary>
    public static string Name(this ConnectionKind kind) => kind switch
    {
        ConnectionKind.Inbound => "inbound",
        ConnectionKind.Manual => "manual",
        ConnectionKind.OutboundFullRelay => "outbound-full-relay",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
