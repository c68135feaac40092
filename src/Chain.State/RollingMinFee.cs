namespace Chain.State;

/// <summary>
/// The fee rate below which a pool takes nothing after it was full (Core: CTxMemPool::GetMinFee): what left for lack of room
/// raises it, so that the same does not come again at once, and after the next block it falls by half in so many hours.
/// Rates are satoshis per 1,000 vbytes, times Unix seconds.
/// </summary>
internal sealed class RollingMinFee(long incrementalRate)
{
    private const double HalfLife = 12 * 3_600;
    private const int Step = 10;

    private double _rate;
    private long _lastFall;
    private bool _mayFall;

    /// <summary>What left for lack of room, with all that left with it, paid at this rate: the next must pay more.</summary>
    public void OnEvicted(PackageSum package)
    {
        var rate = (package.Fees * 1_000.0 / package.Size) + incrementalRate;
        if (rate <= _rate) return;
        _rate = rate;
        _mayFall = false;
    }

    /// <summary>A block came: from now on it falls.</summary>
    public void OnBlock(long now)
    {
        _lastFall = now;
        _mayFall = true;
    }

    /// <summary>The rate now; faster it falls the emptier the pool is.</summary>
    public long At(long now, long bytes, long maxBytes)
    {
        if (_mayFall && _rate != 0 && now > _lastFall + Step)
        {
            var halfLife = bytes < maxBytes / 4 ? HalfLife / 4 : bytes < maxBytes / 2 ? HalfLife / 2 : HalfLife;
            _rate /= Math.Pow(2, (now - _lastFall) / halfLife);
            _lastFall = now;
            if (_rate < incrementalRate / 2.0) _rate = 0;
        }

        if (_rate == 0) return 0;
        var rounded = (long)Math.Round(_rate);
        return _mayFall ? Math.Max(rounded, incrementalRate) : rounded;
    }
}
