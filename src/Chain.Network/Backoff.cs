namespace Chain.Network;

/// <summary>
/// The waits between attempts: each twice as long as the last, up to a most. A random part of up to half is taken off, so
/// that thirty nodes that lost the same peer do not come back at the same moment.
/// </summary>
internal sealed class Backoff(TimeSpan first, TimeSpan most, Func<ulong> random)
{
    private int _doublings;

    /// <summary>The next wait.</summary>
    public TimeSpan Next()
    {
        var full = first * (1L << _doublings);
        if (full < most) _doublings++;
        else full = most;
        return full * (1 - random() % 1000 / 2000.0);
    }

    /// <summary>Begins again with the first wait.</summary>
    public void Reset() => _doublings = 0;
}
