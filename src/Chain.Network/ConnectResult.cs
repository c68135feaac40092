namespace Chain.Network;

/// <summary>What became of an attempt to connect: a peer whose handshake is done, or the reason why there is none.</summary>
public readonly record struct ConnectResult
{
    private ConnectResult(Peer? peer, string? failure)
    {
        Peer = peer;
        Failure = failure;
    }

    /// <summary>The peer; null where the attempt failed.</summary>
    public Peer? Peer { get; }

    /// <summary>Why there is no peer; null where there is one.</summary>
    public string? Failure { get; }

    internal static ConnectResult Connected(Peer peer) => new(peer, null);

    internal static ConnectResult Failed(string reason) => new(null, reason);
}
