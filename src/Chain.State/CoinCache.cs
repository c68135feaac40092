using Chain.Core.Coins;
using Chain.Core.Primitives;
using Chain.State.Storage;

namespace Chain.State;

/// <summary>
/// The coins as of the tip: a write-back cache in front of the coin table. Blocks change only the cache; a flush writes
/// what differs from the disk in one transaction. A coin created and spent between two flushes never reaches the disk.
/// A flush may go in slices while the cache changes on: the disk then gets the coins as they were when it began.
/// </summary>
public sealed class CoinCache : ICoinView
{
    private readonly CoinTable _table;
    private readonly int _maxClean;
    private readonly Dictionary<OutPoint, Entry> _entries = [];
    private CoinTable.Writer? _flush;

    /// <summary>
    /// Creates an empty cache. Coins that were only read are kept up to <paramref name="maxClean"/>: who asks for all there
    /// are must not fill the memory.
    /// </summary>
    public CoinCache(CoinTable table, int maxClean)
    {
        _table = table;
        _maxClean = maxClean;
    }

    /// <summary>The number of entries that differ from the disk.</summary>
    public int DirtyCount { get; private set; }

    /// <summary>The number of entries.</summary>
    public int Count => _entries.Count;

    /// <summary>Whether a flush has begun and is not at its end.</summary>
    public bool IsFlushing => _flush is not null;

    /// <inheritdoc/>
    public Coin? Find(OutPoint outPoint)
    {
        if (_entries.TryGetValue(outPoint, out var entry)) return entry.Coin;
        var coin = _table.Find(outPoint);
        if (coin is not null && Count - DirtyCount < _maxClean) _entries.Add(outPoint, new Entry(coin, coin));
        return coin;
    }

    /// <summary>Whether a coin is there and in memory.</summary>
    public bool IsAtHand(OutPoint outPoint) => _entries.TryGetValue(outPoint, out var entry) && entry.Coin is not null;

    /// <summary>All coins locked by exactly this script, unflushed ones included; of those on disk at most <paramref name="most"/>.</summary>
    public IReadOnlyList<(OutPoint OutPoint, Coin Coin)> FindByScript(ReadOnlyMemory<byte> script, int most = int.MaxValue)
    {
        if (IsFlushing) throw new InvalidOperationException("The index is not whole in the middle of a flush.");
        var result = new List<(OutPoint, Coin)>();
        foreach (var (outPoint, coin) in _table.FindByScript(script, most))
        {
            if (!_entries.TryGetValue(outPoint, out var entry) || !entry.IsDirty) result.Add((outPoint, coin));
        }

        if (DirtyCount == 0) return result;
        foreach (var (outPoint, entry) in _entries)
        {
            if (entry.IsDirty && entry.Coin is { } coin && coin.Output.ScriptPubKey.Span.SequenceEqual(script.Span)) result.Add((outPoint, coin));
        }

        return result;
    }

    /// <summary>Applies what a block changed, or took back.</summary>
    public void Apply(CoinDiff diff)
    {
        foreach (var (outPoint, coin) in diff.Spent)
        {
            var stored = _entries.TryGetValue(outPoint, out var entry) ? entry.Stored : coin;
            Set(outPoint, new Entry(null, stored));
        }

        foreach (var (outPoint, coin) in diff.Created)
        {
            var stored = _entries.TryGetValue(outPoint, out var entry) ? entry.Stored : null;
            Set(outPoint, new Entry(stored is not null && stored.ContentEquals(coin) ? stored : coin, stored));
        }
    }

    /// <summary>
    /// Begins to write all differences to the table, inside the caller's transaction, in which the flush must also end. The
    /// entries count as equal to the disk from now on.
    /// </summary>
    public void BeginFlush()
    {
        var changes = new CoinChange[DirtyCount];
        var count = 0;
        foreach (var (outPoint, entry) in _entries)
        {
            if (!entry.IsDirty) continue;
            changes[count++] = new CoinChange(outPoint, entry.Stored, entry.Coin);
            // Changing an entry under the enumerator is allowed by Dictionary. A spent coin stays known as spent until it is gone from the disk.
            _entries[outPoint] = new Entry(entry.Coin, entry.Coin);
        }

        DirtyCount = 0;
        _flush = _table.BeginWrite(changes);
    }

    /// <summary>Writes some rows; false where none are left.</summary>
    public bool FlushSome() => _flush?.WriteSome() == true;

    /// <summary>
    /// All rows are written. Above <paramref name="keep"/> entries the cache forgets those that the disk holds as well.
    /// </summary>
    public void EndFlush(int keep)
    {
        _flush = null;
        if (_entries.Count > keep && DirtyCount == 0)
        {
            _entries.Clear();
            return;
        }

        var forget = _entries.Count > keep;
        foreach (var (outPoint, entry) in _entries)
        {
            if (!entry.IsDirty && (forget || entry.Coin is null)) _entries.Remove(outPoint);
        }
    }

    /// <summary>The disk holds all coins: nothing of what is here is needed.</summary>
    public void Clear()
    {
        _entries.Clear();
        _flush = null;
        DirtyCount = 0;
    }

    /// <summary>The transaction failed: the disk holds what it held before.</summary>
    public void AbortFlush()
    {
        if (_flush is not { } flush) return;
        _flush = null;
        foreach (var (outPoint, stored, _) in flush.Changes)
        {
            var coin = _entries[outPoint].Coin;
            Set(outPoint, new Entry(coin is not null && stored?.ContentEquals(coin) == true ? stored : coin, stored));
        }

        foreach (var (outPoint, entry) in _entries)
        {
            if (entry is { Coin: null, Stored: null }) _entries.Remove(outPoint);
        }
    }

    private void Set(OutPoint outPoint, Entry entry)
    {
        if (_entries.TryGetValue(outPoint, out var old) && old.IsDirty) DirtyCount--;
        if (entry.IsDirty) DirtyCount++;
        if (entry is { Coin: null, Stored: null } && !IsFlushing) _entries.Remove(outPoint);
        else _entries[outPoint] = entry;
    }

    /// <summary>What the coin is now, and what the disk holds; the same object where they do not differ.</summary>
    private readonly record struct Entry(Coin? Coin, Coin? Stored)
    {
        public bool IsDirty => !ReferenceEquals(Coin, Stored);
    }
}
