namespace Chain.State.Storage.Sorted;

/// <summary>
/// Which runs are merged: the most, counted from the newest, of which the oldest is no larger than all newer ones together.
/// Each entry is then written again about as often as the table can double from the size of a run, the runs grow in number
/// with the logarithm of the table's size, and what is hidden or deleted takes at most as much room as what is not.
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
        var (best, newer) = (0, 0L);
        for (var count = 1; count <= runs.Count; count++)
        {
            var size = Math.Max(MinEntries, runs[^count].Entries);
            if (count >= MinRuns && size <= newer) best = count;
            newer += size;
        }

        return best;
    }
}
