using Chain.Core.Consensus;
using Chain.Core.Primitives;

namespace Chain.Tests.Kit;

/// <summary>A block's place at a height, with no ancestors to ask.</summary>
public sealed record LoneNode(BlockHeader Header, int Height) : IHeaderNode
{
    public IHeaderNode? Parent => null;

    public IHeaderNode GetAncestor(int height) => height == Height ? this : throw new ArgumentOutOfRangeException(nameof(height));
}
