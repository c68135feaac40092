using Chain.Core.Primitives;

namespace Chain.State;

/// <summary>
/// What the blocks held that a reorganisation took off the chain, up to so many bytes (Core: DisconnectedBlockTransactions): it
/// comes back to the pool where the new chain does not hold it.
/// </summary>
internal sealed class DisconnectedTransactions(long mostBytes)
{
    private readonly Queue<Transaction> _transactions = [];
    private long _bytes;
    private bool _hasBlocks;

    /// <summary>Takes a block off. Blocks come off from the tip down, and what came off first depends on the rest: of too many those go first.</summary>
    public void Add(Block block)
    {
        _hasBlocks = true;
        for (var i = block.Transactions.Length - 1; i > 0; i--)
        {
            _transactions.Enqueue(block.Transactions[i]);
            _bytes += block.Transactions[i].Size;
        }

        while (_bytes > mostBytes) _bytes -= _transactions.Dequeue().Size;
    }

    /// <summary>Gives all of them from the fork up, and forgets them; null where no block came off.</summary>
    public IReadOnlyList<Transaction>? TakeAll()
    {
        if (!_hasBlocks) return null;
        var all = Enumerable.Reverse(_transactions).ToList();
        _transactions.Clear();
        (_bytes, _hasBlocks) = (0, false);
        return all;
    }
}
