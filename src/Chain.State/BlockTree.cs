using Chain.Core.Primitives;
using Chain.State.Storage;

namespace Chain.State;

/// <summary>
/// All known blocks as a tree, the chain that is active in it, and the candidates to become the tip: those not known to
/// fail with at least the tip's total work. Of equal work the one that came first wins.
/// </summary>
public sealed class BlockTree
{
    private readonly Dictionary<BlockHash, BlockNode> _nodes = [];
    private readonly SortedSet<BlockNode> _candidates = new(Comparer<BlockNode>.Create(CompareAsTip));
    private readonly List<BlockNode> _active = [];
    private long _nextSequence, _leastPrecedence;
    private int? _bestHeight;

    /// <summary>The number of known blocks.</summary>
    public int Count => _nodes.Count;

    /// <summary>The highest block of the active chain; null before the genesis block is connected.</summary>
    public BlockNode? Tip => _active.Count > 0 ? _active[^1] : null;

    /// <summary>The best candidate to be the tip; null where there is none.</summary>
    public BlockNode? BestCandidate => _candidates.Max;

    /// <summary>The greatest height of a block that is not known to fail.</summary>
    public int BestHeight => _bestHeight ??= _nodes.Values.Select(node => node.IsFailed ? 0 : node.Height).DefaultIfEmpty().Max();

    /// <summary>Every known block, in no order.</summary>
    public IReadOnlyCollection<BlockNode> Nodes => _nodes.Values;

    /// <summary>A block by its hash; null where it is not known.</summary>
    public BlockNode? Find(BlockHash hash) => _nodes.GetValueOrDefault(hash);

    /// <summary>The block of the active chain at a height; null above the tip or below zero.</summary>
    public BlockNode? FindActive(int height) => height >= 0 && height < _active.Count ? _active[height] : null;

    /// <summary>Whether a block is part of the active chain.</summary>
    public bool IsActive(BlockNode node) => FindActive(node.Height) == node;

    /// <summary>The highest block of the active chain that the other chain has too; genesis where they share no more.</summary>
    public BlockNode FindFork(BlockLocator locator)
    {
        foreach (var hash in locator.Hashes)
        {
            if (Find(hash) is { } node && IsActive(node)) return node;
        }

        return _active[0];
    }

    /// <summary>The highest block that is below both or one of them; null before the genesis block is connected.</summary>
    public BlockNode? FindFork(BlockNode node)
    {
        var fork = node;
        while (fork is not null && !IsActive(fork)) fork = fork.Parent;
        return fork;
    }

    /// <summary>Names the active chain to a peer.</summary>
    public BlockLocator CreateLocator() => CreateLocator(Tip!);

    /// <summary>Names the chain that ends at a block to a peer.</summary>
    public static BlockLocator CreateLocator(BlockNode tip)
    {
        var node = tip;
        return new BlockLocator([.. BlockLocator.Heights(tip.Height).Select(height => (node = node.GetAncestor(height)).Hash)]);
    }

    internal BlockNode Add(BlockHeader header, BlockNode? parent) =>
        Add(new BlockNode(header, parent, _nextSequence, BlockStatus.None));

    internal BlockNode Load(StoredHeader stored, BlockNode? parent) =>
        Add(new BlockNode(stored.Header, parent, stored.Sequence, stored.Status) { IsStored = true });

    /// <summary>Forgets a block on which no other builds.</summary>
    internal void Remove(BlockNode node)
    {
        _bestHeight = null;
        _nodes.Remove(node.Hash);
        _candidates.Remove(node);
    }

    /// <summary>Marks a block as failed and all above it as built on a failure; gives every block that changed.</summary>
    internal List<BlockNode> Fail(BlockNode failed)
    {
        var changed = new List<BlockNode>();
        _bestHeight = null;
        failed.Status |= BlockStatus.Failed;
        _candidates.Remove(failed);
        changed.Add(failed);
        foreach (var node in _nodes.Values.Where(n => n.Height > failed.Height).OrderBy(n => n.Height))
        {
            if (node.IsFailed || !node.Parent!.IsFailed) continue;
            node.Status |= BlockStatus.FailedAncestor;
            _candidates.Remove(node);
            changed.Add(node);
        }

        return changed;
    }

    /// <summary>
    /// Takes back that a block, or one below it, failed. Those above it fail no more unless they or others below them broke a
    /// rule themselves. Gives every block that changed.
    /// </summary>
    internal List<BlockNode> Pardon(BlockNode pardoned)
    {
        _bestHeight = null;
        var before = _nodes.Values.Where(node => node.IsFailed).ToDictionary(node => node, node => node.Status);
        for (var node = pardoned; node is not null; node = node.Parent) node.Status &= ~BlockStatus.AnyFailure;
        foreach (var node in before.Keys.OrderBy(node => node.Height))
        {
            if (node.GetAncestor(Math.Min(node.Height, pardoned.Height)) == pardoned) node.Status &= ~BlockStatus.Failed;
            if (node.Parent?.IsFailed == true) node.Status |= BlockStatus.FailedAncestor;
            else node.Status &= ~BlockStatus.FailedAncestor;
        }

        return [.. before.Where(pair => pair.Key.Status != pair.Value).Select(pair => pair.Key)];
    }

    /// <summary>Lets a block come before all others of equal work.</summary>
    internal void Prefer(BlockNode node)
    {
        var wasCandidate = _candidates.Remove(node);
        node.Precedence = --_leastPrecedence;
        if (wasCandidate) _candidates.Add(node);
    }

    /// <summary>Looks for the candidates among all blocks: after the tip has lost work, or others may be tried again.</summary>
    internal void RenewCandidates()
    {
        _candidates.Clear();
        foreach (var node in _nodes.Values.Where(IsCandidate)) _candidates.Add(node);
    }

    internal void Connect(BlockNode node) => _active.Add(node);

    internal void Disconnect() => _active.RemoveAt(_active.Count - 1);

    /// <summary>Forgets the candidates that have less work than the tip.</summary>
    internal void PruneCandidates()
    {
        while (_candidates.Min is { } least && least.TotalWork < Tip!.TotalWork) _candidates.Remove(least);
    }

    private static int CompareAsTip(BlockNode x, BlockNode y)
    {
        var byWork = x.TotalWork.CompareTo(y.TotalWork);
        return byWork != 0 ? byWork : y.Precedence.CompareTo(x.Precedence);
    }

    private BlockNode Add(BlockNode node)
    {
        _nodes.Add(node.Hash, node);
        if (_bestHeight is { } best && !node.IsFailed) _bestHeight = Math.Max(best, node.Height);
        _nextSequence = Math.Max(_nextSequence, node.Sequence + 1);
        if (IsCandidate(node)) _candidates.Add(node);
        return node;
    }

    private bool IsCandidate(BlockNode node) => !node.IsFailed && (Tip is null || node.TotalWork >= Tip.TotalWork);
}
