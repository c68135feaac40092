namespace Chain.State;

/// <summary>The headers without blocks that one sender answers for: those that it sent, and those that they go on with.</summary>
internal sealed class HeaderShare
{
    /// <summary>How many they are.</summary>
    public int Count { get; set; }

    /// <summary>Those of them on which no other builds, the weakest first.</summary>
    public SortedSet<HeaderOnly> Leaves { get; } = new(Comparer<HeaderOnly>.Create(HeaderOnly.CompareWork));

    /// <summary>The weakest that may go for a newcomer, which must not lose its own parent.</summary>
    public HeaderOnly? FindWeakest(HeaderOnly newcomer) => Leaves.FirstOrDefault(leaf => leaf != newcomer.Parent);
}

/// <summary>
/// Who answers for which headers. Where there is no room left, who has the most gives up some, so that nobody can fill the room
/// alone; what senders that are gone left behind goes first.
/// </summary>
internal sealed class HeaderShares
{
    private readonly Dictionary<long, HeaderShare> _present = [];
    private readonly HeaderShare _leftBehind = new();

    /// <summary>How many a sender has.</summary>
    public int CountOf(long sender) => _present.GetValueOrDefault(sender)?.Count ?? 0;

    /// <summary>The weakest of a sender's own; null where it has none that may go.</summary>
    public HeaderOnly? FindWeakest(long sender, HeaderOnly newcomer) => _present.GetValueOrDefault(sender)?.FindWeakest(newcomer);

    /// <summary>The weakest of those left behind, or of who has the most, and more than the sender of a newcomer; null where nobody has.</summary>
    public HeaderOnly? FindOfGreatest(long sender, HeaderOnly newcomer)
    {
        if (_leftBehind.FindWeakest(newcomer) is { } left) return left;
        var (most, found) = (CountOf(sender), (HeaderOnly?)null);
        foreach (var share in _present.Values.Where(share => share.Count > most))
        {
            if (share.FindWeakest(newcomer) is not { } weakest) continue;
            (most, found) = (share.Count, weakest);
        }

        return found;
    }

    /// <summary>
    /// Takes a leaf in. Who goes on with a branch answers for it down to where it forks: else a branch could be kept by putting
    /// one header of another sender on top.
    /// </summary>
    public void Add(HeaderOnly leaf, long sender)
    {
        if (!_present.TryGetValue(sender, out var share)) _present.Add(sender, share = new HeaderShare());
        (leaf.Parent as HeaderOnly)?.Share?.Leaves.Remove((HeaderOnly)leaf.Parent);
        for (var header = leaf; header is { Children: <= 1 } && header.Share != share; header = header.Parent as HeaderOnly) Move(header, share);
        share.Leaves.Add(leaf);
    }

    /// <summary>A header is a leaf again, since what built on it is gone.</summary>
    public static void BecomesLeaf(HeaderOnly header) => header.Share!.Leaves.Add(header);

    /// <summary>A header is kept no more.</summary>
    public static void Remove(HeaderOnly header)
    {
        header.Share!.Leaves.Remove(header);
        header.Share.Count--;
    }

    /// <summary>A sender is gone: what it sent is left behind.</summary>
    public void Leave(long sender, IEnumerable<HeaderOnly> all)
    {
        if (!_present.Remove(sender, out var share)) return;
        if (share.Count == 0) return;
        foreach (var header in all.Where(header => header.Share == share)) Move(header, _leftBehind);
        _leftBehind.Leaves.UnionWith(share.Leaves);
    }

    private static void Move(HeaderOnly header, HeaderShare share)
    {
        if (header.Share is { } old) old.Count--;
        header.Share = share;
        share.Count++;
    }
}
