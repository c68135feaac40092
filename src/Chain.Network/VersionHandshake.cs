using System.Net;
using Chain.Network.Messages;

namespace Chain.Network;

/// <summary>
/// What two nodes say before anything else: each its version, the features that it wants, and verack for having read the
/// other's. It sends nothing: it gives the messages to send, and the reason where the other side breaks the protocol.
/// </summary>
internal sealed class VersionHandshake(PeerOptions options, ConnectionKind kind, EndPoint remote, Func<ulong, bool> isOwnNonce)
{
    private volatile VersionMessage? _version;
    private volatile bool _isVersionSent;
    private volatile bool _isCompleted;

    /// <summary>The nonce of our version message on this connection.</summary>
    public ulong LocalNonce { get; } = options.Random();

    /// <summary>What the other side said of itself; null before that.</summary>
    public VersionMessage? Version => _version;

    /// <summary>Whether this side has introduced itself.</summary>
    public bool IsVersionSent => _isVersionSent;

    /// <summary>Whether version and verack went both ways.</summary>
    public bool IsCompleted => _isCompleted;

    /// <summary>Whether both sides name transactions by their witness hash (BIP339).</summary>
    public bool RelaysByWitnessHash { get; private set; }

    /// <summary>Whether the other side asked for headers before its verack (BIP130).</summary>
    public bool WantsHeaders { get; private set; }

    /// <summary>Our own version.</summary>
    public VersionMessage Introduce()
    {
        _isVersionSent = true;
        return new VersionMessage
        {
            ProtocolVersion = MessageCodec.ProtocolVersion,
            Services = options.Services,
            Timestamp = options.Time.GetUtcNow().ToUnixTimeSeconds(),
            Receiver = NetworkAddress.FromEndPoint(_version?.Services ?? ServiceFlags.None, remote),
            Sender = new NetworkAddress(options.Services, IPAddress.IPv6Any, (ushort)options.ListenPort()),
            Nonce = LocalNonce,
            UserAgent = options.UserAgent,
            StartHeight = options.StartHeight(),
            Relay = options.Relay && kind.RelaysTransactions(),
        };
    }

    /// <summary>Takes the other side's version; gives the reason where the connection must end.</summary>
    public string? OnVersion(VersionMessage version)
    {
        if (version.ProtocolVersion < Peer.MinProtocolVersion) return $"the peer's protocol version {version.ProtocolVersion} is older than {Peer.MinProtocolVersion}";
        if (version.Nonce != 0 && isOwnNonce(version.Nonce)) return Peer.SelfConnectionReason;
        _version = version;
        return null;
    }

    /// <summary>What answers the other side's version: our own where it was not sent yet, the features, verack.</summary>
    public IEnumerable<Message> Answer()
    {
        if (!_isVersionSent) yield return Introduce();
        if (_version!.ProtocolVersion >= WtxidRelayMessage.SinceVersion) yield return new WtxidRelayMessage();
        yield return new VerackMessage();
    }

    /// <summary>
    /// A message between version and verack. Features count; what else comes is ignored: newer nodes negotiate here what
    /// this one does not speak.
    /// </summary>
    public void OnFeature(Message message)
    {
        switch (message)
        {
            case WtxidRelayMessage when _version!.ProtocolVersion >= WtxidRelayMessage.SinceVersion:
                RelaysByWitnessHash = true;
                break;
            case SendHeadersMessage:
                WantsHeaders = true;
                break;
        }
    }

    /// <summary>The other side has read our version; false where it said so before.</summary>
    public bool OnVerack()
    {
        if (_isCompleted) return false;
        _isCompleted = true;
        return true;
    }
}
