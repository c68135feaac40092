using System.Net;
using Chain.Network;
using Chain.Network.Messages;
using Chain.Network.Transport;

namespace Chain.Tests.Network;

/// <summary>A set of peers on the loopback interface with an observer that notes everything.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    public const uint Magic = 0xdab5bffa;

    public TestNode(Func<PeerSetOptions, PeerSetOptions>? configure = null, ManualTimeProvider? clock = null, bool listen = true, ITransport? transport = null)
    {
        var options = new PeerSetOptions
        {
            Peer = new PeerOptions
            {
                Magic = Magic,
                UserAgent = "/test:1.0/",
                Random = static () => (ulong)Random.Shared.NextInt64(1, long.MaxValue),
                StartHeight = static () => 7,
                Time = clock ?? TimeProvider.System,
            },
            FirstReconnectDelay = TimeSpan.FromMilliseconds(20),
            MaxReconnectDelay = TimeSpan.FromMilliseconds(200),
        };
        Clock = clock;
        Set = new PeerSet(configure?.Invoke(options) ?? options, transport ?? new TcpTransport(), Observer);
        EndPoint = Set.Start(listen ? new IPEndPoint(IPAddress.Loopback, 0) : null) ?? new IPEndPoint(IPAddress.None, 0);
    }

    public ManualTimeProvider? Clock { get; }

    public RecordingObserver Observer { get; } = new();

    public PeerSet Set { get; }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Connects and requires that it succeeds.</summary>
    public async Task<Peer> ConnectAsync(EndPoint endPoint)
    {
        var result = await Eventually.ResultAsync(Set.ConnectOnceAsync(endPoint, CancellationToken.None));
        Assert.True(result.Peer is not null, result.Failure);
        return result.Peer;
    }

    /// <summary>The peer, once it is the only one.</summary>
    public async Task<Peer> SinglePeerAsync()
    {
        await Eventually.TrueAsync(() => Set.Peers.Count == 1 && !Observer.Handshakes.IsEmpty);
        return Set.Peers[0];
    }

    /// <summary>A client that has done the handshake.</summary>
    public async Task<RawClient> ShakenClientAsync()
    {
        var client = await RawClient.ConnectAsync(EndPoint);
        await client.ShakeHandsAsync();
        return client;
    }

    /// <summary>Moves the manual clock second by second while waiting.</summary>
    public Task AfterAsync(Func<bool> condition) => Eventually.TrueAsync(condition, () => Clock!.Advance(TimeSpan.FromSeconds(1)));

    public async ValueTask DisposeAsync()
    {
        var stopping = Set.DisposeAsync().AsTask();
        await Eventually.TrueAsync(() => stopping.IsCompleted, () => Clock?.Advance(TimeSpan.FromSeconds(1)));
        await stopping;
    }

    /// <summary>A version message as a client might send it.</summary>
    public static VersionMessage ClientVersion(int version = MessageCodec.ProtocolVersion, ulong nonce = 99) =>
        new() { ProtocolVersion = version, UserAgent = "/client:1/", StartHeight = 3, Nonce = nonce };
}
