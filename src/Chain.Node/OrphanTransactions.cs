using Chain.Core.Cryptography;
using Chain.Core.Primitives;

namespace Chain.Node;

/// <summary>
/// Transactions that came before those that they spend from: bounded in number and size, the oldest go first. They are kept
/// by their witness hash: one with a spoilt witness must not stand in the way of the true one, which has the same id.
/// </summary>
public sealed class OrphanTransactions
{
    private const int MaxSize = 100_000;

    /// <summary>The most bytes of all together.</summary>
    public const long MaxBytes = 10_000_000;

    private readonly int _maxCount;
    private readonly Dictionary<Hash256, Transaction> _transactions = [];
    private readonly Dictionary<TxId, HashSet<Hash256>> _byParent = [];
    private readonly Queue<Hash256> _byAge = new();

    /// <summary>Creates an empty pool for at most this many.</summary>
    public OrphanTransactions(int maxCount = 1_000) => _maxCount = maxCount;

    /// <summary>The number of transactions.</summary>
    public int Count => _transactions.Count;

    /// <summary>Their size.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether a transaction waits here, by its witness hash, which is the id of one without witness.</summary>
    public bool Contains(Hash256 witnessHash) => _transactions.ContainsKey(witnessHash);

    /// <summary>Keeps a transaction; one that is very large is not kept.</summary>
    public void Add(Transaction transaction)
    {
        if (transaction.Size > MaxSize || !_transactions.TryAdd(transaction.WitnessHash, transaction)) return;
        foreach (var input in transaction.Inputs)
        {
            if (!_byParent.TryGetValue(input.PreviousOutput.TxId, out var children)) _byParent[input.PreviousOutput.TxId] = children = [];
            children.Add(transaction.WitnessHash);
        }

        _byAge.Enqueue(transaction.WitnessHash);
        Bytes += transaction.Size;
        while (_transactions.Count > _maxCount || Bytes > MaxBytes || _byAge.Count > 2 * _maxCount) Remove(_byAge.Dequeue());
    }

    /// <summary>Takes out the transactions that spend from this one.</summary>
    public IReadOnlyList<Transaction> TakeChildren(TxId parent)
    {
        if (!_byParent.TryGetValue(parent, out var hashes)) return [];
        var children = hashes.Select(hash => _transactions[hash]).ToList();
        foreach (var child in children) Remove(child.WitnessHash);
        return children;
    }

    private void Remove(Hash256 hash)
    {
        if (!_transactions.Remove(hash, out var transaction)) return;
        Bytes -= transaction.Size;
        foreach (var input in transaction.Inputs)
        {
            if (!_byParent.TryGetValue(input.PreviousOutput.TxId, out var children)) continue;
            children.Remove(hash);
            if (children.Count == 0) _byParent.Remove(input.PreviousOutput.TxId);
        }
    }
}
