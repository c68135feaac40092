namespace Chain.Node;

/// <summary>Where a node stands in the chain that its peers have.</summary>
/// <param name="IsCatchingUp">Whether many blocks are on their way.</param>
/// <param name="Height">The height of the tip.</param>
/// <param name="Headers">The height up to which headers are known; that of the tip at least.</param>
/// <param name="Target">The greatest height that a peer which sends blocks says it has.</param>
public readonly record struct SyncState(bool IsCatchingUp, int Height, int Headers, int Target);

/// <summary>How far a node is that fetches a chain.</summary>
/// <param name="Height">The height of the tip.</param>
/// <param name="Headers">The height up to which headers are known.</param>
/// <param name="Target">The height that it goes to.</param>
/// <param name="Rate">Blocks in a second, over the last seconds.</param>
/// <param name="Left">How long it will take at this rate; null while that is not known.</param>
public sealed record SyncProgress(int Height, int Headers, int Target, double Rate, TimeSpan? Left)
{
    /// <summary>Whether nothing more comes: the height is reached, or nobody sends what is left.</summary>
    public bool IsOver { get; init; }

    /// <summary>The part that is done, from 0 to 1.</summary>
    public double Part => Math.Clamp((double)Height / Target, 0, 1);
}
