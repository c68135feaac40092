using Chain.Core.Coins;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.State;

/// <summary>
/// Valid transactions that wait for a block. Each is checked in full on the coins of the tip with the pool on top; of two
/// that spend the same output the first seen stays. It follows the chain through its events. Not for two threads.
/// </summary>
public sealed class Mempool : ICoinView
{
    private readonly Chainstate _chainstate;
    private readonly MempoolPolicy _policy;
    private readonly MempoolGraph _graph = new();
    private readonly List<Transaction> _disconnected = [];
    private long _disconnectedBytes;
    private long _nextSequence;
    private bool _hasDisconnected;

    /// <summary>Creates an empty pool that follows the chain.</summary>
    public Mempool(Chainstate chainstate, MempoolPolicy policy)
    {
        _chainstate = chainstate;
        _policy = policy;
        chainstate.BlockConnected += OnBlockConnected;
        chainstate.BlockDisconnected += OnBlockDisconnected;
        chainstate.TipChanged += OnTipChanged;
    }

    /// <summary>A transaction was added, or came back from a block that left the chain.</summary>
    public event Action<MempoolEntry>? TransactionAccepted;

    /// <summary>The number of transactions.</summary>
    public int Count => _graph.Count;

    /// <summary>The size of all transactions in bytes.</summary>
    public long Bytes => _graph.Bytes;

    /// <summary>A number that changes with every change of the pool.</summary>
    public long Version { get; private set; }

    /// <summary>What it asks of transactions.</summary>
    public MempoolPolicy Policy => _policy;

    /// <summary>All entries, in no order.</summary>
    public IReadOnlyCollection<MempoolEntry> Entries => _graph.Entries;

    /// <summary>An entry by its transaction's id; null where it is not waiting.</summary>
    public MempoolEntry? FindEntry(TxId id) => _graph.Find(id);

    /// <summary>An entry by its transaction's witness hash (wtxid); null where it is not waiting with just this witness.</summary>
    public MempoolEntry? FindEntryByWitnessHash(Hash256 hash) => _graph.FindByWitnessHash(hash);

    /// <summary>The waiting transaction that spends an output; null where none does.</summary>
    public MempoolEntry? FindSpender(OutPoint outPoint) => _graph.FindSpender(outPoint);

    /// <summary>The coin as it is for the next waiting transaction: of the pool or of the chain, not yet spent by either.</summary>
    public Coin? Find(OutPoint outPoint)
    {
        if (_graph.FindSpender(outPoint) is not null) return null;
        if (_graph.Find(outPoint.TxId) is not { } parent) return _chainstate.Coins.Find(outPoint);
        var outputs = parent.Transaction.Outputs;
        return outPoint.Index < outputs.Length && !StandardScripts.IsUnspendable(outputs[(int)outPoint.Index].ScriptPubKey.Span)
            ? new Coin(outputs[(int)outPoint.Index], _chainstate.Tip.Height + 1, isCoinbase: false)
            : null;
    }

    /// <summary>
    /// Checks a transaction and adds it; null where it was added. The pool may give up others that pay less for it.
    /// </summary>
    public TransactionRejection? Accept(Transaction transaction)
    {
        var rejection = TryAdd(transaction, _chainstate.Now, scriptsAreValid: false);
        if (rejection is null) TransactionAccepted?.Invoke(_graph.Find(transaction.Id)!);
        return rejection;
    }

    /// <summary>What <see cref="Accept"/> would answer, without adding it; whether the pool has room is not asked.</summary>
    public TransactionRejection? Test(Transaction transaction) => CheckAll(transaction, scriptsAreValid: false, out _, out _, out _, out _);

    /// <summary>Adds the transactions that the last run left, those that are still valid.</summary>
    public int Load()
    {
        foreach (var (transaction, time) in _chainstate.Database.ReadMempool()) _ = TryAdd(transaction, time, scriptsAreValid: false);
        return Count;
    }

    /// <summary>Leaves the transactions for the next run.</summary>
    public void Save() => _chainstate.Database.WriteMempool(InOrder().Select(entry => (entry.Transaction, entry.Time)));

    /// <summary>All entries in the order in which they came: parents before children.</summary>
    public IOrderedEnumerable<MempoolEntry> InOrder() => _graph.Entries.OrderBy(entry => entry.Sequence);

    private TransactionRejection? TryAdd(Transaction transaction, long time, bool scriptsAreValid)
    {
        if (CheckAll(transaction, scriptsAreValid, out var fee, out var spent, out var parents, out var ancestors) is { } rejection) return rejection;
        var sigOps = SigOps.Cost(transaction, [.. spent.Select(coin => coin.Output)], _policy.ScriptFlags);
        _graph.Add(new MempoolEntry(transaction, fee, time, _nextSequence++, sigOps), parents, ancestors);
        Version++;
        return Trim(transaction);
    }

    private TransactionRejection? CheckAll(Transaction transaction, bool scriptsAreValid, out Amount fee, out Coin[] spent,
        out HashSet<MempoolEntry> parents, out HashSet<MempoolEntry> ancestors)
    {
        fee = default;
        spent = [];
        parents = ancestors = [];
        if (TransactionRules.Check(transaction, _chainstate.Params) is { } violation) return violation;
        if (_policy.Check(transaction) is { } unwanted) return unwanted;
        if (CheckOnChain(transaction) is { } refusal) return refusal;
        if (TransactionRules.Connect(transaction, this, _chainstate.Tip.Height + 1, _chainstate.Params, out fee, out spent) is { } invalid) return invalid;
        if (!TransactionRules.AreSequenceLocksMet(transaction, spent, _chainstate.Tip, _chainstate.Tip.Height + 1, _chainstate.Params)) return PolicyError.NonBip68Final;
        if (_policy.CheckFee(transaction, fee) is { } tooLow) return tooLow;
        parents = _graph.FindParents(transaction);
        ancestors = MempoolGraph.WithAncestors(parents);
        if (ancestors.Count + 1 > _policy.MaxAncestors || ancestors.Any(a => a.Descendants.Count + 1 > _policy.MaxDescendants)) return PolicyError.ChainTooLong;
        return scriptsAreValid ? null : CheckScripts(transaction, spent);
    }

    private TransactionRejection? CheckOnChain(Transaction transaction)
    {
        var tip = _chainstate.Tip;
        var cutoff = BlockRules.LockTimeCutoff(tip, (uint)Math.Min(uint.MaxValue, _chainstate.Now), _chainstate.Params);
        if (!TransactionRules.IsFinal(transaction, tip.Height + 1, cutoff)) return PolicyError.NonFinal;
        if (_graph.Find(transaction.Id) is not null) return PolicyError.AlreadyInMempool;
        foreach (var input in transaction.Inputs)
        {
            if (_graph.FindSpender(input.PreviousOutput) is not null) return PolicyError.Conflict;
        }

        for (var i = 0; i < transaction.Outputs.Length; i++)
        {
            if (_chainstate.Coins.Find(new OutPoint(transaction.Id, (uint)i)) is not null) return PolicyError.AlreadyKnown;
        }

        return transaction.HasWitness && tip.Height + 1 < _chainstate.Params.SegwitHeight
            ? TransactionRejection.FromRuleViolation(RuleError.UnexpectedWitness)
            : null;
    }

    private TransactionRejection? CheckScripts(Transaction transaction, Coin[] spent)
    {
        if (_chainstate.ScriptCache.Contains(transaction, _policy.ScriptFlags)) return null;
        foreach (var check in ScriptCheck.ForInputs(transaction, spent, _policy.ScriptFlags))
        {
            if (check.Verify() is { } violation) return violation;
        }

        _chainstate.ScriptCache.Add(transaction, _policy.ScriptFlags);
        return null;
    }

    /// <summary>Gives up what is worth least until the pool fits; the newest may be among it.</summary>
    private TransactionRejection? Trim(Transaction newest)
    {
        while (_graph.Bytes > _policy.MaxBytes && _graph.Worst is { } worst) RemoveWithDescendants(worst);
        return _graph.Find(newest.Id) is null ? PolicyError.MempoolFull : null;
    }

    private void RemoveWithDescendants(MempoolEntry entry)
    {
        foreach (var descendant in MempoolGraph.WithDescendants(entry).OrderByDescending(e => e.Sequence)) _graph.Remove(descendant);
        Version++;
    }

    private void OnBlockConnected(BlockNode node, Block block)
    {
        foreach (var transaction in block.Transactions)
        {
            if (_graph.Find(transaction.Id) is { } confirmed)
            {
                _graph.Remove(confirmed);
                continue;
            }

            if (transaction.IsCoinbase) continue;
            foreach (var input in transaction.Inputs)
            {
                if (_graph.FindSpender(input.PreviousOutput) is { } conflict) RemoveWithDescendants(conflict);
            }
        }

        Version++;
    }

    private void OnBlockDisconnected(BlockNode node, Block block)
    {
        _hasDisconnected = true;

        // Blocks come off from the tip down; what they held is wanted from the fork up.
        for (var i = block.Transactions.Length - 1; i > 0; i--)
        {
            var transaction = block.Transactions[i];
            if (_disconnectedBytes + transaction.Size > _policy.MaxBytes) return;
            _disconnected.Add(transaction);
            _disconnectedBytes += transaction.Size;
        }
    }

    /// <summary>
    /// After a reorganisation the pool is built anew: first what the abandoned blocks held, then what was waiting, so that
    /// chains across both stay whole. What the new chain holds, conflicts with or makes immature stays out.
    /// </summary>
    private void OnTipChanged(BlockNode tip)
    {
        if (!_hasDisconnected) return;
        _hasDisconnected = false;
        var waiting = InOrder().ToList();
        _graph.Clear();
        var returning = Enumerable.Reverse(_disconnected).ToList();
        _disconnected.Clear();
        _disconnectedBytes = 0;
        foreach (var transaction in returning) _ = TryAdd(transaction, _chainstate.Now, scriptsAreValid: false);
        foreach (var entry in waiting) _ = TryAdd(entry.Transaction, entry.Time, scriptsAreValid: true);
        Version++;

        // Peers may not have them: to everyone who follows the pool they are new.
        foreach (var transaction in returning)
        {
            if (_graph.Find(transaction.Id) is { } entry) TransactionAccepted?.Invoke(entry);
        }
    }
}
