using System.Numerics;
using Chain.Core.Consensus;
using Chain.Core.Primitives;

namespace Chain.State;

/// <summary>A header whose block is not here, in its place above those that are.</summary>
public sealed class HeaderOnly : IHeaderNode
{
    internal HeaderOnly(BlockHeader header, IHeaderNode parent, long order)
    {
        Order = order;
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
    public IHeaderNode Parent { get; internal set; }

    /// <summary>Its place in the order of arrival.</summary>
    internal long Order { get; }

    /// <summary>How many headers that are kept build on it.</summary>
    internal int Children { get; set; }

    /// <summary>Whose share it is in.</summary>
    internal HeaderShare? Share { get; set; }

    /// <summary>The highest block that is here and that it builds on, be it through other headers.</summary>
    public BlockNode BlockBelow { get; }

    /// <summary>The work of the chain that ends here.</summary>
    public BigInteger TotalWork { get; }

    /// <inheritdoc/>
    IHeaderNode? IHeaderNode.Parent => Parent;

    /// <summary>The weakest first, of equals the oldest.</summary>
    internal static int CompareWork(HeaderOnly? x, HeaderOnly? y)
    {
        var byWork = x!.TotalWork.CompareTo(y!.TotalWork);
        return byWork != 0 ? byWork : x.Order.CompareTo(y.Order);
    }

    /// <inheritdoc/>
    public IHeaderNode GetAncestor(int height)
    {
        IHeaderNode node = this;
        while (node is HeaderOnly header && header.Height > height) node = header.Parent;
        return node.Height == height ? node : node.GetAncestor(height);
    }
}

/// <summary>The first of several headers that was not taken, and why.</summary>
public sealed record RefusedHeader(BlockHeader Header, RuleViolation Violation);

/// <summary>
/// Valid headers that came without their blocks, in memory and bounded: what comes on top of them can be judged, and tips that
/// wait for their blocks can be told. Where the work is next to nothing, headers can be made without end: when there are too
/// many, branches are given up from their tips down, so that none hangs on one that is gone. First those of senders that are gone,
/// then the weakest of the sender that has the most: an honest chain begins as weak as any other, and must not be kept out by who
/// came before. Who has the most itself replaces only what is weaker, of its own; and of anybody's with a chain that has the work
/// of the tip, since such a chain is about to be fetched. Not for two threads.
/// </summary>
public sealed class SubmittedHeaders
{
    /// <summary>The most that are kept: some megabytes, and a branch as deep.</summary>
    public const int MaxHeaders = 20_000;

    /// <summary>The sender of headers that came by RPC; peers have numbers from 0 on.</summary>
    private const long Local = -1;

    private readonly Chainstate _chainstate;
    private readonly HeaderShares _shares = new();
    private readonly int _most;
    private readonly Dictionary<BlockHash, HeaderOnly> _headers = [];
    private readonly SortedSet<HeaderOnly> _leaves = new(Comparer<HeaderOnly>.Create(HeaderOnly.CompareWork));
    private long _order, _swept;

    /// <summary>Keeps headers on top of a chain's blocks, at most so many.</summary>
    public SubmittedHeaders(Chainstate chainstate, int most = MaxHeaders)
    {
        _chainstate = chainstate;
        _most = most;
    }

    /// <summary>How many are kept.</summary>
    public int Count => _headers.Count;

    /// <summary>The headers on which no other builds and whose blocks are not here.</summary>
    public IReadOnlyList<HeaderOnly> Tips => [.. _leaves.Where(header => _chainstate.Tree.Find(header.Header.Hash) is null)];

    /// <summary>The greatest height of a header; -1 where none is kept.</summary>
    public int BestHeight => _leaves.Select(header => header.Height).DefaultIfEmpty(-1).Max();

    /// <summary>A header whose block is not here; null where none of that hash is kept.</summary>
    public HeaderOnly? Find(BlockHash hash) => _chainstate.Tree.Find(hash) is null ? _headers.GetValueOrDefault(hash) : null;

    /// <summary>Takes a header; what is wrong with it, or null. <see cref="RuleError.ParentMissing"/> where it builds on nothing that is known, or on what has too little work to be kept.</summary>
    public RuleViolation? Submit(BlockHeader header) => Submit([header], Local)?.Violation;

    /// <summary>
    /// Takes headers that follow each other, of one sender, up to the first that is refused, which it gives. Each is weighed by the
    /// work of the last of them.
    /// </summary>
    public RefusedHeader? Submit(IReadOnlyList<BlockHeader> headers, long sender)
    {
        BigInteger? above = null;
        foreach (var (i, header) in headers.Index())
        {
            if (above is not null) above -= Target.FromCompact(header.Bits).Work;
            if (Check(header, out var parent) is { } violation) return new RefusedHeader(header, violation);
            if (parent is null) continue;
            var made = new HeaderOnly(header, parent, ++_order);
            if (_headers.Count >= _most)
            {
                above ??= headers.Skip(i + 1).Aggregate(BigInteger.Zero, (sum, next) => sum + Target.FromCompact(next.Bits).Work);
                if (!TryMakeRoom(made, made.TotalWork + above.Value, sender))
                    return new RefusedHeader(header, new RuleViolation(RuleError.ParentMissing, "its chain has too little work to be kept without its blocks"));
            }

            Add(made, sender);
        }

        return null;
    }

    /// <summary>A sender is gone: its headers stay where there is room for all, and are the first to go where there is not.</summary>
    public void Leave(long sender) => _shares.Leave(sender, _headers.Values);

    /// <summary>What is wrong with a header; else what it builds on, null for one that is known.</summary>
    private RuleViolation? Check(BlockHeader header, out IHeaderNode? parent)
    {
        var block = _chainstate.Tree.Find(header.PreviousBlockHash);
        var found = block is not null ? block : (IHeaderNode?)_headers.GetValueOrDefault(header.PreviousBlockHash);
        parent = null;
        if (found is null) return RuleError.ParentMissing;
        if (_chainstate.Tree.Find(header.Hash) is { } known) return known.IsFailed ? RuleError.KnownInvalid : null;
        if (_headers.ContainsKey(header.Hash)) return null;
        if (HeaderRules.Check(header, _chainstate.Params) is { } violation) return violation;
        if (block is { IsFailed: true }) return RuleError.ParentInvalid;
        if (HeaderRules.Accept(header, found, _chainstate.Now, _chainstate.Params) is { } refusal) return refusal;
        parent = found;
        return null;
    }

    private void Add(HeaderOnly made, long sender)
    {
        _headers.Add(made.Header.Hash, made);
        _leaves.Add(made);
        if (made.Parent is HeaderOnly parent)
        {
            parent.Children++;
            _leaves.Remove(parent);
        }

        _shares.Add(made, sender);
    }

    /// <summary>What has its block needs no place here; then one leaf goes, unless nobody has to give way to the newcomer.</summary>
    private bool TryMakeRoom(HeaderOnly newcomer, BigInteger work, long sender)
    {
        Sweep();
        if (_headers.Count < _most) return true;
        var leaf = _shares.FindOfGreatest(sender, newcomer) ?? FindWeaker(newcomer, work, sender);
        if (leaf is null) return false;
        RemoveLeaf(leaf);
        return true;
    }

    private HeaderOnly? FindWeaker(HeaderOnly newcomer, BigInteger work, long sender)
    {
        var weakest = work >= _chainstate.Tip.TotalWork ? _leaves.FirstOrDefault(leaf => leaf != newcomer.Parent) : _shares.FindWeakest(sender, newcomer);
        return weakest?.TotalWork <= work ? weakest : null;
    }

    private void RemoveLeaf(HeaderOnly leaf)
    {
        _headers.Remove(leaf.Header.Hash);
        _leaves.Remove(leaf);
        HeaderShares.Remove(leaf);
        if (leaf.Parent is not HeaderOnly parent || --parent.Children > 0) return;
        _leaves.Add(parent);
        HeaderShares.BecomesLeaf(parent);
    }

    /// <summary>Forgets the headers whose blocks are here; those on top of them build on the blocks from then on. Not at every newcomer, since all are looked at.</summary>
    private void Sweep()
    {
        if (_order - _swept < _most / 4) return;
        _swept = _order;
        foreach (var header in _headers.Values)
        {
            if (header.Parent is HeaderOnly parent && _chainstate.Tree.Find(parent.Header.Hash) is { } block) header.Parent = block;
        }

        foreach (var header in _headers.Values.Where(header => _chainstate.Tree.Find(header.Header.Hash) is not null).ToList())
        {
            _headers.Remove(header.Header.Hash);
            _leaves.Remove(header);
            HeaderShares.Remove(header);
        }
    }
}
