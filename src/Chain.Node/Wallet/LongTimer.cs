namespace Chain.Node.Wallet;

/// <summary>Calls back once after a time that may be longer than a timer can be set to, some 49 days.</summary>
internal sealed class LongTimer : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly Action _callback;
    private readonly ITimer _timer;
    private TimeSpan _left;

    private LongTimer(TimeProvider clock, TimeSpan time, Action callback)
    {
        _callback = callback;
        _left = time;
        _timer = clock.CreateTimer(_ => OnTick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        OnTick();
    }

    internal static LongTimer Start(TimeProvider clock, TimeSpan time, Action callback) => new(clock, time, callback);

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void OnTick()
    {
        using (_lock.EnterScope())
        {
            if (_left > TimeSpan.Zero)
            {
                var next = _left < Step ? _left : Step;
                _left -= next;
                _timer.Change(next, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        _callback();
    }
}
