using Chain.Core.Primitives;

namespace Chain.Core.Consensus;

/// <summary>A header in the tree of all known ones, as far as the rules must see it: its height and its ancestors.</summary>
public interface IHeaderNode
{
    /// <summary>The number of blocks below it; 0 for genesis.</summary>
    int Height { get; }

    /// <summary>The header itself.</summary>
    BlockHeader Header { get; }

    /// <summary>The header that it builds on; null for genesis.</summary>
    IHeaderNode? Parent { get; }

    /// <summary>The ancestor at a height from 0 to its own.</summary>
    IHeaderNode GetAncestor(int height);
}
