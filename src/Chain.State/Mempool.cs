using Chain.Core.Coins;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.State;

/// <summary>
/// Valid transactions that wait for a block. Each is checked in full on the coins of the tip with the pool on top; of two
/// that spend the same output the first seen stays, unless it says that it may be replaced (BIP125). It follows the chain
/// through its events. Not for two threads.
/// </summary>
public sealed class Mempool : ICoinView
{
    private const string PrioritiesFact = "priorities";
    private const string UnbroadcastFact = "unbroadcast";

    private readonly Chainstate _chainstate;
    private readonly MempoolPolicy _policy;
    private readonly ChainParams _sequenceLockParams;
    private readonly MempoolGraph _graph = new();
    private readonly MempoolPriorities _priorities = new();
    private readonly RollingMinFee _minFee;

    /// <summary>No entry is older, so that not all must be looked at for those that have waited too long.</summary>
    private long _oldest = long.MaxValue;
    private readonly HashSet<TxId> _unbroadcast = [];
    private readonly Queue<Transaction> _disconnected = [];
    private long _disconnectedBytes;
    private long _nextSequence;

    /// <summary>The version that the database holds; none before the pool was loaded or saved.</summary>
    private long _storedVersion = -1;
    private bool _hasDisconnected;

    /// <summary>Creates an empty pool that follows the chain.</summary>
    public Mempool(Chainstate chainstate, MempoolPolicy policy)
    {
        _chainstate = chainstate;
        _policy = policy;
        _minFee = new RollingMinFee(policy.IncrementalRelayFeeRate);

        // Relative lock times are asked also before blocks must obey them (Core: STANDARD_LOCKTIME_VERIFY_FLAGS).
        _sequenceLockParams = chainstate.Params with { CsvHeight = 0 };
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
    public long MinFeeRate => Math.Max(RollingRate, _policy.MinRelayFeeRate);

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
    public Coin? Find(OutPoint outPoint) => _graph.FindSpender(outPoint) is null ? FindWhereverSpent(outPoint) : null;

    /// <summary>The coin of the pool or of the chain, also where a waiting transaction spends it.</summary>
    public Coin? FindWhereverSpent(OutPoint outPoint)
    {
        if (_graph.Find(outPoint.TxId) is not { } parent) return _chainstate.Coins.Find(outPoint);
        var outputs = parent.Transaction.Outputs;
        return outPoint.Index < outputs.Length && !StandardScripts.IsUnspendable(outputs[(int)outPoint.Index].ScriptPubKey.Span)
            ? new Coin(outputs[(int)outPoint.Index], _chainstate.Tip.Height + 1, isCoinbase: false)
            : null;
    }

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
    public void CheckScriptsAhead(IReadOnlyList<Transaction> transactions)
    {
        var candidates = new List<MempoolCandidate>(transactions.Count);
        _chainstate.Database.InSnapshot(() =>
        {
            foreach (var transaction in transactions)
            {
                var candidate = CandidateOf(transaction);
                if (!_chainstate.ScriptCache.Contains(transaction, _policy.ScriptFlags) && Check(candidate, scriptsAreValid: true) is null) candidates.Add(candidate);
            }
        });

        if (candidates.Count < 2) return;
        var areValid = new bool[candidates.Count];
        Parallel.For(0, areValid.Length, new ParallelOptions { MaxDegreeOfParallelism = _chainstate.ScriptThreads }, static () => new ScriptWorkspace(), (i, _, workspace) =>
        {
            areValid[i] = ScriptCheck.ForInputs(candidates[i].Transaction, candidates[i].Spent, _policy.ScriptFlags).All(check => check.Verify(workspace) is null);
            return workspace;
        }, static _ => { });
        for (var i = 0; i < areValid.Length; i++)
        {
            if (areValid[i]) _chainstate.ScriptCache.Add(candidates[i].Transaction, _policy.ScriptFlags);
        }
    }

    /// <summary>What <see cref="Accept"/> would answer, without adding it; whether the pool has room is not asked.</summary>
    public TransactionRejection? Test(Transaction transaction) => Check(CandidateOf(transaction), scriptsAreValid: false);

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
                if (Check(candidate, scriptsAreValid: true) is { } rejection)
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
                results[i] = new MempoolTest(CheckScripts(candidates[i]), candidates[i]);
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
        if (_chainstate.Database.FindFact(PrioritiesFact) is { } priorities) _priorities.Load(priorities);
        var stored = _chainstate.Database.ReadMempool();
        foreach (var (transaction, time) in stored)
            _ = TryAdd(transaction, new MempoolArrival(time, _chainstate.Tip.Height), scriptsAreValid: false, []);
        if (_chainstate.Database.FindFact(UnbroadcastFact) is { } unbroadcast)
        {
            foreach (var id in unbroadcast.Chunk(Hash256.Size).Where(id => id.Length == Hash256.Size)) MarkUnbroadcast(new TxId(new Hash256(id)));
        }

        if (Count == stored.Count) _storedVersion = Version;
        return Count;
    }

    /// <summary>Leaves the transactions, and what was prioritised, for the next run. Where nothing has changed nothing is written.</summary>
    public void Save()
    {
        var database = _chainstate.Database;
        var priorities = _priorities.ToByteArray();
        byte[] unbroadcast = [.. _unbroadcast.SelectMany(id => id.Hash.ToByteArray())];
        bool IsStored(string fact, byte[] value) => database.FindFact(fact) is { } stored && stored.AsSpan().SequenceEqual(value);
        if (_storedVersion == Version && IsStored(PrioritiesFact, priorities) && IsStored(UnbroadcastFact, unbroadcast)) return;
        database.InTransaction(() =>
        {
            database.WriteMempool(InOrder().Select(entry => (entry.Transaction, entry.Time)));
            database.WriteFact(PrioritiesFact, priorities);
            database.WriteFact(UnbroadcastFact, unbroadcast);
        });
        _storedVersion = Version;
    }

    /// <summary>All entries in the order in which they came: parents before children.</summary>
    public IOrderedEnumerable<MempoolEntry> InOrder() => _graph.Entries.OrderBy(entry => entry.Sequence);

    private MempoolArrival Now => new(_chainstate.Now, _chainstate.Tip.Height);

    private MempoolCandidate CandidateOf(Transaction transaction) => new(transaction) { FeeDelta = _priorities.Of(transaction.Id) };

    private TransactionRejection? TryAdd(Transaction transaction, MempoolArrival arrival, bool scriptsAreValid, List<(MempoolEntry, MempoolRemovalReason)> removed)
    {
        var candidate = CandidateOf(transaction);
        if (Check(candidate, scriptsAreValid) is { } rejection) return rejection;
        foreach (var conflict in candidate.Conflicts) RemoveWithDescendants(conflict, MempoolRemovalReason.Replaced, removed);
        var entry = new MempoolEntry(candidate, arrival, _nextSequence++);
        _graph.Add(entry, candidate.Parents, candidate.Ancestors);
        Version++;
        return Trim(entry, removed);
    }

    private TransactionRejection? Check(MempoolCandidate candidate, bool scriptsAreValid) =>
        CheckAlone(candidate.Transaction) ?? CheckOnChain(candidate) ?? CheckCoins(candidate) ?? CheckSpends(candidate)
        ?? CheckFee(candidate) ?? CheckAncestors(candidate) ?? ReplacementRules.Check(candidate, _policy) ?? (scriptsAreValid ? null : CheckScripts(candidate));

    private TransactionRejection? CheckAlone(Transaction transaction)
    {
        if (TransactionRules.Check(transaction, _chainstate.Params) is { } violation) return violation;
        return _policy.Check(transaction) is { } unwanted ? unwanted : null;
    }

    private TransactionRejection? CheckOnChain(MempoolCandidate candidate)
    {
        var transaction = candidate.Transaction;
        var tip = _chainstate.Tip;
        var cutoff = BlockRules.LockTimeCutoff(tip, (uint)Math.Min(uint.MaxValue, _chainstate.Now), _chainstate.Params);
        if (!TransactionRules.IsFinal(transaction, tip.Height + 1, cutoff)) return PolicyError.NonFinal;
        if (_graph.Find(transaction.Id) is { } same)
            return same.Transaction.WitnessHash == transaction.WitnessHash ? PolicyError.AlreadyInMempool : PolicyError.SameNonWitnessData;
        foreach (var input in transaction.Inputs)
        {
            if (_graph.FindSpender(input.PreviousOutput) is not { } conflict || !candidate.Conflicts.Add(conflict)) continue;
            if (!_policy.AllowReplacement || !(_policy.ReplaceWithoutSignal || ReplacementRules.SignalsItself(conflict))) return PolicyError.Conflict;
        }

        for (var i = 0; i < transaction.Outputs.Length; i++)
        {
            // Only where it costs nothing, as in Core: otherwise its inputs are found to be spent.
            if (_chainstate.IsCoinAtHand(new OutPoint(transaction.Id, (uint)i))) return PolicyError.AlreadyKnown;
        }

        return transaction.HasWitness && tip.Height + 1 < _chainstate.Params.SegwitHeight
            ? TransactionRejection.FromRuleViolation(RuleError.UnexpectedWitness)
            : null;
    }

    /// <summary>What it spends is there, old enough, and worth what it pays.</summary>
    private TransactionRejection? CheckCoins(MempoolCandidate candidate)
    {
        var height = _chainstate.Tip.Height + 1;
        var violation = TransactionRules.Connect(candidate.Transaction, new CoinsToReplace(this), height, _chainstate.Params, out var fee, out var spent);
        if (violation?.Error == RuleError.InputsMissingOrSpent) return violation;
        if (!TransactionRules.AreSequenceLocksMet(candidate.Transaction, spent, _chainstate.Tip, height, _sequenceLockParams)) return PolicyError.NonBip68Final;
        (candidate.Fee, candidate.Spent) = (fee, spent);
        return violation is null ? null : TransactionRejection.FromRuleViolation(violation);
    }

    private TransactionRejection? CheckSpends(MempoolCandidate candidate)
    {
        if (_policy.RequireStandard && Standardness.CheckSpends(candidate.Transaction, candidate.Spent) is { } error) return error;
        candidate.SigOpsCost = SigOps.Cost(candidate.Transaction, Coin.OutputsOf(candidate.Spent), _policy.ScriptFlags);
        candidate.VirtualSize = _policy.VirtualSize(candidate.Transaction, candidate.SigOpsCost);
        return candidate.SigOpsCost > _policy.MaxSigOpsCost
            ? TransactionRejection.FromPolicyError(PolicyError.TooManySigOps) with { Detail = $"{candidate.SigOpsCost}" }
            : null;
    }

    private long RollingRate => _minFee.At(_chainstate.Now, Bytes, _policy.MaxBytes);

    private TransactionRejection? CheckFee(MempoolCandidate candidate)
    {
        var rolling = MempoolPolicy.FeeFor(candidate.VirtualSize, RollingRate);
        if (candidate.ModifiedFee < rolling)
            return TransactionRejection.FromPolicyError(PolicyError.MempoolMinFeeNotMet) with { Detail = $"{candidate.ModifiedFee} < {rolling}" };
        var least = _policy.MinFee(candidate.VirtualSize);
        return candidate.ModifiedFee < least
            ? TransactionRejection.FromPolicyError(PolicyError.MinRelayFeeNotMet) with { Detail = $"{candidate.ModifiedFee} < {least}" }
            : null;
    }

    private TransactionRejection? CheckAncestors(MempoolCandidate candidate)
    {
        candidate.Parents = _graph.FindParents(candidate.Transaction);
        candidate.Ancestors = MempoolGraph.WithAncestors(candidate.Parents);
        if (candidate.Ancestors.Count == 0) return null;

        var limits = AncestorLimits.For(candidate, _policy);
        if (limits.FindExcess(candidate) is not { } excess) return null;
        return candidate.VirtualSize <= MempoolPolicy.ExtraDescendantSize && limits.CarvedOut.FindExcess(candidate) is null
            ? null
            : TransactionRejection.FromPolicyError(PolicyError.ChainTooLong) with { Detail = excess };
    }

    private TransactionRejection? CheckScripts(MempoolCandidate candidate)
    {
        if (_chainstate.ScriptCache.Contains(candidate.Transaction, _policy.ScriptFlags)) return null;
        var consensus = BlockRules.FlagsAt(_chainstate.Tip.Height + 1, _chainstate.Params);
        if (PoolScripts.Check(candidate.Transaction, candidate.Spent, _policy.ScriptFlags, consensus) is { } rejection) return rejection;
        _chainstate.ScriptCache.Add(candidate.Transaction, _policy.ScriptFlags);
        return null;
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

    private void OnBlockDisconnected(BlockNode node, Block block)
    {
        _hasDisconnected = true;

        // Blocks come off from the tip down; what they held is wanted from the fork up: what came off first depends on the rest.
        for (var i = block.Transactions.Length - 1; i > 0; i--)
        {
            _disconnected.Enqueue(block.Transactions[i]);
            _disconnectedBytes += block.Transactions[i].Size;
        }

        while (_disconnectedBytes > _policy.MaxDisconnectedBytes) _disconnectedBytes -= _disconnected.Dequeue().Size;
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

    /// <summary>The coins for a transaction that may replace those which spend them in the pool.</summary>
    private sealed class CoinsToReplace(Mempool pool) : ICoinView
    {
        public Coin? Find(OutPoint outPoint) => pool.FindWhereverSpent(outPoint);
    }
}
