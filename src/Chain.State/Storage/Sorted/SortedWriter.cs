namespace Chain.State.Storage.Sorted;

/// <summary>Writes changes as one run, and then does its share of merging and clearing away.</summary>
internal sealed class SortedWriter
{
    /// <summary>The pages that are gone through for each page written: enough for each merge to end before the next is due.</summary>
    private const int TidiedPerPage = 16;

    /// <summary>Small writes do a little more than their share, so that merges end in processes that do not live long.</summary>
    private const int MinTidied = 256;

    /// <summary>With so many runs, merging goes on until there are fewer.</summary>
    private const int MaxRuns = 32;

    private readonly SortedTable _table;
    private readonly RunBuilder _builder;
    private int _leftToTidy;

    internal SortedWriter(SortedTable table, RunBuilder builder)
    {
        _table = table;
        _builder = builder;
    }

    /// <summary>Sets a value, or deletes the key where the value is empty; keys in their order, each once.</summary>
    public void Set(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => _builder.Add(key, value);

    /// <summary>No more changes: look-ups find them from now on.</summary>
    public void Complete()
    {
        _table.Publish(_builder.Finish());
        _leftToTidy = MinTidied + _builder.PagesWritten * TidiedPerPage;
    }

    /// <summary>After <see cref="Complete"/>: does a small part of its share; false where nothing is left of it.</summary>
    public bool Tidy()
    {
        if (_leftToTidy <= 0 && _table.RunCount < MaxRuns) return false;
        var done = _table.Tidy();
        _leftToTidy -= done;
        return done > 0;
    }
}
