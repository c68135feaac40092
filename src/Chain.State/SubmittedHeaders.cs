using System.Numerics;
using Chain.Core.Consensus;
using Chain.Core.Primitives;

namespace Chain.State;

/// <summary>A header whose block is not here, in its place above those that are.</summary>
public sealed class HeaderOnly : IHeaderNode
{
    internal HeaderOnly(BlockHeader header, IHeaderNode parent)
    {
        Header = header;
        Parent = parent;
        Height = parent.Height + 1;
        BlockBelow = parent as BlockNode ?? ((HeaderOnly)parent).BlockBelow;
        TotalWork = Target.FromCompact(header.Bits).Work + ((parent as HeaderOnly)?.TotalWork ?? BlockBelow.TotalWork);
    }

    /// <inheritdoc/>
    public BlockHeader Header { get; }

    /// <inheritdoc/>
    public int Height { get; }

    /// <summary>What it builds on: a header alone or a block.</summary>
    public IHeaderNode Parent { get; }

    /// <summary>The highest block that is here and that it builds on, be it through other headers.</summary>
    public BlockNode BlockBelow { get; }

    /// <summary>The work of the chain that ends here.</summary>
    public BigInteger TotalWork { get; }

    /// <inheritdoc/>
    IHeaderNode? IHeaderNode.Parent => Parent;

    /// <inheritdoc/>
    public IHeaderNode GetAncestor(int height) => height == Height ? this : Parent.GetAncestor(height);
}

/// <summary>
/// Valid headers that came without their blocks (submitheader), in memory and bounded: what is submitted on top of them can
/// be judged, and tips that wait for their blocks can be told. Not for two threads.
/// </summary>
public sealed class SubmittedHeaders
{
    /// <summary>The most that are kept; the oldest leave first.</summary>
    public const int MaxHeaders = 2_000;

    private readonly Chainstate _chainstate;
    private readonly Dictionary<BlockHash, HeaderOnly> _headers = [];
    private readonly Queue<BlockHash> _order = [];

    /// <summary>Keeps headers on top of a chain's blocks.</summary>
    public SubmittedHeaders(Chainstate chainstate) => _chainstate = chainstate;

    /// <summary>The headers on which no other builds and whose blocks are not here.</summary>
    public IReadOnlyList<HeaderOnly> Tips
    {
        get
        {
            var missing = _headers.Values.Where(header => _chainstate.Tree.Find(header.Header.Hash) is null).ToList();
            var parents = missing.Select(header => header.Header.PreviousBlockHash).ToHashSet();
            return [.. missing.Where(header => !parents.Contains(header.Header.Hash))];
        }
    }

    /// <summary>The greatest height of a header; -1 where none is kept.</summary>
    public int BestHeight => _headers.Values.Select(header => header.Height).DefaultIfEmpty(-1).Max();

    /// <summary>A header whose block is not here; null where none of that hash is kept.</summary>
    public HeaderOnly? Find(BlockHash hash) => _chainstate.Tree.Find(hash) is null ? _headers.GetValueOrDefault(hash) : null;

    /// <summary>Takes a header; what is wrong with it, or null. <see cref="RuleError.ParentMissing"/> where it builds on nothing that is known.</summary>
    public RuleViolation? Submit(BlockHeader header)
    {
        var block = _chainstate.Tree.Find(header.PreviousBlockHash);
        IHeaderNode? parent = block is not null ? block : _headers.GetValueOrDefault(header.PreviousBlockHash);
        if (parent is null) return RuleError.ParentMissing;
        if (_chainstate.Tree.Find(header.Hash) is { } known) return known.IsFailed ? RuleError.KnownInvalid : null;
        if (_headers.ContainsKey(header.Hash)) return null;
        if (HeaderRules.Check(header, _chainstate.Params) is { } violation) return violation;
        if (block is { IsFailed: true }) return RuleError.ParentInvalid;
        if (HeaderRules.Accept(header, parent, _chainstate.Now, _chainstate.Params) is { } refusal) return refusal;
        if (_headers.Count >= MaxHeaders) _headers.Remove(_order.Dequeue());
        _headers.Add(header.Hash, new HeaderOnly(header, parent));
        _order.Enqueue(header.Hash);
        return null;
    }
}
