using System.Net;
using Chain.Core.Encoding;
using Chain.Network.Messages;
using Chain.Network.Transport;

namespace Chain.Network;

/// <summary>
/// Another node at the end of one connection: a loop that reads, a loop that writes, and one way to end both, with the
/// reason. Handshake, pings and timeouts are dealt with here; every other message goes to the <see cref="IPeerObserver"/>.
/// </summary>
public sealed class Peer
{
    /// <summary>The oldest protocol version spoken with (Core: MIN_PEER_PROTO_VERSION).</summary>
    public const int MinProtocolVersion = 31800;

    /// <summary>Why a connection to this very node was ended.</summary>
    internal const string SelfConnectionReason = "this node connected to itself";

    /// <summary>The last protocol version whose pings are not answered (BIP31).</summary>
    private const int LastVersionWithoutPong = 60000;

    private readonly IConnection _connection;
    private readonly ConnectionEnd _end;
    private readonly PeerOptions _options;
    private readonly IPeerObserver _observer;
    private readonly TimeProvider _time;
    private readonly FrameReader _reader;
    private readonly FrameWriter _writer;
    private readonly SendQueue _queue;
    private readonly PeerClock _clock;
    private readonly VersionHandshake _versions;
    private readonly TaskCompletionSource<bool> _handshake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _timeOffset;

    internal Peer(long id, IConnection connection, EndPoint? dialedEndPoint, ConnectionKind kind, PeerOptions options, IPeerObserver observer, Func<ulong, bool> isOwnNonce)
    {
        _connection = connection;
        _options = options;
        _observer = observer;
        _time = options.Time;
        _end = new ConnectionEnd(connection, options.LingerTimeout, _time);
        _reader = new FrameReader(connection, options.Magic, _time);
        _writer = new FrameWriter(connection, options.Magic, _time);
        _queue = new SendQueue(options.MaxQueuedMessages, options.MaxQueuedBytes);
        _clock = new PeerClock(options, _reader, _writer);
        _versions = new VersionHandshake(options, kind, connection.RemoteEndPoint, isOwnNonce);
        Id = id;
        DialedEndPoint = dialedEndPoint;
        Kind = kind;
        ConnectedAt = _time.GetUtcNow();
    }

    /// <summary>Unique within the <see cref="PeerSet"/>, never used again.</summary>
    public long Id { get; }

    /// <summary>How the connection came about.</summary>
    public ConnectionKind Kind { get; }

    /// <summary>What it may do that others may not.</summary>
    public PeerPermissions Permissions { get; init; }

    /// <summary>True where the other side connected to this node.</summary>
    public bool IsInbound => DialedEndPoint is null;

    /// <summary>This side's address on the connection.</summary>
    public EndPoint LocalEndPoint => _connection.LocalEndPoint;

    /// <summary>The other side's address on the connection; its port is where it listens only if this node connected to it.</summary>
    public EndPoint RemoteEndPoint => _connection.RemoteEndPoint;

    /// <summary>
    /// Where the other side listens: where this node connected to it or, for one that connected to this node, its address with the
    /// port that its version told. Null where it told none.
    /// </summary>
    public EndPoint? ListenEndPoint
    {
        get
        {
            if (!IsInbound) return RemoteEndPoint;
            return FindVersion is { Sender.Port: not 0 and var port } && RemoteEndPoint is IPEndPoint ip ? new IPEndPoint(ip.Address, port) : null;
        }
    }

    /// <summary>What the other side said of itself. Throws before its version message came; after the handshake it is always there.</summary>
    public VersionMessage Version => _versions.Version ?? throw new InvalidOperationException("The peer has not sent its version yet.");

    /// <summary>The same; null before its version message came.</summary>
    public VersionMessage? FindVersion => _versions.Version;

    /// <summary>By how many seconds its clock was ahead of this node's when its version message came.</summary>
    public long TimeOffset => Interlocked.Read(ref _timeOffset);

    /// <summary>Whether version and verack went both ways.</summary>
    public bool HandshakeCompleted => _versions.IsCompleted;

    /// <summary>Whether it names transactions by their witness hash, and wants them named so (BIP339).</summary>
    public bool RelaysByWitnessHash => _versions.RelaysByWitnessHash;

    /// <summary>Whether it asked during the handshake for new blocks to be announced by their headers (BIP130).</summary>
    public bool WantsHeaders => _versions.WantsHeaders;

    /// <summary>False as soon as somebody decided to end the connection.</summary>
    public bool IsConnected => _end.Reason is null;

    /// <summary>Why the connection was ended; null while it is up.</summary>
    public string? DisconnectReason => _end.Reason;

    /// <summary>When the connection was made.</summary>
    public DateTimeOffset ConnectedAt { get; }

    /// <summary>When bytes were last sent; before the first, when the connection was made.</summary>
    public DateTimeOffset LastSend => ToDate(_writer.LastSend);

    /// <summary>When bytes were last received; before the first, when the connection was made.</summary>
    public DateTimeOffset LastReceive => ToDate(_reader.LastReceive);

    /// <summary>Bytes sent, frame headers included.</summary>
    public long BytesSent => _writer.BytesSent;

    /// <summary>Bytes received, frame headers included.</summary>
    public long BytesReceived => _reader.BytesReceived;

    /// <summary>Payload bytes that wait to be sent.</summary>
    public long QueuedBytes => _queue.Bytes;

    /// <summary>Bytes by kind of message.</summary>
    public PeerTraffic Traffic { get; } = new();

    /// <summary>How long the last ping took there and back; null before the first.</summary>
    public TimeSpan? PingTime => _clock.PingTime;

    /// <summary>The shortest that a ping took; null before the first.</summary>
    public TimeSpan? MinPingTime => _clock.MinPingTime;

    /// <summary>How long an answer to a ping has been awaited; null while none is.</summary>
    public TimeSpan? PingWait => _clock.PingWait;

    /// <summary>Whether addresses are exchanged with it: it was asked for some, or spoke of them itself.</summary>
    public bool ExchangesAddresses { get; internal set; }

    /// <summary>How many addresses it told of.</summary>
    public long AddressesTold { get; internal set; }

    /// <summary>The addresses that it knows, since it told of them or was told.</summary>
    internal ToldAddresses Told { get; } = new();

    /// <summary>What this node connected to, as it was asked to; null where the other side connected.</summary>
    internal EndPoint? DialedEndPoint { get; }

    /// <summary>The nonce of our version message on this connection.</summary>
    internal ulong LocalNonce => _versions.LocalNonce;

    /// <summary>True when the handshake is done, false when the peer ended before that.</summary>
    internal Task<bool> Handshake => _handshake.Task;

    /// <summary>Done when the observer has heard of the end.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>
    /// Queues a message and returns at once. False before the handshake is done and after the end. A queue without room
    /// ends the peer: it does not read, and what it is sent would grow without bound.
    /// </summary>
    public bool TrySend(Message message) => HandshakeCompleted && Enqueue(message);

    /// <summary>
    /// Queues a message as soon as the queue is at most half full: for long answers, so that a peer that asks much and
    /// reads slowly waits for itself; not for a loop that serves others too. False before the handshake is done and after the end.
    /// </summary>
    public async ValueTask<bool> SendAsync(Message message, CancellationToken cancellationToken) =>
        HandshakeCompleted
        && IsConnected
        && await _queue.AddAsync(ToFrame(message), cancellationToken).ConfigureAwait(false);

    /// <summary>Asks it at once whether it is there, whatever it was asked before. False before the handshake is done and after the end.</summary>
    public bool Ping() => HandshakeCompleted && Enqueue(_clock.BeginPing());

    /// <summary>Whether it may do something that not all may.</summary>
    public bool Has(PeerPermissions permission) => (Permissions & permission) == permission;

    /// <summary>Ends the connection; what is queued is still sent if the peer takes it quickly. The first reason counts. Never throws.</summary>
    public void Disconnect(string reason) => Shutdown(reason, flush: true);

    /// <summary>Number, direction and address.</summary>
    public override string ToString() => $"peer {Id} ({(IsInbound ? "from" : "to")} {RemoteEndPoint})";

    /// <summary>Whether this is the connection to, or from, that endpoint.</summary>
    internal bool IsAt(EndPoint endPoint) => endPoint.Equals(RemoteEndPoint) || endPoint.Equals(DialedEndPoint);

    /// <summary>Runs the connection until its end, which the token asks for too. Never throws for what the other side does.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stopReading = new CancellationTokenSource();
        using var stopWriting = new CancellationTokenSource();
        using var registration = cancellationToken.UnsafeRegister(
            static peer => ((Peer)peer!).Disconnect("this node closes its connections"), this);
        var writing = WriteLoopAsync(stopWriting.Token);
        var reading = ReadLoopAsync(stopReading.Token);
        bool flush;
        await using (_time.CreateTimer(static peer => ((Peer)peer!).Tick(), this, _options.TickInterval, _options.TickInterval).ConfigureAwait(false))
        {
            flush = await _end.Begun.ConfigureAwait(false);
        }

        await stopReading.CancelAsync().ConfigureAwait(false);
        await reading.ConfigureAwait(false);
        try
        {
            _observer.OnDisconnected(this, DisconnectReason!);
        }
        finally
        {
            _handshake.TrySetResult(false);
            _ended.TrySetResult();
            await _end.CloseAsync(writing, stopWriting, flush).ConfigureAwait(false);
        }
    }

    private async Task ReadLoopAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!IsInbound) Enqueue(_versions.Introduce());
            while (IsConnected && await ReceiveAsync(cancellationToken).ConfigureAwait(false) is { } message)
            {
                await HandleAsync(message, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The reason is set already.
        }
#pragma warning disable CA1031 // A bug in the owner costs this peer, and its name goes to the log; the node lives on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Disconnect($"internal error: {e}");
        }
    }

    /// <summary>The next message; null where there is none, with the reason set. All that a stranger can do wrong ends here.</summary>
    private async ValueTask<Message?> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } frame)
            {
                if (frame.Damage is not null) continue;
                Traffic.Count(isSent: false, frame.Command, FrameHeader.Size + frame.Payload.Length);
                _observer.OnTraffic(this, sent: false, frame.Command, frame.Payload.Length);
                if (TryDecode(frame) is { } message) return message;
            }

            Disconnect("the peer closed the connection");
        }
        catch (DecodeException e)
        {
            // A node of another chain is told our magic too, so that both logs say what is wrong.
            if (_reader.MetForeignNode && !_versions.IsVersionSent) Enqueue(_versions.Introduce());
            Disconnect(e.Message);
        }
        catch (Exception e) when (ConnectionEnd.IsBroken(e))
        {
            Shutdown($"the connection broke: {e.Message}", flush: false);
        }

        return null;
    }

    /// <summary>
    /// The message; null for a pong or a transaction that has another form, which Core lets pass: the first ends the wait for
    /// an answer, the second may be one that later rules know. Any other form that is wrong ends the connection.
    /// </summary>
    private Message? TryDecode(IncomingFrame frame)
    {
        try
        {
            return MessageCodec.Decode(frame.Command, frame.Payload);
        }
        catch (DecodeException) when (frame.Command is PongMessage.CommandName or TxMessage.CommandName && HandshakeCompleted)
        {
            if (frame.Command == PongMessage.CommandName) _clock.OnUselessPong();
            return null;
        }
    }

    private async Task WriteLoopAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _queue.TakeAsync(cancellationToken).ConfigureAwait(false) is { } frame)
            {
                if (_options.Links is { } links) await links.HoldAsync(this, frame.QueuedAt, cancellationToken).ConfigureAwait(false);
                await _writer.WriteAsync(frame, cancellationToken).ConfigureAwait(false);
                _queue.Release(frame);
                Traffic.Count(isSent: true, frame.Command, FrameHeader.Size + frame.Payload.Length);
                _observer.OnTraffic(this, sent: true, frame.Command, frame.Payload.Length);
            }

            _connection.CompleteSending();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The reason is set already.
        }
        catch (Exception e) when (ConnectionEnd.IsBroken(e))
        {
            Shutdown($"the connection broke: {e.Message}", flush: false);
        }
#pragma warning disable CA1031 // As in the read loop.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Shutdown($"internal error: {e}", flush: false);
        }
    }

    private async ValueTask HandleAsync(Message message, CancellationToken cancellationToken)
    {
        switch (message)
        {
            case VersionMessage version:
                OnVersion(version);
                break;
            case var _ when _versions.Version is null:
                // Nothing counts before the version, and nothing is answered (Core: ProcessMessage).
                break;
            case VerackMessage:
                await OnVerackAsync(cancellationToken).ConfigureAwait(false);
                break;
            case var _ when !HandshakeCompleted:
                _versions.OnFeature(message);
                break;
            case WtxidRelayMessage or SendAddrV2Message:
                Disconnect($"a '{message.Command}' message came after the verack");
                break;
            case PingMessage ping:
                _clock.OnOwnerTakes();
                await _observer.SettleAsync(this).ConfigureAwait(false);
                _clock.OnOwnerGivesBack();
                if (ping.Nonce is { } nonce) Enqueue(new PongMessage(nonce));
                break;
            case PongMessage pong:
                _clock.OnPong(pong.Nonce);
                break;
            default:
                _clock.OnOwnerTakes();
                await _observer.OnMessageAsync(this, message, cancellationToken).ConfigureAwait(false);
                _clock.OnOwnerGivesBack();
                break;
        }
    }

    private void OnVersion(VersionMessage version)
    {
        if (_versions.Version is not null) return;
        if (_versions.OnVersion(version) is { } breach)
        {
            Disconnect(breach);
            return;
        }

        if (_options.Links is { } links && !links.IsReachable(ListenEndPoint))
        {
            Disconnect(LinkConditions.UnreachableReason);
            return;
        }

        Interlocked.Exchange(ref _timeOffset, unchecked(version.Timestamp - _time.GetUtcNow().ToUnixTimeSeconds()));
        foreach (var answer in _versions.Answer()) Enqueue(answer);
    }

    private async ValueTask OnVerackAsync(CancellationToken cancellationToken)
    {
        if (!_versions.OnVerack()) return;
        _clock.OnOwnerTakes();
        await _observer.OnHandshakeAsync(this, cancellationToken).ConfigureAwait(false);
        _clock.OnOwnerGivesBack();
        _clock.OnHandshake(Version.ProtocolVersion > LastVersionWithoutPong);
        _handshake.TrySetResult(true);

        // As Core does; a simple client of an older version is left in peace until the interval is over.
        if (Version.ProtocolVersion >= SendHeadersMessage.SinceVersion) Enqueue(_clock.BeginPing());
    }

    private bool Enqueue(Message message)
    {
        if (!IsConnected) return false;
        if (_queue.TryAdd(ToFrame(message))) return true;
        Shutdown("send queue overflow", flush: false);
        return false;
    }

    private OutgoingFrame ToFrame(Message message) => new(message.Command, message.ToPayload()) { QueuedAt = _time.GetTimestamp() };

    private void Tick()
    {
        if (_clock.FindOverdue(HandshakeCompleted) is { } reason) Shutdown(reason, flush: false);
        else if (_clock.TryBeginPing() is { } ping) Enqueue(ping);
    }

    private void Shutdown(string reason, bool flush)
    {
        if (!_end.TryDecide(reason)) return;
        _queue.Complete();
        _end.Begin(flush);
    }

    private DateTimeOffset ToDate(long timestamp) => _time.GetUtcNow() - _time.GetElapsedTime(timestamp);
}
