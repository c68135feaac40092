namespace Chain.State;

/// <summary>How much a chainstate keeps in memory, and how many threads check scripts.</summary>
public sealed record ChainstateOptions
{
    /// <summary>The number of coins that differ from the disk at which they are written.</summary>
    public int MaxDirtyCoins { get; init; } = 200_000;

    /// <summary>The number from which they are written little by little while many blocks are taken in together.</summary>
    public int MinDirtyCoins { get; init; } = 10_000;

    /// <summary>The most coins in memory that equal those on the disk.</summary>
    public int MaxCachedCoins { get; init; } = 400_000;

    /// <summary>The number of blocks at which coins are written however few they are: what a start after a kill repeats.</summary>
    public int MaxBlocksBetweenFlushes { get; init; } = 2_000;

    /// <summary>The threads that check the scripts of a block.</summary>
    public int ScriptThreads { get; init; } = Environment.ProcessorCount;
}
