namespace Chain.Node;

/// <summary>
/// The clock of a node. Its time can be fixed on a test chain, as Core's <c>-mocktime</c> does, and what measures how long
/// something took stands still with it; timers go on with real time.
/// </summary>
public sealed class NodeClock : TimeProvider
{
    /// <summary>The latest time at which it can be fixed, in seconds: as in Core, whose clocks count nanoseconds in 63 bits.</summary>
    public const long LatestMockTime = long.MaxValue / 1_000_000_000;

    private readonly TimeProvider _real;
    private readonly long _sinceEpoch;
    private long _mockTime;

    /// <summary>Creates a clock that shows real time.</summary>
    public NodeClock(TimeProvider real)
    {
        _real = real;
        _sinceEpoch = (long)((real.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds * real.TimestampFrequency) - real.GetTimestamp();
    }

    /// <summary>The Unix time in seconds at which the clock stands still; 0 for real time.</summary>
    public long MockTime
    {
        get => Volatile.Read(ref _mockTime);
        set => Volatile.Write(ref _mockTime, value is >= 0 and <= LatestMockTime ? value : throw new ArgumentOutOfRangeException(nameof(value)));
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => _real.LocalTimeZone;

    /// <inheritdoc/>
    public override long TimestampFrequency => _real.TimestampFrequency;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => MockTime is var mock and not 0 ? DateTimeOffset.FromUnixTimeSeconds(mock) : _real.GetUtcNow();

    /// <summary>Counted from the Unix epoch, so that a fixed time compares with a real one.</summary>
    public override long GetTimestamp() => MockTime is var mock and not 0 ? mock * TimestampFrequency : _sinceEpoch + _real.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _real.CreateTimer(callback, state, dueTime, period);
}
