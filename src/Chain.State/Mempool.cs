using Chain.Core.Coins;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;

namespace Chain.State;

/// <summary>
/// Valid transactions that wait for a block. Each is checked in full on the coins of the tip with the pool on top; of two
/// that spend the same output the first seen stays, unless it says that it may be replaced (BIP125). It follows the chain
/// through its events. Not for two threads.
/// </summary>
public sealed class Mempool : ICoinView
{
    private readonly Chainstate _chainstate;
    private readonly MempoolPolicy _policy;
    private readonly MempoolGraph _graph = new();
    private readonly MempoolPriorities _priorities = new();
    private readonly PoolCoins _coins;
    private readonly MempoolChecks _checks;
    private readonly MempoolStore _store;
    private readonly DisconnectedTransactions _disconnected;
    private readonly RollingMinFee _minFee;
    private readonly HashSet<TxId> _unbroadcast = [];

    /// <summary>No entry is older, so that not all must be looked at for those that have waited too long.</summary>
    private long _oldest = long.MaxValue;
    private long _nextSequence;

    /// <summary>Creates an empty pool that follows the chain.</summary>
    public Mempool(Chainstate chainstate, MempoolPolicy policy)
    {
        _chainstate = chainstate;
        _policy = policy;
        _minFee = new RollingMinFee(policy.IncrementalRelayFeeRate);
        _coins = new PoolCoins(chainstate, _graph);
        _checks = new MempoolChecks(chainstate, policy, _graph, _coins, _minFee);
        _store = new MempoolStore(chainstate.Database);
        _disconnected = new DisconnectedTransactions(policy.MaxDisconnectedBytes);
        chainstate.BlockConnected += OnBlockConnected;
        chainstate.BlockDisconnected += OnBlockDisconnected;
        chainstate.TipChanged += OnTipChanged;
    }

    /// <summary>A transaction was added, or came back from a block that left the chain.</summary>
    public event Action<MempoolEntry>? TransactionAccepted;

    /// <summary>A transaction left that no block holds; what depends on it leaves before it, and what takes its place comes after.</summary>
    public event Action<MempoolEntry, MempoolRemovalReason>? TransactionRemoved;

    /// <summary>By how many satoshis transactions were prioritised, be they here or not.</summary>
    public IReadOnlyDictionary<TxId, long> Priorities => _priorities.Deltas;

    /// <summary>Transactions that began their way here, and that no peer has fetched so far.</summary>
    public IReadOnlySet<TxId> Unbroadcast => _unbroadcast;

    /// <summary>The number of transactions.</summary>
    public int Count => _graph.Count;

    /// <summary>The size of all transactions in bytes.</summary>
    public long Bytes => _graph.Bytes;

    /// <summary>What all transactions weigh and pay together.</summary>
    public PackageSum Total => _graph.Total;

    /// <summary>A number that changes with every change of the pool.</summary>
    public long Version { get; private set; }

    /// <summary>What it asks of transactions.</summary>
    public MempoolPolicy Policy => _policy;

    /// <summary>The least fee rate in satoshis per 1,000 vbytes at which it takes transactions now: above the policy's while it is, or was, full.</summary>
    public long MinFeeRate => Math.Max(_checks.RollingRate, _policy.MinRelayFeeRate);

    /// <summary>All entries, in no order.</summary>
    public IReadOnlyCollection<MempoolEntry> Entries => _graph.Entries;

    /// <summary>An entry by its transaction's id; null where it is not waiting.</summary>
    public MempoolEntry? FindEntry(TxId id) => _graph.Find(id);

    /// <summary>An entry by its transaction's witness hash (wtxid); null where it is not waiting with just this witness.</summary>
    public MempoolEntry? FindEntryByWitnessHash(Hash256 hash) => _graph.FindByWitnessHash(hash);

    /// <summary>The waiting transaction that spends an output; null where none does.</summary>
    public MempoolEntry? FindSpender(OutPoint outPoint) => _graph.FindSpender(outPoint);

    /// <summary>All waiting transactions that one depends on, itself left out, in the order in which they came.</summary>
    public static IReadOnlyList<MempoolEntry> AncestorsOf(MempoolEntry entry) =>
        [.. MempoolGraph.WithAncestors(entry.ParentSet).OrderBy(e => e.Sequence)];

    /// <summary>All waiting transactions that depend on one, itself left out, in the order in which they came.</summary>
    public static IReadOnlyList<MempoolEntry> DescendantsOf(MempoolEntry entry) =>
        [.. MempoolGraph.WithDescendants(entry).Where(e => e != entry).OrderBy(e => e.Sequence)];

    /// <summary>Whether another may take its place, since it, or one that it depends on, says so (BIP125).</summary>
    public static bool IsReplaceable(MempoolEntry entry) => ReplacementRules.Signals(entry);

    /// <summary>
    /// Treats a transaction as if it paid so many satoshis more, or less where they are negative, wherever it competes with
    /// others. What it was prioritised by before counts too. It may come later.
    /// </summary>
    public void Prioritise(TxId id, long feeDelta)
    {
        var sum = _priorities.Add(id, feeDelta);
        if (_graph.Find(id) is { } entry) _graph.Prioritise(entry, sum);
        Version++;
    }

    /// <summary>The coin as it is for the next waiting transaction: of the pool or of the chain, not yet spent by either.</summary>
    public Coin? Find(OutPoint outPoint) => _graph.FindSpender(outPoint) is null ? _coins.Find(outPoint) : null;

    /// <summary>The coin of the pool or of the chain, also where a waiting transaction spends it.</summary>
    public Coin? FindWhereverSpent(OutPoint outPoint) => _coins.Find(outPoint);

    /// <summary>
    /// Checks a transaction and adds it; null where it was added. The pool may give up others that pay less for it: those that
    /// it replaces, and the worst of a full pool.
    /// </summary>
    public TransactionRejection? Accept(Transaction transaction)
    {
        var removed = new List<(MempoolEntry, MempoolRemovalReason)>();
        var rejection = TryAdd(transaction, Now, scriptsAreValid: false, removed);
        foreach (var (entry, reason) in removed) TransactionRemoved?.Invoke(entry, reason);
        if (rejection is null) TransactionAccepted?.Invoke(_graph.Find(transaction.Id)!);
        return rejection;
    }

    /// <summary>Gives up a waiting transaction, and those that depend on it; nothing where none has this id.</summary>
    public void Drop(TxId id)
    {
        if (_graph.Find(id) is not { } entry) return;
        var removed = new List<(MempoolEntry Entry, MempoolRemovalReason Reason)>();
        RemoveWithDescendants(entry, MempoolRemovalReason.Dropped, removed);
        foreach (var (dropped, reason) in removed) TransactionRemoved?.Invoke(dropped, reason);
    }

    /// <summary>A waiting transaction began its way here: it is not known to be with others before one of them has fetched it.</summary>
    public void MarkUnbroadcast(TxId id)
    {
        if (_graph.Find(id) is not null) _unbroadcast.Add(id);
    }

    /// <summary>A peer has fetched a transaction.</summary>
    public void MarkBroadcast(TxId id) => _unbroadcast.Remove(id);

    /// <summary>
    /// Checks the scripts of several transactions on several threads and remembers those that are valid, so that
    /// <see cref="Accept"/> finds them checked. Only of those that the pool would take otherwise.
    /// </summary>
    public void CheckScriptsAhead(IReadOnlyList<Transaction> transactions) => _checks.CheckScriptsAhead(transactions, CandidateOf);

    /// <summary>What <see cref="Accept"/> would answer, without adding it; whether the pool has room is not asked.</summary>
    public TransactionRejection? Test(Transaction transaction) => _checks.Check(CandidateOf(transaction), scriptsAreValid: false);

    /// <summary>
    /// What <see cref="Accept"/> would answer to each of several transactions, of which later ones may spend earlier ones. As in
    /// Core, where one fails for anything but its scripts only that one is answered, and after one whose scripts fail no other.
    /// </summary>
    public IReadOnlyList<MempoolTest?> TestAll(IReadOnlyList<Transaction> transactions)
    {
        var results = new MempoolTest?[transactions.Count];
        var candidates = new List<MempoolCandidate>();
        var sequence = _nextSequence;
        try
        {
            foreach (var transaction in transactions)
            {
                var candidate = CandidateOf(transaction);
                candidates.Add(candidate);
                if (_checks.Check(candidate, scriptsAreValid: true) is { } rejection)
                {
                    results[candidates.Count - 1] = new MempoolTest(rejection, candidate);
                    return results;
                }

                // No one of several may replace what waits.
                if (transactions.Count > 1 && candidate.Conflicts.Count > 0)
                {
                    results[candidates.Count - 1] = new MempoolTest(PolicyError.Conflict, candidate);
                    return results;
                }

                if (transactions.Count > 1) _graph.Add(new MempoolEntry(candidate, Now, _nextSequence++), candidate.Parents, candidate.Ancestors);
            }

            for (var i = 0; i < candidates.Count; i++)
            {
                results[i] = new MempoolTest(_checks.CheckScripts(candidates[i]), candidates[i]);
                if (results[i]!.Rejection is not null) break;
            }

            return results;
        }
        finally
        {
            foreach (var candidate in Enumerable.Reverse(candidates))
            {
                if (transactions.Count > 1 && _graph.Find(candidate.Transaction.Id) is { } entry && entry.Sequence >= sequence) _graph.Remove(entry);
            }

            _nextSequence = sequence;
        }
    }

    /// <summary>Adds the transactions that the last run left, those that are still valid, with what was prioritised.</summary>
    public int Load()
    {
        if (!_policy.IsPersistent) return 0;
        if (_store.FindPriorities() is { } priorities) _priorities.Load(priorities);
        var stored = _store.ReadTransactions();
        foreach (var (transaction, time) in stored)
            _ = TryAdd(transaction, new MempoolArrival(time, _chainstate.Tip.Height), scriptsAreValid: false, []);
        foreach (var id in _store.ReadUnbroadcast()) MarkUnbroadcast(id);
        if (Count == stored.Count) _store.Version = Version;
        return Count;
    }

    /// <summary>Leaves the transactions, and what was prioritised, for the next run. Where nothing has changed nothing is written.</summary>
    public void Save() => _store.Write(Version, _priorities.ToByteArray(), _unbroadcast, () => InOrder().Select(entry => (entry.Transaction, entry.Time)));

    /// <summary>All entries in the order in which they came: parents before children.</summary>
    public IOrderedEnumerable<MempoolEntry> InOrder() => _graph.Entries.OrderBy(entry => entry.Sequence);

    private MempoolArrival Now => new(_chainstate.Now, _chainstate.Tip.Height);

    private MempoolCandidate CandidateOf(Transaction transaction) => new(transaction) { FeeDelta = _priorities.Of(transaction.Id) };

    private TransactionRejection? TryAdd(Transaction transaction, MempoolArrival arrival, bool scriptsAreValid, List<(MempoolEntry, MempoolRemovalReason)> removed)
    {
        var candidate = CandidateOf(transaction);
        if (_checks.Check(candidate, scriptsAreValid) is { } rejection) return rejection;
        foreach (var conflict in candidate.Conflicts) RemoveWithDescendants(conflict, MempoolRemovalReason.Replaced, removed);
        var entry = new MempoolEntry(candidate, arrival, _nextSequence++);
        _graph.Add(entry, candidate.Parents, candidate.Ancestors);
        Version++;
        return Trim(entry, removed);
    }

    /// <summary>Gives up what has waited too long, and what is worth least until the pool fits; the newest may be among it.</summary>
    private TransactionRejection? Trim(MempoolEntry newest, List<(MempoolEntry, MempoolRemovalReason)> removed)
    {
        _oldest = Math.Min(_oldest, newest.Time);
        var expired = _chainstate.Now - _policy.ExpirySeconds;
        if (_oldest < expired)
        {
            foreach (var old in _graph.Entries.Where(entry => entry.Time < expired).ToList()) RemoveWithDescendants(old, MempoolRemovalReason.Expiry, removed);
            _oldest = _graph.Entries.Select(entry => entry.Time).DefaultIfEmpty(long.MaxValue).Min();
        }

        while (_graph.Bytes > _policy.MaxBytes && _graph.Worst is { } worst)
        {
            _minFee.OnEvicted(worst.Descendants);
            RemoveWithDescendants(worst, MempoolRemovalReason.SizeLimit, removed);
        }

        if (_graph.Find(newest.Transaction.Id) is not null) return null;

        // Nobody was told that it came.
        removed.RemoveAll(pair => pair.Item1 == newest);
        return PolicyError.MempoolFull;
    }

    private void RemoveWithDescendants(MempoolEntry entry, MempoolRemovalReason reason, List<(MempoolEntry, MempoolRemovalReason)> removed)
    {
        if (_graph.Find(entry.Transaction.Id) != entry) return;
        foreach (var descendant in MempoolGraph.WithDescendants(entry).OrderByDescending(e => e.Sequence))
        {
            _graph.Remove(descendant);
            _unbroadcast.Remove(descendant.Transaction.Id);
            removed.Add((descendant, reason));
        }

        Version++;
    }

    private void OnBlockConnected(BlockNode node, Block block)
    {
        var removed = new List<(MempoolEntry Entry, MempoolRemovalReason Reason)>();
        foreach (var transaction in block.Transactions)
        {
            _priorities.Remove(transaction.Id);
            if (_graph.Find(transaction.Id) is { } confirmed)
            {
                _graph.Remove(confirmed);
                _unbroadcast.Remove(confirmed.Transaction.Id);
                continue;
            }

            if (transaction.IsCoinbase) continue;
            foreach (var input in transaction.Inputs)
            {
                if (_graph.FindSpender(input.PreviousOutput) is { } conflict) RemoveWithDescendants(conflict, MempoolRemovalReason.Conflict, removed);
            }
        }

        Version++;
        _minFee.OnBlock(_chainstate.Now);
        foreach (var (entry, reason) in removed) TransactionRemoved?.Invoke(entry, reason);
    }

    private void OnBlockDisconnected(BlockNode node, Block block) => _disconnected.Add(block);

    /// <summary>
    /// After a reorganisation the pool is built anew: first what the abandoned blocks held, then what was waiting, so that
    /// chains across both stay whole. What the new chain holds, conflicts with or makes immature stays out.
    /// </summary>
    private void OnTipChanged(BlockNode tip)
    {
        if (_disconnected.TakeAll() is not { } returning) return;
        var waiting = InOrder().ToList();
        _graph.Clear();
        foreach (var transaction in returning) _ = TryAdd(transaction, Now, scriptsAreValid: false, []);
        foreach (var entry in waiting) _ = TryAdd(entry.Transaction, new MempoolArrival(entry.Time, entry.Height), scriptsAreValid: true, []);
        Version++;

        foreach (var entry in waiting)
        {
            if (_graph.Find(entry.Transaction.Id) is not null) continue;
            _unbroadcast.Remove(entry.Transaction.Id);
            TransactionRemoved?.Invoke(entry, MempoolRemovalReason.Reorganisation);
        }

        // Peers may not have them: to everyone who follows the pool they are new.
        foreach (var transaction in returning)
        {
            if (_graph.Find(transaction.Id) is { } entry) TransactionAccepted?.Invoke(entry);
        }
    }
}
