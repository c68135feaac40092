namespace Chain.State.Storage.Sorted;

/// <summary>
/// Reads several runs as one: the keys in their order, and where several runs have a key the newest one's value. Deletions are
/// entries with an empty value.
/// </summary>
internal sealed class MergedReader
{
    private readonly RunReader[] _readers;
    private RunReader? _current;

    /// <summary>Stands before the first key that is not below <paramref name="from"/>; runs from the newest to the oldest.</summary>
    public MergedReader(SortedTable table, IEnumerable<SortedRun> newestFirst, ReadOnlySpan<byte> from = default, bool skipDamage = false)
    {
        var readers = new List<RunReader>();
        foreach (var run in newestFirst) readers.Add(new RunReader(table, run, from, skipDamage));
        _readers = [.. readers];
    }

    /// <summary>The key.</summary>
    public ReadOnlySpan<byte> Key => _current!.Key;

    /// <summary>The value; empty for a deletion.</summary>
    public ReadOnlySpan<byte> Value => _current!.Value;

    /// <summary>How many damaged pages were left out.</summary>
    public int DamagedPages => _readers.Sum(reader => reader.DamagedPages);

    /// <summary>How many pages were read.</summary>
    public int PagesRead => _readers.Sum(reader => reader.PagesRead);

    /// <summary>Goes to the next key; false at the end.</summary>
    public bool MoveNext()
    {
        if (_current is { } last) Pass(last);
        _current = null;
        foreach (var reader in _readers)
        {
            if (!reader.IsAtEnd && (_current is null || IsBefore(reader, _current))) _current = reader;
        }

        return _current is not null;
    }

    /// <summary>Moves all readers beyond the key that was the current one; that one itself last, since it holds the key.</summary>
    private void Pass(RunReader last)
    {
        foreach (var reader in _readers)
        {
            if (reader != last && !reader.IsAtEnd && reader.Head == last.Head && reader.Key.SequenceEqual(last.Key)) reader.MoveNext();
        }

        last.MoveNext();
    }

    private static bool IsBefore(RunReader reader, RunReader other) =>
        reader.Head != other.Head ? reader.Head < other.Head : reader.Key.SequenceCompareTo(other.Key) < 0;
}
