using Chain.Core.Primitives;

namespace Chain.Node.Explorer.Data;

/// <summary>The blocks that were last read, so that the next page of one is not read again, and what lists say of many more.</summary>
internal sealed class BlockCache
{
    private const int MostBlocks = 32;
    private const int MostBytes = 8_000_000;
    private const int MostFacts = 10_000;

    private readonly Lock _gate = new();
    private readonly LinkedList<StoredBlock> _blocks = new();
    private readonly Dictionary<BlockHash, BlockFacts> _facts = [];

    /// <summary>A block; null where it is not here. One that was not connected yet when it was read is read again.</summary>
    public StoredBlock? Find(BlockHash hash)
    {
        lock (_gate)
        {
            for (var entry = _blocks.First; entry is not null; entry = entry.Next)
            {
                if (entry.Value.Node.Hash != hash) continue;
                if (entry.Value.Spent is null) return null;
                _blocks.Remove(entry);
                _blocks.AddFirst(entry);
                return entry.Value;
            }

            return null;
        }
    }

    /// <summary>Keeps a block.</summary>
    public void Add(StoredBlock block)
    {
        lock (_gate)
        {
            for (var entry = _blocks.First; entry is not null; entry = entry.Next)
            {
                if (entry.Value.Node.Hash != block.Node.Hash) continue;
                _blocks.Remove(entry);
                break;
            }

            _blocks.AddFirst(block);
            while (_blocks.Count > 1 && (_blocks.Count > MostBlocks || _blocks.Sum(kept => (long)kept.Block.Size) > MostBytes)) _blocks.RemoveLast();
        }

        Add(block.Node.Hash, BlockFacts.Of(block.Block));
    }

    /// <summary>What lists say of a block; null where nobody looked yet.</summary>
    public BlockFacts? FindFacts(BlockHash hash)
    {
        lock (_gate) return _facts.TryGetValue(hash, out var facts) ? facts : null;
    }

    /// <summary>Keeps what lists say of a block.</summary>
    private void Add(BlockHash hash, BlockFacts facts)
    {
        lock (_gate)
        {
            if (_facts.Count >= MostFacts) _facts.Clear();
            _facts[hash] = facts;
        }
    }
}
