namespace Chain.State.Storage.Sorted;

/// <summary>
/// Where pages of a table can be written: the places that belong to no run, from the first on, and then behind the last. What
/// is there is written over, since deleting makes SQLite move other pages.
/// </summary>
internal sealed class PagePlaces
{
    /// <summary>More of the smallest pages do not fit one page of the file.</summary>
    private const int MostInOneFilePage = 256;

    private readonly SqliteStatement _add, _replace;
    private readonly Stack<int> _free = new();
    private int _last;

    /// <summary>Looks at the table <paramref name="name"/>, whose runs are these.</summary>
    public PagePlaces(SqliteDatabase db, string name, IReadOnlyList<SortedRun> runs)
    {
        _add = db.Prepare($"INSERT INTO {name}_pages(page, body) VALUES(?, ?)");
        _replace = db.Prepare($"UPDATE {name}_pages SET body = ?2 WHERE page = ?1");
        using var query = db.Prepare($"SELECT (SELECT max(page) FROM {name}_pages), (SELECT page_count FROM pragma_page_count)");
        query.Step();
        var last = query.Integer(0);
        IsPlausible = last >= 0 && last <= Math.Min(int.MaxValue - 1, query.Integer(1) * MostInOneFilePage);
        if (!IsPlausible) return;
        _last = (int)last;
        var used = new HashSet<int>(runs.SelectMany(run => run.Pages));
        for (var page = _last; page > 0; page--)
        {
            if (!used.Contains(page)) _free.Push(page);
        }
    }

    /// <summary>Whether the file is large enough for a page at the last place that is told; it is damaged otherwise.</summary>
    public bool IsPlausible { get; }

    /// <summary>Writes a page where none is needed, and gives the place.</summary>
    public int Write(ReadOnlySpan<byte> page)
    {
        var isFree = _free.TryPop(out var place);
        if (isFree && _replace.Bind(1, place).Bind(2, page).Run() == 1) return place;
        if (!isFree) place = ++_last;
        _add.Bind(1, place).Bind(2, page).Run();
        return place;
    }

    /// <summary>The page at a place belongs to no run any more.</summary>
    public void Free(int place) => _free.Push(place);

    /// <summary>Gives up its statements.</summary>
    public void Close()
    {
        _add.Dispose();
        _replace.Dispose();
    }
}
