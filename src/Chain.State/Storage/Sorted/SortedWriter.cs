namespace Chain.State.Storage.Sorted;

/// <summary>Writes changes as one run, and then does its share of merging.</summary>
internal sealed class SortedWriter
{
    /// <summary>The pages that are read or written in merges for each page written: enough for each merge to end before the next is due.</summary>
    private const int MergedPerPage = 16;

    /// <summary>Small writes do a little more than their share, so that merges end in processes that do not live long.</summary>
    private const int MinMerged = 256;

    /// <summary>With so many runs, the share is a larger one.</summary>
    private const int ManyRuns = 32;
    private const int MoreForManyRuns = 8;

    private readonly SortedTable _table;
    private readonly RunBuilder _builder;
    private int _leftToMerge;

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
        _leftToMerge = (MinMerged + _builder.PagesWritten * MergedPerPage) * (_table.RunCount < ManyRuns ? 1 : MoreForManyRuns);
    }

    /// <summary>After <see cref="Complete"/>: does a small part of its share; false where nothing is left of it.</summary>
    public bool Merge()
    {
        if (_leftToMerge <= 0) return false;
        var done = _table.Merge();
        _leftToMerge -= done;
        return done > 0;
    }
}
