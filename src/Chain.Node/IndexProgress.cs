namespace Chain.Node;

/// <summary>How many blocks the index of transactions lacks, and whether it will never have them, since one could not be read.</summary>
internal readonly record struct IndexProgress(int BlocksLeft, bool IsGivenUp)
{
    /// <summary>Whether it stands at the tip.</summary>
    public bool IsComplete => BlocksLeft == 0;

    /// <summary>What is to be said of one that does not.</summary>
    public override string ToString() => IsGivenUp
        ? "The index of transactions was given up, since a block could not be read: the node's log names it"
        : $"The index of transactions is being built, {BlocksLeft} {(BlocksLeft == 1 ? "block is" : "blocks are")} left";
}
