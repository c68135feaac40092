using System.Buffers.Binary;

namespace Chain.State.Storage.Sorted;

/// <summary>
/// Values under keys of one length, in the order of the keys, made for many changes at random places: a log-structured merge
/// tree inside two tables of SQLite and its transactions. Changes are written together as one sorted run of pages; a look-up
/// asks the runs from the newest to the oldest; runs are merged little by little as new ones come, so that there are few of
/// them and what was deleted leaves the disk.
/// </summary>
internal sealed class SortedTable
{
    private const int SweptAtOnce = 256;

    private readonly SqliteDatabase _db;
    private readonly string _name;
    private readonly bool _hasFilters;
    private readonly SqliteStatement _readPage, _writePage, _writeRun, _deleteRun, _sweep;
    private readonly List<SortedRun> _runs = [];
    private readonly Queue<(long From, long To)> _garbage = new();
    private RunMerge? _merge;
    private bool _isLoaded, _isDamaged;
    private long _lastNumber;

    /// <summary>Opens the table; <paramref name="hasFilters"/> where single keys are looked up, many of which are not there.</summary>
    public SortedTable(SqliteDatabase db, string name, int keySize, bool hasFilters)
    {
        _db = db;
        _name = name;
        _hasFilters = hasFilters;
        KeySize = keySize;
        _readPage = db.Prepare($"SELECT body FROM {name}_pages WHERE page = ?");
        _writePage = db.Prepare($"INSERT INTO {name}_pages(page, body) VALUES(?, ?)");
        _writeRun = db.Prepare($"INSERT INTO {name}_runs(run, entries, first_keys, filter, checksum) VALUES(?, ?, ?, ?, ?)");
        _deleteRun = db.Prepare($"DELETE FROM {name}_runs WHERE run = ?");
        _sweep = db.Prepare($"DELETE FROM {name}_pages WHERE page IN (SELECT page FROM {name}_pages WHERE page >= ? AND page < ? LIMIT {SweptAtOnce}) RETURNING 1");
        db.RolledBack += () => _isLoaded = false;
        EnsureLoaded();
    }

    /// <summary>The length of every key in bytes, at least eight.</summary>
    public int KeySize { get; }

    /// <summary>How many runs there are.</summary>
    public int RunCount => _runs.Count;

    /// <summary>How many entries the runs have, deletions and what they hide included.</summary>
    public long EntryCount => _runs.Sum(run => run.Entries);

    /// <summary>The tables of SQLite behind a table of this name.</summary>
    public static string Schema(string name) => $"""
        CREATE TABLE IF NOT EXISTS {name}_runs(run INTEGER PRIMARY KEY, entries INTEGER NOT NULL, first_keys BLOB NOT NULL, filter BLOB NOT NULL, checksum INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS {name}_pages(page INTEGER PRIMARY KEY, body BLOB NOT NULL);
        """;

    /// <summary>The value of a key; null where there is none.</summary>
    public byte[]? Find(ReadOnlySpan<byte> key)
    {
        EnsureWhole();
        var hash = _hasFilters ? KeyFilter.HashOf(key) : 0;
        for (var i = _runs.Count - 1; i >= 0; i--)
        {
            var run = _runs[i];
            if (run.Filter is { } filter && !filter.MayContain(hash)) continue;
            var page = run.FindPage(key);
            if (page < 0) continue;
            _readPage.Bind(1, SortedRun.PageNumber(run.Number, page));
            try
            {
                var body = _readPage.Step() ? _readPage.Blob(0) : default;
                if (!SortedPage.IsWhole(body)) throw Damaged();
                if (SortedPage.TryFind(body, key, out var value)) return value.IsEmpty ? null : value.ToArray();
            }
            finally
            {
                _readPage.Reset();
            }
        }

        return null;
    }

    /// <summary>
    /// All entries from a key on, in their order, deletions as empty values. Damage throws <see cref="DatabaseException"/>, or is
    /// left out and counted by the reader.
    /// </summary>
    public MergedReader Read(ReadOnlySpan<byte> from = default, bool skipDamage = false)
    {
        if (skipDamage) EnsureLoaded();
        else EnsureWhole();
        return new MergedReader(this, Enumerable.Reverse(_runs), from, skipDamage);
    }

    /// <summary>Begins to write changes, at most so many, inside the caller's transaction, in which they must also end.</summary>
    public SortedWriter BeginWrite(int maxEntries)
    {
        EnsureWhole();
        return new SortedWriter(this, new RunBuilder(this, ++_lastNumber, maxEntries));
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _db.Execute($"DELETE FROM {_name}_runs");
        _db.Execute($"DELETE FROM {_name}_pages");
        _isLoaded = false;
    }

    /// <summary>The error of a table whose pages are not what was written.</summary>
    public DatabaseException Damaged() =>
        new($"The database {_db.Path} is damaged: a page of {_name}_pages is not what was written. Rebuild the coins with 'chain reindexutxo'.");

    internal KeyFilter? CreateFilter(long maxEntries) => _hasFilters ? new KeyFilter(maxEntries) : null;

    internal void WritePage(long number, ReadOnlySpan<byte> page) => _writePage.Bind(1, number).Bind(2, page).Run();

    internal SortedRun WriteRun(long number, long entries, byte[] firstKeys, KeyFilter? filter)
    {
        var filterBytes = filter?.Encode() ?? [];
        _writeRun.Bind(1, number).Bind(2, entries).Bind(3, firstKeys).Bind(4, filterBytes).Bind(5, Checksum(number, entries, firstKeys, filterBytes)).Run();
        return new SortedRun(number, entries, firstKeys, KeySize, filter);
    }

    /// <summary>Adds a run that is newer than all others, and chooses which ones to merge, if any.</summary>
    internal void Publish(SortedRun? run)
    {
        if (run is not null) _runs.Add(run);
        if (_merge is null && MergePolicy.Choose(_runs) is > 0 and var count)
            _merge = new RunMerge(this, _runs[^count..], ++_lastNumber, isOldest: count == _runs.Count);
    }

    /// <summary>Merges and clears away a little; gives the number of pages that were gone through, 0 where nothing is to be done.</summary>
    internal int Tidy()
    {
        if (_garbage.TryPeek(out var range)) return Sweep(range);
        if (_merge is not { } merge) return 0;
        var pages = merge.Advance();
        if (!merge.IsComplete) return pages;

        foreach (var source in merge.Sources)
        {
            _runs.Remove(source);
            _deleteRun.Bind(1, source.Number).Run();
            _garbage.Enqueue((SortedRun.PageNumber(source.Number, 0), SortedRun.PageNumber(source.Number + 1, 0)));
        }

        if (merge.Result is { } result) _runs.Insert(_runs.FindIndex(r => r.Number > result.Number) is >= 0 and var place ? place : _runs.Count, result);
        _merge = null;
        return Math.Max(1, pages);
    }

    internal bool TryLoadPage(long number, ref byte[] buffer, out int length)
    {
        _readPage.Bind(1, number);
        length = 0;
        try
        {
            if (!_readPage.Step()) return false;
            var body = _readPage.Blob(0);
            if (!SortedPage.IsWhole(body)) return false;
            if (buffer.Length < body.Length) buffer = new byte[Math.Max(body.Length, SortedPage.MaxSize)];
            body.CopyTo(buffer);
            length = body.Length;
            return true;
        }
        finally
        {
            _readPage.Reset();
        }
    }

    private int Sweep((long From, long To) range)
    {
        _sweep.Bind(1, range.From).Bind(2, range.To);
        var swept = 0;
        while (_sweep.Step()) swept++;
        _sweep.Reset();
        if (swept < SweptAtOnce) _garbage.Dequeue();
        return Math.Max(1, swept);
    }

    private void EnsureWhole()
    {
        EnsureLoaded();
        if (_isDamaged) throw Damaged();
    }

    /// <summary>
    /// Takes the runs as the disk has them. The pages between them are those of merges that were broken off, or of runs that
    /// were merged and not cleared away.
    /// </summary>
    private void EnsureLoaded()
    {
        if (_isLoaded) return;
        _runs.Clear();
        _garbage.Clear();
        _merge = null;
        _isDamaged = false;
        using var runs = _db.Prepare($"SELECT run, entries, first_keys, filter, checksum FROM {_name}_runs ORDER BY run");
        while (runs.Step())
        {
            if (TryDecodeRun(runs) is { } run) _runs.Add(run);
            else _isDamaged = true;
        }

        using var lastPage = _db.Prepare($"SELECT max(page) FROM {_name}_pages");
        lastPage.Step();
        _lastNumber = Math.Max(_lastNumber, Math.Max(SortedRun.RunOfPage(lastPage.Integer(0)), _runs.Count == 0 ? 0 : _runs[^1].Number));
        long end = 0;
        foreach (var run in _runs)
        {
            _garbage.Enqueue((end, SortedRun.PageNumber(run.Number, 0)));
            end = SortedRun.PageNumber(run.Number + 1, 0);
        }

        _garbage.Enqueue((end, SortedRun.PageNumber(_lastNumber + 1, 0)));
        _isLoaded = true;
    }

    private SortedRun? TryDecodeRun(SqliteStatement row)
    {
        var (number, entries, firstKeys) = (row.Integer(0), row.Integer(1), row.Blob(2).ToArray());
        var filter = row.Blob(3);
        if (number is < 0 or >= int.MaxValue || firstKeys.Length == 0 || firstKeys.Length % KeySize != 0) return null;
        if (row.Integer(4) != Checksum(number, entries, firstKeys, filter)) return null;
        var decoded = KeyFilter.FromBytes(filter);
        return _hasFilters && decoded is null ? null : new SortedRun(number, entries, firstKeys, KeySize, decoded);
    }

    private static long Checksum(long number, long entries, ReadOnlySpan<byte> firstKeys, ReadOnlySpan<byte> filter)
    {
        Span<byte> numbers = stackalloc byte[2 * sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(numbers, number);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[sizeof(long)..], entries);
        return SortedPage.Checksum(filter, SortedPage.Checksum(firstKeys, SortedPage.Checksum(numbers)));
    }
}
