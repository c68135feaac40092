namespace Chain.State.Storage.Sorted;

/// <summary>
/// Merges runs into one, some pages at a time, over any number of transactions. The sources stay until it is complete; what it
/// has written by then belongs to no run. A process that ends before has to begin again.
/// </summary>
internal sealed class RunMerge
{
    private const int EntriesAtOnce = 256;

    private readonly MergedReader _reader;
    private readonly RunBuilder _builder;
    private readonly bool _isOldest;
    private int _pagesRead;

    /// <summary>Begins it; with the oldest run among the sources, deletions have nothing left to hide.</summary>
    public RunMerge(SortedTable table, IReadOnlyList<SortedRun> sources, long number, bool isOldest)
    {
        Sources = sources;
        _isOldest = isOldest;
        _reader = new MergedReader(table, sources.Reverse());
        _builder = new RunBuilder(table, number, sources.Sum(source => source.Entries));
    }

    /// <summary>What is merged.</summary>
    public IReadOnlyList<SortedRun> Sources { get; }

    /// <summary>Whether all is written.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The run that takes the place of the sources, once complete; null where nothing was left of them.</summary>
    public SortedRun? Result { get; private set; }

    /// <summary>Goes on for a little, and gives the number of pages that were read and written.</summary>
    public int Advance()
    {
        var before = _pagesRead + _builder.PagesWritten;
        for (var i = 0; i < EntriesAtOnce; i++)
        {
            if (!_reader.MoveNext())
            {
                Result = _builder.Finish();
                IsComplete = true;
                break;
            }

            if (!_isOldest || !_reader.Value.IsEmpty) _builder.Add(_reader.Key, _reader.Value);
        }

        _pagesRead = _reader.PagesRead;
        return _pagesRead + _builder.PagesWritten - before;
    }
}
