namespace Chain.State.Storage.Sorted;

/// <summary>
/// Which runs are merged: as many, counted from the newest, as are each no larger than all newer ones together. Each entry is
/// then written again about as often as the table can double from the size of a run, the runs grow in number with the
/// logarithm of the table's size, and what is hidden or deleted takes at most as much room as what is not.
/// </summary>
internal static class MergePolicy
{
    /// <summary>Fewer are not worth it.</summary>
    private const int MinRuns = 6;

    /// <summary>Runs of fewer entries count as runs of this many.</summary>
    private const long MinEntries = 2_000;

    /// <summary>How many of the newest runs to merge; 0 for none. Runs from the oldest to the newest.</summary>
    public static int Choose(IReadOnlyList<SortedRun> runs)
    {
        if (runs.Count == 0) return 0;
        var newer = Size(runs, 1);
        var count = 1;
        for (; count < runs.Count && Size(runs, count + 1) <= newer; count++) newer += Size(runs, count + 1);
        return count >= MinRuns ? count : 0;
    }

    private static long Size(IReadOnlyList<SortedRun> runs, int fromTheEnd) => Math.Max(MinEntries, runs[^fromTheEnd].Entries);
}
