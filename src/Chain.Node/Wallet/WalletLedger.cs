using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Node.Wallet;

/// <summary>
/// The transactions that concern a wallet, and how each stands: in a block, in none, or against one that a block holds. It is
/// told of blocks and waiting transactions in the order in which they come and go (Core: mapWallet, mapTxSpends).
/// </summary>
internal sealed class WalletLedger
{
    private readonly Func<ReadOnlyMemory<byte>, OwnScript?> _find;
    private readonly WalletLog _log;
    private readonly Dictionary<TxId, WalletTransaction> _transactions;
    private readonly Dictionary<OutPoint, List<TxId>> _spenders = [];
    private readonly SortedDictionary<long, WalletTransaction> _inOrder = [];
    private long _nextOrder;

    /// <summary>Takes what the log holds; <paramref name="find"/> says whose a locking script is.</summary>
    internal WalletLedger(WalletLog log, Func<ReadOnlyMemory<byte>, OwnScript?> find)
    {
        _log = log;
        _find = find;
        _transactions = log.Transactions;
        foreach (var transaction in _transactions.Values) Index(transaction);
    }

    internal int Count => _transactions.Count;

    /// <summary>All of them, oldest first.</summary>
    internal IEnumerable<WalletTransaction> InOrder => _inOrder.Values;

    /// <summary>All of them, newest first.</summary>
    internal IEnumerable<WalletTransaction> NewestFirst => _inOrder.Values.Reverse();

    internal WalletTransaction? Find(TxId id) => _transactions.GetValueOrDefault(id);

    /// <summary>The output that a wallet's transaction made; null where the transaction is not the wallet's.</summary>
    internal TxOut? FindOutput(OutPoint outPoint) =>
        Find(outPoint.TxId) is { } transaction && outPoint.Index < transaction.Transaction.Outputs.Length ? transaction.Transaction.Outputs[(int)outPoint.Index] : null;

    /// <summary>The wallet's transactions that spend an output, at most one of which can be in the chain.</summary>
    internal IEnumerable<WalletTransaction> SpendersOf(OutPoint outPoint) => _spenders.TryGetValue(outPoint, out var ids) ? ids.Select(id => _transactions[id]) : [];

    /// <summary>Whether an output is spent by a transaction that is in a block, or may still come into one.</summary>
    internal bool IsSpent(OutPoint outPoint) =>
        SpendersOf(outPoint).Any(spender => spender.IsConfirmed || (spender.State == WalletTransactionState.Unconfirmed && !spender.IsAbandoned));

    /// <summary>The wallet's other transactions that spend something that this one spends.</summary>
    internal IEnumerable<WalletTransaction> ConflictsOf(WalletTransaction transaction) =>
        transaction.Transaction.IsCoinbase ? [] : transaction.Transaction.Inputs.SelectMany(input => SpendersOf(input.PreviousOutput)).Where(other => other != transaction).Distinct();

    /// <summary>Whether a transaction pays the wallet.</summary>
    internal bool Pays(Transaction transaction) => transaction.Outputs.Any(output => _find(output.ScriptPubKey) is not null);

    /// <summary>Whether a transaction pays the wallet or spends what it owns.</summary>
    internal bool Concerns(Transaction transaction)
    {
        if (Pays(transaction)) return true;
        foreach (var input in transaction.Inputs)
        {
            if (FindOutput(input.PreviousOutput) is { } spent && _find(spent.ScriptPubKey) is not null) return true;
        }

        return false;
    }

    /// <summary>A transaction waits in the pool, or was made by the wallet; null where it does not concern the wallet.</summary>
    internal WalletTransaction? AddWaiting(Transaction transaction, long now)
    {
        if (Find(transaction.Id) is not { } known)
        {
            if (!Concerns(transaction)) return null;
            known = Create(transaction, now, now);
        }

        known.IsAbandoned = false;
        if (known.State != WalletTransactionState.Unconfirmed) Settle(known, WalletTransactionState.Unconfirmed, default, 0, 0);
        Inherit(known);
        _log.Write(known);
        return known;
    }

    /// <summary>A transaction is in a block of the chain; whatever else spends the same is in conflict with that block now.</summary>
    internal WalletTransaction? AddConfirmed(Transaction transaction, BlockNode block, int position, long now)
    {
        if (!transaction.IsCoinbase)
        {
            foreach (var input in transaction.Inputs)
            {
                foreach (var rival in SpendersOf(input.PreviousOutput).Where(other => other.Id != transaction.Id).ToList()) MarkConflicted(rival, block);
            }
        }

        if (Find(transaction.Id) is not { } known)
        {
            if (!Concerns(transaction)) return null;
            known = Create(transaction, now, Math.Min(now, block.Header.Time));
        }

        // The block decides which witness it came with.
        known.Transaction = transaction;
        known.IsAbandoned = false;
        Settle(known, WalletTransactionState.Confirmed, block.Hash, block.Height, position);
        _log.Write(known);
        return known;
    }

    /// <summary>A block has left the chain: what it held waits again, and what stood against it is free of that.</summary>
    internal void Disconnect(Block block, BlockHash hash)
    {
        foreach (var transaction in block.Transactions)
        {
            if (Find(transaction.Id) is not { } known || known.Block != hash) continue;
            Settle(known, WalletTransactionState.Unconfirmed, default, 0, 0);

            // No pool takes a coinbase, and the block's others may wait on it for ever.
            known.IsAbandoned = transaction.IsCoinbase;
            _log.Write(known);
        }

        foreach (var rival in _transactions.Values.Where(t => t.State == WalletTransactionState.Conflicted && t.Block == hash))
        {
            Settle(rival, WalletTransactionState.Unconfirmed, default, 0, 0);
            _log.Write(rival);
        }
    }

    /// <summary>Puts what is said to be in a block, or against one, that is none of the chain back to waiting: the chain has moved meanwhile.</summary>
    internal void ForgetBlocks(Func<BlockHash, bool> isInChain)
    {
        foreach (var transaction in _transactions.Values.Where(t => t.State != WalletTransactionState.Unconfirmed && !isInChain(t.Block)))
        {
            Settle(transaction, WalletTransactionState.Unconfirmed, default, 0, 0);
            transaction.IsAbandoned = transaction.Transaction.IsCoinbase;
            _log.Write(transaction);
        }
    }

    /// <summary>Gives up a transaction and all that depend on it.</summary>
    internal void Abandon(WalletTransaction transaction)
    {
        foreach (var one in WithDescendants(transaction).Where(t => t.State == WalletTransactionState.Unconfirmed))
        {
            one.IsAbandoned = true;
            _log.Write(one);
        }
    }

    /// <summary>Forgets a transaction; the log keeps it until it is written anew.</summary>
    internal void Remove(WalletTransaction transaction)
    {
        _transactions.Remove(transaction.Id);
        _inOrder.Remove(transaction.Order);
        foreach (var input in transaction.Transaction.Inputs)
        {
            if (_spenders.TryGetValue(input.PreviousOutput, out var ids)) ids.Remove(transaction.Id);
        }
    }

    /// <summary>Keeps a note with a transaction.</summary>
    internal void Note(WalletTransaction transaction, string name, string text)
    {
        transaction.Notes[name] = text;
        _log.Write(transaction);
    }

    private WalletTransaction Create(Transaction transaction, long received, long time)
    {
        var created = new WalletTransaction(transaction, _nextOrder) { TimeReceived = received, Time = time };
        _transactions.Add(transaction.Id, created);
        Index(created);
        return created;
    }

    private void Index(WalletTransaction transaction)
    {
        _inOrder[transaction.Order] = transaction;
        _nextOrder = Math.Max(_nextOrder, transaction.Order + 1);
        if (transaction.Transaction.IsCoinbase) return;
        foreach (var input in transaction.Transaction.Inputs)
        {
            if (!_spenders.TryGetValue(input.PreviousOutput, out var ids)) _spenders.Add(input.PreviousOutput, ids = []);
            if (!ids.Contains(transaction.Id)) ids.Add(transaction.Id);
        }
    }

    /// <summary>What depends on something in conflict is in conflict too.</summary>
    private void Inherit(WalletTransaction transaction)
    {
        foreach (var input in transaction.Transaction.Inputs)
        {
            if (Find(input.PreviousOutput.TxId) is not { State: WalletTransactionState.Conflicted } parent) continue;
            Settle(transaction, WalletTransactionState.Conflicted, parent.Block, parent.Height, 0);
            return;
        }
    }

    private void MarkConflicted(WalletTransaction rival, BlockNode block)
    {
        foreach (var one in WithDescendants(rival))
        {
            if (one.IsConfirmed && one.Height >= block.Height) continue;
            Settle(one, WalletTransactionState.Conflicted, block.Hash, block.Height, 0);
            _log.Write(one);
        }
    }

    private List<WalletTransaction> WithDescendants(WalletTransaction transaction)
    {
        var found = new List<WalletTransaction> { transaction };
        var seen = new HashSet<TxId> { transaction.Id };
        for (var i = 0; i < found.Count; i++)
        {
            for (var output = 0u; output < found[i].Transaction.Outputs.Length; output++)
            {
                foreach (var child in SpendersOf(new OutPoint(found[i].Id, output)))
                {
                    if (seen.Add(child.Id)) found.Add(child);
                }
            }
        }

        return found;
    }

    private static void Settle(WalletTransaction transaction, WalletTransactionState state, BlockHash block, int height, int position) =>
        (transaction.State, transaction.Block, transaction.Height, transaction.Position) = (state, block, height, position);
}
