namespace Chain.State.Storage.Sorted;

/// <summary>Writes one run: entries in the order of their keys into pages, and the run's row at the end.</summary>
internal sealed class RunBuilder
{
    private readonly SortedTable _table;
    private readonly KeyFilter? _filter;
    private readonly List<byte> _firstKeys = [];
    private readonly List<int> _pages = [];
    private byte[] _page = new byte[SortedPage.MaxSize];
    private int _length = SortedPage.HeaderSize;
    private long _entries;

    /// <summary>Begins a run of at most so many entries.</summary>
    public RunBuilder(SortedTable table, long number, long maxEntries)
    {
        _table = table;
        _filter = table.CreateFilter(maxEntries);
        Number = number;
    }

    /// <summary>The number of the run.</summary>
    public long Number { get; }

    /// <summary>How many pages are written.</summary>
    public int PagesWritten => _pages.Count;

    /// <summary>Adds the entry that comes next.</summary>
    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var size = SortedPage.MaxEntrySize(key.Length, value.Length);
        if (_length + size > _page.Length)
        {
            if (_length > SortedPage.HeaderSize) WritePage();
            if (_length + size > _page.Length) _page = new byte[_length + size];
        }

        if (_length == SortedPage.HeaderSize) _firstKeys.AddRange(key);
        _length += SortedPage.WriteEntry(_page.AsSpan(_length), key, value);
        _filter?.Add(KeyFilter.HashOf(key));
        _entries++;
    }

    /// <summary>Writes what is left; null where there was no entry at all.</summary>
    public SortedRun? Finish()
    {
        if (_length > SortedPage.HeaderSize) WritePage();
        return _entries == 0 ? null : _table.WriteRun(Number, _entries, [.. _pages], [.. _firstKeys], _filter);
    }

    private void WritePage()
    {
        var page = _page.AsSpan(0, _length);
        SortedPage.Seal(page, Number, _pages.Count);
        _pages.Add(_table.WritePage(page));
        _length = SortedPage.HeaderSize;
        if (_page.Length > SortedPage.MaxSize) _page = new byte[SortedPage.MaxSize];
    }
}
