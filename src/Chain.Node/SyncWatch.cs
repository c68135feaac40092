namespace Chain.Node;

/// <summary>
/// Watches a node fetch a chain, and tells how far it is: often enough for a bar, and once more when it is over. A few
/// blocks are news, of which nothing is told. Asked again and again by the loop; it looks only now and then.
/// </summary>
public sealed class SyncWatch(TimeProvider clock, Action<SyncProgress> tell)
{
    /// <summary>So many blocks behind it is a chain that is fetched.</summary>
    public const int FewestBlocks = 10;

    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Between two answers of a peer nothing is on its way: only after this time it is over.</summary>
    public static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(3);

    /// <summary>Over how long the rate is taken.</summary>
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(10);

    private readonly Queue<(long Time, int Height)> _past = new();
    private long _lastLook, _lastSeen;
    private int _target;
    private bool _isOn;

    /// <summary>Looks, where it is time to.</summary>
    public void Look(Func<SyncState> find)
    {
        var now = clock.GetTimestamp();
        if (_lastLook != 0 && clock.GetElapsedTime(_lastLook, now) < Pause) return;
        _lastLook = now;
        var state = find();
        if (state.IsCatchingUp) _lastSeen = now;
        if (!_isOn && !(state.IsCatchingUp && state.Target - state.Height >= FewestBlocks)) return;
        if (_isOn && (state.Height >= state.Target || clock.GetElapsedTime(_lastSeen, now) > LongestGap))
        {
            _isOn = false;
            _past.Clear();
            tell(new SyncProgress(state.Height, state.Headers, _target, 0, null) { IsOver = true });
            return;
        }

        // Kept for the end: a peer that is gone names no height any more.
        (_isOn, _target) = (true, state.Target);
        tell(Measure(state, now));
    }

    private SyncProgress Measure(SyncState state, long now)
    {
        _past.Enqueue((now, state.Height));
        while (_past.Count > 2 && clock.GetElapsedTime(_past.Peek().Time, now) > Span) _past.Dequeue();
        var (time, height) = _past.Peek();
        var seconds = clock.GetElapsedTime(time, now).TotalSeconds;
        var rate = seconds > 0 ? Math.Max(0, state.Height - height) / seconds : 0;
        var left = rate > 0 ? (state.Target - state.Height) / rate : double.MaxValue;
        return new SyncProgress(state.Height, state.Headers, state.Target, rate, left < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(left) : null);
    }
}
