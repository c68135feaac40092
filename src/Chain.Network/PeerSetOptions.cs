namespace Chain.Network;

/// <summary>How many connections a <see cref="PeerSet"/> keeps, and how it gets them back.</summary>
public sealed record PeerSetOptions
{
    /// <summary>How each peer is treated.</summary>
    public required PeerOptions Peer { get; init; }

    /// <summary>The most connections that others make to this node.</summary>
    public int MaxInbound { get; init; } = 117;

    /// <summary>The most of them from one address; this machine's own is not counted.</summary>
    public int MaxInboundPerAddress { get; init; } = 32;

    /// <summary>The most connections to others, those to configured peers not counted.</summary>
    public int MaxOutbound { get; init; } = 8;

    /// <summary>How long making a connection may take, the handshake not counted.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The wait before a configured peer is tried again; it doubles each time.</summary>
    public TimeSpan FirstReconnectDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest such wait.</summary>
    public TimeSpan MaxReconnectDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long this node must have been without any peer before it tries addresses that others told of.</summary>
    public TimeSpan AloneDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whom more is permitted than others.</summary>
    public IReadOnlyList<PermittedNet> Permitted { get; init; } = [];

    /// <summary>How long a ban lasts where nobody says otherwise, in seconds.</summary>
    public long BanTime { get; init; } = BanList.DefaultBanTime;

    /// <summary>Whether addresses that mean nothing beyond a machine or a house are kept too.</summary>
    public bool KeepsLocalAddresses { get; init; } = true;

    /// <summary>The most addresses kept of those that others told of.</summary>
    public int MaxAddresses { get; init; } = 10_000;

    /// <summary>
    /// Whether the version message tells the port on which this node listens, by which its peers recognise it (<see cref="LinkConditions"/>).
    /// Bitcoin's own nodes tell nothing there since Core 22.
    /// </summary>
    public bool TellsListenPort { get; init; } = true;
}
