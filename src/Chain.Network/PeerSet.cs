using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Chain.Network.Messages;
using Chain.Network.Transport;

namespace Chain.Network;

/// <summary>
/// All connections of this node: those that others make to its listening port, those to configured peers, which are made
/// again whenever they break, and those that are asked for once. It tells the owner of each peer whose handshake is done.
/// </summary>
public sealed class PeerSet : IAsyncDisposable
{
    private const string StopReason = "this node stops";
    private const string BanReason = "it was banned";

    private static readonly TimeSpan PauseAfterFailedAccept = TimeSpan.FromSeconds(1);

    private readonly PeerSetOptions _options;
    private readonly ITransport _transport;
    private readonly IPeerObserver _observer;
    private readonly TimeProvider _time;
    private readonly AddressExchange _exchange;
    private readonly Dialer _dialer;
    private readonly Inward _inward;
    private readonly ActivationGate _gate = new();
    private readonly TaskSet _tasks = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<long, Peer> _peers = new();
    private readonly ConcurrentDictionary<EndPoint, (CancellationTokenSource Stop, string Name)> _persistent = new();
    private readonly ConcurrentDictionary<EndPoint, byte> _ownEndPoints = new();
    private IListener? _listener;
    private long _nextId;
    private long _bytesSent;
    private long _bytesReceived;

    /// <summary>Creates a set without connections; <see cref="Start"/> begins.</summary>
    public PeerSet(PeerSetOptions options, ITransport transport, IPeerObserver observer)
    {
        _time = options.Peer.Time;
        Links = new LinkConditions(_time);
        _options = options = options with { Peer = options.Peer with { Links = Links, ListenPort = () => options.TellsListenPort ? ListenEndPoint?.Port ?? 0 : 0 } };
        _transport = transport;
        _observer = observer;
        Bans = new BanList(_time);
        Addresses = new AddressBook(options.MaxAddresses, _time, options.Peer.Random) { KeepsLocal = options.KeepsLocalAddresses };
        _exchange = new AddressExchange(Addresses, options.Peer, _ownEndPoints, () => Peers);
        _dialer = new Dialer(options, transport, _gate, _peers, _ownEndPoints, Bans, _persistent.ContainsKey, Run);
        _inward = new Inward(this);
    }

    /// <summary>Where this node listens, with the actual port; null where it does not.</summary>
    public IPEndPoint? ListenEndPoint => _listener?.EndPoint;

    /// <summary>Whether connections are made and taken.</summary>
    public bool IsActive => _gate.IsOpen;

    /// <summary>The peers whose handshake is done, oldest first.</summary>
    public IReadOnlyList<Peer> Peers => [.. _peers.Values.Where(p => p.HandshakeCompleted && p.IsConnected).OrderBy(p => p.Id)];

    /// <summary>All connections, those included whose handshake is not done, oldest first.</summary>
    public IReadOnlyList<Peer> Connections => [.. _peers.Values.Where(p => p.IsConnected).OrderBy(p => p.Id)];

    /// <summary>What this node offers to others.</summary>
    public ServiceFlags Services => _options.Peer.Services;

    /// <summary>This node's software as peers see it (BIP14).</summary>
    public string UserAgent => _options.Peer.UserAgent;

    /// <summary>Whether it asks others for their transactions.</summary>
    public bool WantsTransactions => _options.Peer.Relay;

    /// <summary>Bytes sent to all peers since the start, frame headers included.</summary>
    public long BytesSent => Interlocked.Read(ref _bytesSent);

    /// <summary>Bytes received from all peers since the start, frame headers included.</summary>
    public long BytesReceived => Interlocked.Read(ref _bytesReceived);

    /// <summary>How long a ban lasts where nobody says otherwise, in seconds.</summary>
    public long BanTime => _options.BanTime;

    /// <summary>The addresses that others told of.</summary>
    public AddressBook Addresses { get; }

    /// <summary>Who may not connect and is not connected to.</summary>
    public BanList Bans { get; }

    /// <summary>What was done to the links.</summary>
    public LinkConditions Links { get; }

    /// <summary>The configured peers.</summary>
    public IReadOnlyList<EndPoint> PersistentEndPoints => [.. _persistent.Keys];

    /// <summary>The configured peers with the names that they were configured by.</summary>
    public IReadOnlyList<(EndPoint EndPoint, string Name)> PersistentPeers => [.. _persistent.Select(pair => (pair.Key, pair.Value.Name)).OrderBy(pair => pair.Name, StringComparer.Ordinal)];

    /// <summary>
    /// Begins to listen, where an endpoint is given (port 0 takes a free one), and to connect. Gives the endpoint with the
    /// actual port. Throws <see cref="SocketException"/> where the port is taken. Once only.
    /// </summary>
    public IPEndPoint? Start(IPEndPoint? listenOn)
    {
        if (listenOn is not null)
        {
            var listener = _transport.Listen(listenOn);
            _listener = listener;
            _tasks.Run(() => AcceptAsync(listener, _stop.Token));
        }

        _gate.Open();
        var gossip = new GossipDialer(Addresses, _gate, _options, () => Peers.Count == 0, (endPoint, token) => _dialer.DialAsync(endPoint, ConnectionKind.OutboundFullRelay, token), _observer.OnConnectFailed);
        _tasks.Run(() => gossip.RunAsync(_stop.Token));
        return ListenEndPoint;
    }

    /// <summary>
    /// Configures a peer that is connected to now and whenever the connection breaks; by the name it is told of later. False
    /// where it is configured already.
    /// </summary>
    public bool AddPersistent(EndPoint endPoint, string? name = null)
    {
        name ??= PeerEndPoint.Format(endPoint);
        endPoint = PeerEndPoint.Normalize(endPoint);
        var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        if (!_persistent.TryAdd(endPoint, (stop, name)))
        {
            stop.Dispose();
            return false;
        }

        var token = stop.Token;
        var backoff = new Backoff(_options.FirstReconnectDelay, _options.MaxReconnectDelay, _options.Peer.Random);
        var peer = new PersistentPeer(endPoint, _gate, backoff, _time, DialByHandAsync, _observer.OnConnectFailed);
        _tasks.Run(() => peer.RunAsync(token));
        return true;
    }

    /// <summary>Stops reconnecting to a peer; a connection that is up stays. False where it was not configured.</summary>
    public bool RemovePersistent(EndPoint endPoint)
    {
        if (!_persistent.TryRemove(PeerEndPoint.Normalize(endPoint), out var configured)) return false;
        configured.Stop.Cancel();
        configured.Stop.Dispose();
        return true;
    }

    /// <summary>Connects once, and waits for the handshake. A connection to that endpoint that is up already is given back.</summary>
    public async Task<ConnectResult> ConnectOnceAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, cancellationToken);
        try
        {
            return await DialByHandAsync(PeerEndPoint.Normalize(endPoint), either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ConnectResult.Failed(StopReason);
        }
    }

    /// <summary>Connects once, and does not wait for the handshake; false where no connection came about.</summary>
    public async Task<bool> OpenAsync(EndPoint endPoint, ConnectionKind kind)
    {
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var dial = _dialer.DialAsync(PeerEndPoint.Normalize(endPoint), kind, _stop.Token, opened.SetResult);
        _tasks.Run(() => dial);
        await Task.WhenAny(opened.Task, dial).ConfigureAwait(false);
        return opened.Task.IsCompleted;
    }

    /// <summary>Ends one connection; false where there is none with this number.</summary>
    public bool Disconnect(long id, string reason)
    {
        if (!_peers.TryGetValue(id, out var peer)) return false;
        peer.Disconnect(reason);
        return true;
    }

    /// <summary>Ends the connections to or from an endpoint; false where there is none.</summary>
    public bool Disconnect(EndPoint endPoint, string reason)
    {
        endPoint = PeerEndPoint.Normalize(endPoint);
        var found = false;
        foreach (var peer in _peers.Values.Where(p => p.IsAt(endPoint)))
        {
            peer.Disconnect(reason);
            found = true;
        }

        return found;
    }

    /// <summary>The connection to or from an endpoint whose handshake is done; null where there is none.</summary>
    public Peer? Find(EndPoint endPoint)
    {
        endPoint = PeerEndPoint.Normalize(endPoint);
        return Peers.FirstOrDefault(peer => peer.IsAt(endPoint));
    }

    /// <summary>Bans until a time in Unix seconds, and ends the connections that the ban concerns.</summary>
    public void Ban(IPSubnet subnet, long until)
    {
        Bans.Add(subnet, until);
        foreach (var peer in _peers.Values.Where(p => p.RemoteEndPoint is IPEndPoint ip && subnet.Contains(ip.Address))) peer.Disconnect(BanReason);
    }

    /// <summary>
    /// Makes nodes, named by where they listen, unreachable and all others reachable again: connections to and from them end, which
    /// is waited for, and no others come about. A configured peer that can be reached again is connected to at once.
    /// </summary>
    public async Task SetUnreachableAsync(IReadOnlyList<EndPoint> endPoints)
    {
        var reachableAgain = Links.SetUnreachable(endPoints);
        var cut = _peers.Values.Where(peer => !IsReachable(peer)).ToList();
        foreach (var peer in cut) peer.Disconnect(LinkConditions.UnreachableReason);
        foreach (var endPoint in reachableAgain.Where(_persistent.ContainsKey)) _tasks.Run(() => ConnectOnceAsync(endPoint, CancellationToken.None));
        await Task.WhenAll(cut.Select(peer => peer.Ended)).ConfigureAwait(false);
    }

    /// <summary>False ends all connections and takes and makes no others until true, which connects to configured peers at once.</summary>
    public void SetActive(bool active)
    {
        if (active)
        {
            _gate.Open();
            return;
        }

        DisconnectAll("networking was turned off");
        _gate.Close();
    }

    /// <summary>Queues a message for every peer, or every one that the filter lets through. Gives how many.</summary>
    public int Broadcast(Message message, Func<Peer, bool>? filter = null) =>
        Peers.Count(peer => (filter is null || filter(peer)) && peer.TrySend(message));

    /// <summary>Ends everything and waits until it has ended: what is queued is sent if the peers take it quickly.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener?.Dispose();
        DisconnectAll(StopReason);
        _gate.Close();
        await _tasks.WhenAllAsync().ConfigureAwait(false);
    }

    /// <summary>Stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        foreach (var endPoint in PersistentEndPoints) RemovePersistent(endPoint);
        _gate.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync(IListener listener, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    var connection = await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
                    if (MayEnter(connection.RemoteEndPoint)) Run(connection, null, ConnectionKind.Inbound);
                    else connection.Dispose();
                }
                catch (Exception e) when (e is SocketException or IOException && !cancellationToken.IsCancellationRequested)
                {
                    // Out of file descriptors, or gone before it was accepted: no reason to stop listening.
                    await Task.Delay(PauseAfterFailedAccept, _time, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The listener was closed because the node stops.
        }
    }

    private bool MayEnter(EndPoint remote)
    {
        var inbound = _peers.Values.Where(p => p.IsInbound).ToList();
        if (!_gate.IsOpen || inbound.Count >= _options.MaxInbound) return false;
        if (remote is not IPEndPoint ip) return true;
        return (!Bans.IsBanned(ip.Address) || MayDo(PeerPermissions.NoBan, ip, isInbound: true))
            && (IPAddress.IsLoopback(ip.Address)
                || inbound.Count(p => p.RemoteEndPoint is IPEndPoint other && other.Address.Equals(ip.Address)) < _options.MaxInboundPerAddress);
    }

    private PeerPermissions PermissionsOf(EndPoint remote, bool isInbound) => remote is not IPEndPoint ip
        ? PeerPermissions.None
        : _options.Permitted
            .Where(net => (isInbound ? net.Inbound : net.Outbound) && net.Subnet.Contains(ip.Address))
            .Aggregate(PeerPermissions.None, (all, net) => all | net.Permissions);

    private bool MayDo(PeerPermissions permission, EndPoint remote, bool isInbound) => (PermissionsOf(remote, isInbound) & permission) == permission;

    private bool IsReachable(Peer peer) => Links.IsReachable(peer.ListenEndPoint) && Links.IsReachable(peer.DialedEndPoint);

    private Task<ConnectResult> DialByHandAsync(EndPoint endPoint, CancellationToken cancellationToken) =>
        _dialer.DialAsync(endPoint, ConnectionKind.Manual, cancellationToken);

    private Peer Run(IConnection connection, EndPoint? dialed, ConnectionKind kind)
    {
        var peer = new Peer(Interlocked.Increment(ref _nextId) - 1, connection, dialed, kind, _options.Peer, _inward, IsOwnNonce)
        {
            Permissions = PermissionsOf(connection.RemoteEndPoint, dialed is null),
        };
        _peers.TryAdd(peer.Id, peer);

        // A ban that came since the connection was looked at did not find this peer yet.
        if (peer.RemoteEndPoint is IPEndPoint ip && Bans.IsBanned(ip.Address) && !peer.Has(PeerPermissions.NoBan)) peer.Disconnect(BanReason);
        if (!IsReachable(peer)) peer.Disconnect(LinkConditions.UnreachableReason);
        var open = _gate.OpenToken;
        _tasks.Run(() => peer.RunAsync(open));
        return peer;
    }

    /// <summary>
    /// Whether one of our own version messages came back to us. The side that dialed is told too, and the address is not
    /// dialed again.
    /// </summary>
    private bool IsOwnNonce(ulong nonce)
    {
        if (_peers.Values.FirstOrDefault(p => !p.IsInbound && p.LocalNonce == nonce) is not { } self) return false;
        _ownEndPoints.TryAdd(self.DialedEndPoint!, 0);
        _ownEndPoints.TryAdd(self.RemoteEndPoint, 0);
        self.Disconnect(Peer.SelfConnectionReason);
        return true;
    }

    private void DisconnectAll(string reason)
    {
        foreach (var peer in _peers.Values) peer.Disconnect(reason);
    }

    /// <summary>What the peers talk to: keeps the set's books and hands on what is the owner's.</summary>
    private sealed class Inward(PeerSet set) : IPeerObserver
    {
        public ValueTask OnHandshakeAsync(Peer peer, CancellationToken cancellationToken)
        {
            if (peer.Kind == ConnectionKind.Feeler) peer.Disconnect("it is there, and more was not asked");
            else if (!peer.IsInbound) set._exchange.Greet(peer, set.ListenEndPoint);
            return set._observer.OnHandshakeAsync(peer, cancellationToken);
        }

        public ValueTask OnMessageAsync(Peer peer, Message message, CancellationToken cancellationToken) =>
            set._exchange.TryHandle(peer, message) ? ValueTask.CompletedTask : set._observer.OnMessageAsync(peer, message, cancellationToken);

        public ValueTask SettleAsync(Peer peer) => set._observer.SettleAsync(peer);

        public void OnDisconnected(Peer peer, string reason)
        {
            set._peers.TryRemove(peer.Id, out _);
            set._exchange.Forget(peer);
            // Who dialed reports an outbound connection that never became a peer.
            if (peer.IsInbound || peer.HandshakeCompleted) set._observer.OnDisconnected(peer, reason);
        }

        public void OnTraffic(Peer peer, bool sent, string command, int payloadSize)
        {
            if (sent) Interlocked.Add(ref set._bytesSent, FrameHeader.Size + payloadSize);
            else Interlocked.Add(ref set._bytesReceived, FrameHeader.Size + payloadSize);
            set._observer.OnTraffic(peer, sent, command, payloadSize);
        }

        public void OnConnectFailed(EndPoint endPoint, string reason) => set._observer.OnConnectFailed(endPoint, reason);
    }
}
