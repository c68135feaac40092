using Chain.Network.Messages;

namespace Chain.Network;

/// <summary>
/// What a peer's patience hangs on: when it last sent something, when it was last asked whether it is there. While the owner
/// holds the read loop nothing is held against the peer, since its answers may wait behind the message that the owner has.
/// </summary>
internal sealed class PeerClock
{
    private readonly PeerOptions _options;
    private readonly FrameReader _reader;
    private readonly FrameWriter _writer;
    private readonly TimeProvider _time;
    private readonly long _connected;
    private long _waitingSince;
    private long _takenAt;
    private long _held;
    private long _heldAtPing;
    private long _pingSent;
    private ulong _pingNonce;
    private long _pingTicks = -1;
    private long _minPingTicks = long.MaxValue;
    private volatile bool _ownerHolds;
    private volatile bool _pongExpected;
    private volatile bool _handshakeDone;
    private volatile bool _answersPings;

    public PeerClock(PeerOptions options, FrameReader reader, FrameWriter writer)
    {
        _options = options;
        _reader = reader;
        _writer = writer;
        _time = options.Time;
        _connected = _waitingSince = _pingSent = _time.GetTimestamp();
    }

    /// <summary>How long the last ping took; null before the first.</summary>
    public TimeSpan? PingTime => Interlocked.Read(ref _pingTicks) is >= 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>The shortest that a ping took; null before the first.</summary>
    public TimeSpan? MinPingTime => Interlocked.Read(ref _minPingTicks) is not long.MaxValue and var ticks ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>How long an answer has been awaited; null while none is.</summary>
    public TimeSpan? PingWait => _pongExpected ? _time.GetElapsedTime(Interlocked.Read(ref _pingSent)) : null;

    /// <summary>Pings begin; whether they are answered depends on the other side's version.</summary>
    public void OnHandshake(bool answersPings)
    {
        _answersPings = answersPings;
        Interlocked.Exchange(ref _pingSent, _time.GetTimestamp());
        _handshakeDone = true;
    }

    /// <summary>The owner works on a message, and the peer is not read.</summary>
    public void OnOwnerTakes()
    {
        Interlocked.Exchange(ref _takenAt, _time.GetTimestamp());
        _ownerHolds = true;
    }

    /// <summary>The peer is read again.</summary>
    public void OnOwnerGivesBack()
    {
        var now = _time.GetTimestamp();
        Interlocked.Add(ref _held, now - Interlocked.Read(ref _takenAt));
        Interlocked.Exchange(ref _waitingSince, now);
        _ownerHolds = false;
    }

    /// <summary>
    /// The peer answered. An answer to an older ping says nothing; the nonce 0 ends the wait without a measure, as in Core: most
    /// likely the peer's program is wrong.
    /// </summary>
    public void OnPong(ulong nonce)
    {
        if (nonce == 0) OnUselessPong();
        if (!_pongExpected || nonce != Interlocked.Read(ref _pingNonce)) return;
        var ticks = _time.GetElapsedTime(Interlocked.Read(ref _pingSent)).Ticks;
        Interlocked.Exchange(ref _pingTicks, ticks);
        if (ticks < Interlocked.Read(ref _minPingTicks)) Interlocked.Exchange(ref _minPingTicks, ticks);
        _pongExpected = false;
    }

    /// <summary>The peer answered with what cannot be read: it is there, and how fast is not known.</summary>
    public void OnUselessPong() => _pongExpected = false;

    /// <summary>The ping that is due now, without a nonce for a peer that would not answer; null while none is.</summary>
    public PingMessage? TryBeginPing() =>
        !_handshakeDone || _pongExpected || !IsPast(Interlocked.Read(ref _pingSent), _options.PingInterval) ? null : BeginPing();

    /// <summary>A ping now; an answer to an earlier one says nothing any more.</summary>
    public PingMessage BeginPing()
    {
        var nonce = _options.Random();
        Interlocked.Exchange(ref _pingNonce, nonce);
        Interlocked.Exchange(ref _pingSent, _time.GetTimestamp());
        Interlocked.Exchange(ref _heldAtPing, Interlocked.Read(ref _held));
        _pongExpected = _answersPings;
        return new PingMessage(_answersPings ? nonce : null);
    }

    /// <summary>What the peer let pass; null while it is in time.</summary>
    public string? FindOverdue(bool handshakeCompleted)
    {
        if (!IsPast(_connected, _options.HandshakeTimeout)) return null;
        if (!handshakeCompleted) return "handshake timeout";
        if (_writer.Stalled > _options.SendTimeout) return "send timeout: the peer does not read";
        if (_ownerHolds) return null;
        var waiting = Interlocked.Read(ref _waitingSince);
        if (_reader.FrameStarted is not 0 and var began && IsPast(began, _options.FrameTimeout)) return "message timeout: a message was begun and not finished";
        var held = Interlocked.Read(ref _held) - Interlocked.Read(ref _heldAtPing);
        if (_pongExpected && IsPast(Interlocked.Read(ref _pingSent) + held, _options.PongTimeout)) return "ping timeout";
        return IsPast(Math.Max(_reader.LastReceive, waiting), _options.IdleTimeout) ? "idle timeout" : null;
    }

    private bool IsPast(long since, TimeSpan limit) => _time.GetElapsedTime(since) > limit;
}
