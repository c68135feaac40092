using System.Numerics;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.State.Storage;

namespace Chain.State;

/// <summary>A block in the tree of all known ones (Core: CBlockIndex): header, height, total work, what is known of it.</summary>
public sealed class BlockNode : IHeaderNode
{
    internal BlockNode(BlockHeader header, BlockNode? parent, long sequence, BlockStatus status)
    {
        Header = header;
        Parent = parent;
        Sequence = sequence;
        Precedence = sequence;
        Status = status;
        Height = parent is null ? 0 : parent.Height + 1;
        TotalWork = (parent?.TotalWork ?? BigInteger.Zero) + Target.FromCompact(header.Bits).Work;
    }

    /// <inheritdoc/>
    public BlockHeader Header { get; }

    /// <summary>The header's hash.</summary>
    public BlockHash Hash => Header.Hash;

    /// <inheritdoc/>
    public int Height { get; }

    /// <summary>The block that it builds on; null for genesis.</summary>
    public BlockNode? Parent { get; }

    /// <summary>The expected number of hashes in this block and all below it: the best chain has the most.</summary>
    public BigInteger TotalWork { get; }

    /// <summary>Its place in the order of arrival.</summary>
    public long Sequence { get; }

    /// <summary>
    /// What decides between chains of equal work, the least first: the order of arrival, unless it was changed. Not stored: when a
    /// database is opened the block at which its coins stood comes first.
    /// </summary>
    public long Precedence { get; internal set; }

    /// <summary>How many transactions it and all below it hold; 0 where nobody has counted yet.</summary>
    internal long ChainTransactions { get; set; }

    /// <summary>What is known of it.</summary>
    public BlockStatus Status { get; internal set; }

    /// <summary>Whether its header is in the database: all are but the one that is just being connected.</summary>
    internal bool IsStored { get; set; }

    /// <summary>Whether it, or a block below it, breaks a rule.</summary>
    public bool IsFailed => (Status & BlockStatus.AnyFailure) != 0;

    /// <inheritdoc/>
    IHeaderNode? IHeaderNode.Parent => Parent;

    /// <summary>The ancestor at a height from 0 to its own.</summary>
    public BlockNode GetAncestor(int height)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, Height);
        var node = this;
        while (node.Height > height) node = node.Parent!;
        return node;
    }

    /// <inheritdoc/>
    IHeaderNode IHeaderNode.GetAncestor(int height) => GetAncestor(height);

    /// <summary>Height and hash.</summary>
    public override string ToString() => $"{Height} {Hash}";
}
