namespace Chain.State.Storage.Sorted;

/// <summary>Reads the entries of one run in their order. Keys and values are valid until the next move.</summary>
internal sealed class RunReader
{
    private readonly SortedTable _table;
    private readonly SortedRun _run;
    private readonly bool _skipDamage;
    private byte[] _page = [];
    private int _pageLength, _next, _keyAt, _valueAt, _valueLength;
    private int _nextPage;

    /// <summary>
    /// Stands before the first entry whose key is not below <paramref name="from"/>. A damaged page throws
    /// <see cref="DatabaseException"/>, or is left out and counted.
    /// </summary>
    public RunReader(SortedTable table, SortedRun run, ReadOnlySpan<byte> from, bool skipDamage)
    {
        _table = table;
        _run = run;
        _skipDamage = skipDamage;
        _nextPage = from.IsEmpty ? 0 : Math.Max(0, run.FindPage(from));
        while (MoveNext() && !from.IsEmpty && Key.SequenceCompareTo(from) < 0)
        {
        }
    }

    /// <summary>Whether there is no entry left.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>The first bytes of the key as a number that sorts as they do.</summary>
    public ulong Head { get; private set; }

    /// <summary>How many pages were left out.</summary>
    public int DamagedPages { get; private set; }

    /// <summary>How many pages were read.</summary>
    public int PagesRead { get; private set; }

    /// <summary>The key of the entry.</summary>
    public ReadOnlySpan<byte> Key => _page.AsSpan(_keyAt, _table.KeySize);

    /// <summary>The value of the entry; empty where it deletes.</summary>
    public ReadOnlySpan<byte> Value => _page.AsSpan(_valueAt, _valueLength);

    /// <summary>Goes to the next entry; false at the end.</summary>
    public bool MoveNext()
    {
        while (true)
        {
            _keyAt = _next;
            if (SortedPage.TryTake(_page.AsSpan(0, _pageLength), _table.KeySize, ref _next, out var key, out var value))
            {
                _valueLength = value.Length;
                _valueAt = _next - value.Length;
                Head = SortedPage.Head(key);
                return true;
            }

            if (_nextPage == _run.Pages.Length)
            {
                IsAtEnd = true;
                return false;
            }

            LoadPage();
        }
    }

    private void LoadPage()
    {
        var index = _nextPage++;
        PagesRead++;
        _next = SortedPage.HeaderSize;
        if (_table.TryLoadPage(_run, index, ref _page, out _pageLength)) return;
        if (!_skipDamage) throw _table.Damaged();
        DamagedPages++;
        _pageLength = 0;
    }
}
