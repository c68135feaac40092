using Chain.Core.Primitives;

namespace Chain.Node;

/// <summary>Transactions that came before those that they spend from: bounded in number and size, the oldest go first.</summary>
public sealed class OrphanTransactions
{
    private const int MaxSize = 100_000;
    private const long MaxBytes = 10_000_000;

    private readonly int _maxCount;
    private readonly Dictionary<TxId, Transaction> _transactions = [];
    private readonly Dictionary<TxId, HashSet<TxId>> _byParent = [];
    private readonly Queue<TxId> _byAge = new();
    private long _bytes;

    /// <summary>Creates an empty pool for at most this many.</summary>
    public OrphanTransactions(int maxCount = 1_000) => _maxCount = maxCount;

    /// <summary>The number of transactions.</summary>
    public int Count => _transactions.Count;

    /// <summary>Whether a transaction waits here.</summary>
    public bool Contains(TxId id) => _transactions.ContainsKey(id);

    /// <summary>Keeps a transaction; one that is very large is not kept.</summary>
    public void Add(Transaction transaction)
    {
        if (transaction.Size > MaxSize || !_transactions.TryAdd(transaction.Id, transaction)) return;
        foreach (var input in transaction.Inputs)
        {
            if (!_byParent.TryGetValue(input.PreviousOutput.TxId, out var children)) _byParent[input.PreviousOutput.TxId] = children = [];
            children.Add(transaction.Id);
        }

        _byAge.Enqueue(transaction.Id);
        _bytes += transaction.Size;
        while (_transactions.Count > _maxCount || _bytes > MaxBytes || _byAge.Count > 2 * _maxCount) Remove(_byAge.Dequeue());
    }

    /// <summary>Takes out the transactions that spend from this one.</summary>
    public IReadOnlyList<Transaction> TakeChildren(TxId parent)
    {
        if (!_byParent.TryGetValue(parent, out var ids)) return [];
        var children = ids.Select(id => _transactions[id]).ToList();
        foreach (var child in children) Remove(child.Id);
        return children;
    }

    private void Remove(TxId id)
    {
        if (!_transactions.Remove(id, out var transaction)) return;
        _bytes -= transaction.Size;
        foreach (var input in transaction.Inputs)
        {
            if (!_byParent.TryGetValue(input.PreviousOutput.TxId, out var children)) continue;
            children.Remove(id);
            if (children.Count == 0) _byParent.Remove(input.PreviousOutput.TxId);
        }
    }
}
