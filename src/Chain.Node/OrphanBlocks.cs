using Chain.Core.Primitives;

namespace Chain.Node;

/// <summary>Blocks that came before their parents, until those come: bounded in number and bytes, the oldest go first.</summary>
public sealed class OrphanBlocks
{
    private readonly int _maxCount;
    private readonly long _maxBytes;
    private readonly Dictionary<BlockHash, (Block Block, long PeerId)> _blocks = [];
    private readonly Dictionary<BlockHash, List<BlockHash>> _byParent = [];
    private readonly Queue<BlockHash> _byAge = new();

    /// <summary>Creates an empty pool with these bounds.</summary>
    public OrphanBlocks(int maxCount = 750, long maxBytes = 64_000_000)
    {
        _maxCount = maxCount;
        _maxBytes = maxBytes;
    }

    /// <summary>The number of blocks.</summary>
    public int Count => _blocks.Count;

    /// <summary>Their size.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether a block waits here.</summary>
    public bool Contains(BlockHash hash) => _blocks.ContainsKey(hash);

    /// <summary>Keeps a block with the peer that sent it.</summary>
    public void Add(Block block, long peerId)
    {
        if (block.Size > _maxBytes || !_blocks.TryAdd(block.Hash, (block, peerId))) return;
        if (!_byParent.TryGetValue(block.Header.PreviousBlockHash, out var siblings)) _byParent[block.Header.PreviousBlockHash] = siblings = [];
        siblings.Add(block.Hash);
        _byAge.Enqueue(block.Hash);
        Bytes += block.Size;
        while (_blocks.Count > _maxCount || Bytes > _maxBytes || _byAge.Count > 2 * _maxCount) DropOldest();
    }

    /// <summary>Takes out the blocks that build on this one.</summary>
    public IReadOnlyList<(Block Block, long PeerId)> TakeChildren(BlockHash parent)
    {
        if (!_byParent.Remove(parent, out var hashes)) return [];
        var children = new List<(Block, long)>(hashes.Count);
        foreach (var hash in hashes)
        {
            if (!_blocks.Remove(hash, out var child)) continue;
            Bytes -= child.Block.Size;
            children.Add(child);
        }

        return children;
    }

    private void DropOldest()
    {
        if (!_byAge.TryDequeue(out var oldest) || !_blocks.Remove(oldest, out var dropped)) return;
        Bytes -= dropped.Block.Size;
        var parent = dropped.Block.Header.PreviousBlockHash;
        if (!_byParent.TryGetValue(parent, out var siblings)) return;
        siblings.Remove(oldest);
        if (siblings.Count == 0) _byParent.Remove(parent);
    }
}
