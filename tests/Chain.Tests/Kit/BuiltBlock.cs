using Chain.Core.Consensus;
using Chain.Core.Primitives;

namespace Chain.Tests.Kit;

/// <summary>A block of a <see cref="ChainBuilder"/> with its name and its place.</summary>
public sealed class BuiltBlock : IHeaderNode
{
    public BuiltBlock(string name, Block block, BuiltBlock? parent)
    {
        Name = name;
        Block = block;
        Parent = parent;
        Height = parent is null ? 0 : parent.Height + 1;
    }

    public string Name { get; }

    public Block Block { get; }

    public BuiltBlock? Parent { get; }

    public int Height { get; }

    public BlockHeader Header => Block.Header;

    public BlockHash Hash => Block.Hash;

    /// <summary>What the block pays its miner.</summary>
    public OutPoint Reward => new(Block.Transactions[0].Id, 0);

    IHeaderNode? IHeaderNode.Parent => Parent;

    public IHeaderNode GetAncestor(int height)
    {
        var node = this;
        while (node.Height > height) node = node.Parent!;
        return node;
    }

    /// <summary>This block and all below it, genesis first.</summary>
    public IEnumerable<BuiltBlock> Path() => (Parent?.Path() ?? []).Append(this);

    public override string ToString() => $"{Name} at height {Height}";
}
