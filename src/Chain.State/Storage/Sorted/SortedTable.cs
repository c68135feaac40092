using System.Buffers.Binary;

namespace Chain.State.Storage.Sorted;

/// <summary>
/// Values under keys of one length, in the order of the keys, made for many changes at random places: a log-structured merge
/// tree inside two tables of SQLite and its transactions. Changes are written together as one sorted run of pages; a look-up
/// asks the runs from the newest to the oldest; runs are merged little by little as new ones come, so that there are few of
/// them and what was deleted makes room. Pages that belong to no run are written over, never deleted.
/// </summary>
internal sealed class SortedTable
{
    private readonly SqliteDatabase _db;
    private readonly string _name;
    private readonly bool _hasFilters;
    private readonly SqliteStatement _readPage;
    private readonly List<SortedRun> _runs = [];
    private SqliteStatement? _writeRun, _deleteRun;
    private PagePlaces? _places;
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
        db.RolledBack += () => _isLoaded = false;
    }

    /// <summary>The length of every key in bytes, at least eight.</summary>
    public int KeySize { get; }

    /// <summary>Whether what says which runs there are is not what was written.</summary>
    public bool IsDamaged
    {
        get
        {
            EnsureLoaded();
            EnsurePlaces();
            return _isDamaged;
        }
    }

    /// <summary>How many runs there are.</summary>
    public int RunCount
    {
        get
        {
            EnsureLoaded();
            return _runs.Count;
        }
    }

    /// <summary>How many entries the runs have, deletions and what they hide included.</summary>
    public long EntryCount
    {
        get
        {
            EnsureLoaded();
            return _runs.Sum(run => run.Entries);
        }
    }

    /// <summary>The tables of SQLite behind a table of this name.</summary>
    public static string Schema(string name) => $"""
        CREATE TABLE IF NOT EXISTS {name}_runs(run INTEGER PRIMARY KEY, entries INTEGER NOT NULL, pages BLOB NOT NULL, first_keys BLOB NOT NULL, filter BLOB NOT NULL, checksum INTEGER NOT NULL);
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
            _readPage.Bind(1, run.Pages[page]);
            try
            {
                var body = _readPage.Step() ? _readPage.Blob(0) : default;
                if (!SortedPage.IsWhole(body, run.Number, page)) throw Damaged();
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
        EnsureLoaded();
        EnsurePlaces();
        EnsureWhole();
        _writeRun ??= _db.Prepare($"INSERT INTO {_name}_runs(run, entries, pages, first_keys, filter, checksum) VALUES(?, ?, ?, ?, ?, ?)");
        _deleteRun ??= _db.Prepare($"DELETE FROM {_name}_runs WHERE run = ?");
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
    public DamagedCoinsException Damaged() =>
        new($"The database {_db.Path} is damaged: a page of {_name}_pages is not what was written. Rebuild the coins with 'chain reindexutxo'.");

    internal KeyFilter? CreateFilter(long maxEntries) => _hasFilters ? new KeyFilter(maxEntries) : null;

    /// <summary>Writes a page where none is needed, and gives the place.</summary>
    internal int WritePage(ReadOnlySpan<byte> page) => _places!.Write(page);

    internal SortedRun WriteRun(long number, long entries, int[] pages, byte[] firstKeys, KeyFilter? filter)
    {
        var (pageBytes, filterBytes) = (EncodePages(pages), filter?.Encode() ?? []);
        _writeRun!.Bind(1, number).Bind(2, entries).Bind(3, pageBytes).Bind(4, firstKeys).Bind(5, filterBytes)
            .Bind(6, Checksum(number, entries, pageBytes, firstKeys, filterBytes)).Run();
        return new SortedRun(number, entries, pages, firstKeys, filter);
    }

    /// <summary>Adds a run that is newer than all others, and chooses which ones to merge, if any.</summary>
    internal void Publish(SortedRun? run)
    {
        if (run is not null) _runs.Add(run);
        if (_merge is null && MergePolicy.Choose(_runs) is > 0 and var count)
            _merge = new RunMerge(this, _runs[^count..], ++_lastNumber, isOldest: count == _runs.Count);
    }

    /// <summary>Merges a little, and gives the number of pages that were read and written; 0 where nothing is to be done.</summary>
    internal int Merge()
    {
        if (_merge is not { } merge) return 0;
        var pages = merge.Advance();
        if (!merge.IsComplete) return pages;

        foreach (var source in merge.Sources)
        {
            _runs.Remove(source);
            _deleteRun!.Bind(1, source.Number).Run();
            for (var i = source.Pages.Length - 1; i >= 0; i--) _places!.Free(source.Pages[i]);
        }

        if (merge.Result is { } result) _runs.Insert(_runs.FindIndex(r => r.Number > result.Number) is >= 0 and var place ? place : _runs.Count, result);
        _merge = null;
        return Math.Max(1, pages);
    }

    internal bool TryLoadPage(SortedRun run, int index, ref byte[] buffer, out int length)
    {
        _readPage.Bind(1, run.Pages[index]);
        length = 0;
        try
        {
            if (!_readPage.Step()) return false;
            var body = _readPage.Blob(0);
            if (!SortedPage.IsWhole(body, run.Number, index)) return false;
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

    private void EnsureWhole()
    {
        _db.ThrowIfLost();
        EnsureLoaded();
        if (_isDamaged) throw Damaged();
    }

    /// <summary>Takes the runs as the disk has them. A merge that was under way has to begin again.</summary>
    private void EnsureLoaded()
    {
        if (_isLoaded) return;
        _runs.Clear();
        _places?.Close();
        _places = null;
        _merge = null;
        _isDamaged = false;
        using var runs = _db.Prepare($"SELECT run, entries, pages, first_keys, filter, checksum FROM {_name}_runs ORDER BY run");
        while (runs.Step())
        {
            if (TryDecodeRun(runs) is { } run) _runs.Add(run);
            else _isDamaged = true;
        }

        _lastNumber = _runs.Count == 0 ? 0 : _runs[^1].Number;
        _isLoaded = true;
    }

    /// <summary>Finds out where can be written, which a look-up need not know.</summary>
    private void EnsurePlaces()
    {
        if (_places is not null) return;
        _places = new PagePlaces(_db, _name, _runs);
        if (!_places.IsPlausible) _isDamaged = true;
    }

    private SortedRun? TryDecodeRun(SqliteStatement row)
    {
        var (number, entries, pageBytes, firstKeys) = (row.Integer(0), row.Integer(1), row.Blob(2).ToArray(), row.Blob(3).ToArray());
        var filter = row.Blob(4);
        if (number is < 0 or >= int.MaxValue || pageBytes.Length == 0 || row.Integer(5) != Checksum(number, entries, pageBytes, firstKeys, filter)) return null;
        if (firstKeys.Length != pageBytes.Length / sizeof(int) * KeySize) return null;
        return new SortedRun(number, entries, DecodePages(pageBytes), firstKeys, _hasFilters ? KeyFilter.FromBytes(filter) : null);
    }

    private static byte[] EncodePages(int[] pages)
    {
        var bytes = new byte[pages.Length * sizeof(int)];
        for (var i = 0; i < pages.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * sizeof(int)), pages[i]);
        return bytes;
    }

    private static int[] DecodePages(byte[] bytes)
    {
        var pages = new int[bytes.Length / sizeof(int)];
        for (var i = 0; i < pages.Length; i++) pages[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(i * sizeof(int)));
        return pages;
    }

    private static long Checksum(long number, long entries, ReadOnlySpan<byte> pages, ReadOnlySpan<byte> firstKeys, ReadOnlySpan<byte> filter)
    {
        Span<byte> numbers = stackalloc byte[2 * sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(numbers, number);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[sizeof(long)..], entries);
        return SortedPage.Checksum(filter, SortedPage.Checksum(firstKeys, SortedPage.Checksum(pages, SortedPage.Checksum(numbers))));
    }
}
