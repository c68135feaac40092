namespace Chain.Node.Wallet;

/// <summary>
/// What keeps an encrypted wallet unlocked: its owner's wish, and each piece of work that was given the passphrase, every one until
/// it ends or its own time is over. Where none is left the wallet is locked. Touched only where the wallet may be.
/// </summary>
internal sealed class WalletUnlocks(WalletStorage storage) : IDisposable
{
    private readonly Dictionary<long, LongTimer?> _open = [];
    private long _last;
    private long _owners;

    /// <summary>When the owner's unlocking ends, in Unix seconds; 0 where there is none.</summary>
    internal long OwnerUntil { get; private set; }

    /// <summary>The owner unlocked the wallet, in place of an earlier time.</summary>
    internal void BeginForOwner(WalletSet set, TimeSpan time, long until)
    {
        Close(_owners);
        (_owners, OwnerUntil) = (++_last, until);
        Open(_owners, set, time);
    }

    /// <summary>A piece of work unlocked the wallet; gives the number to end that by.</summary>
    internal long Begin(WalletSet set, TimeSpan time)
    {
        var number = ++_last;
        Open(number, set, time);
        return number;
    }

    /// <summary>Ends one; nothing where its time was over before.</summary>
    internal bool End(long number)
    {
        if (!Close(number)) return false;
        if (number == _owners) OwnerUntil = 0;
        if (_open.Count == 0) storage.Lock();
        return true;
    }

    /// <summary>Ends all at once, whatever they are needed for.</summary>
    internal void EndAll()
    {
        Dispose();
        OwnerUntil = 0;
        storage.Lock();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var timer in _open.Values) timer?.Dispose();
        _open.Clear();
    }

    private void Open(long number, WalletSet set, TimeSpan time)
    {
        // The time may be over at once.
        _open.Add(number, null);
        var timer = LongTimer.Start(set.Clock, time, () => _ = set.Owner.InvokeAsync(() => End(number)));
        if (_open.ContainsKey(number)) _open[number] = timer;
        else timer.Dispose();
    }

    private bool Close(long number)
    {
        if (!_open.Remove(number, out var timer)) return false;
        timer?.Dispose();
        return true;
    }
}
