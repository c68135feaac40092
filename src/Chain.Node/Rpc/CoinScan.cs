namespace Chain.Node.Rpc;

/// <summary>
/// The scan of all coins that is under way, if any: how far it is, and whether somebody wants it to stop. Asked from any
/// thread, while the scan itself runs where the coins may be touched.
/// </summary>
public sealed class CoinScan
{
    private const int NotRunning = -1;

    private int _percent = NotRunning;
    private volatile bool _isAborted;

    /// <summary>How far the scan is, from 0 to 100; null where none runs.</summary>
    public int? Percent => Volatile.Read(ref _percent) is >= 0 and var percent ? percent : null;

    /// <summary>Whether the scan shall stop.</summary>
    public bool IsAborted => _isAborted;

    /// <summary>Begins; false where another one runs.</summary>
    public bool TryBegin()
    {
        if (Interlocked.CompareExchange(ref _percent, 0, NotRunning) != NotRunning) return false;
        _isAborted = false;
        return true;
    }

    /// <summary>Says how far it is.</summary>
    public void Report(int percent) => Volatile.Write(ref _percent, percent);

    /// <summary>Asks the scan to stop; false where none runs.</summary>
    public bool Abort()
    {
        if (Percent is null) return false;
        _isAborted = true;
        return true;
    }

    /// <summary>The scan is over.</summary>
    public void End() => Volatile.Write(ref _percent, NotRunning);
}
