using System.Collections.Immutable;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Network.Messages;
using Chain.State;

namespace Chain.Node;

/// <summary>How a peer's transactions travel, which its handshake says.</summary>
public sealed record RelayTerms
{
    /// <summary>Whether it can send transactions with their witnesses (BIP144).</summary>
    public bool HasWitnesses { get; init; }

    /// <summary>Whether transactions are named by their witness hashes, both ways (BIP339), or by their ids.</summary>
    public bool ByWitnessHash { get; init; }

    /// <summary>Whether it wants transactions announced at all (BIP37).</summary>
    public bool WantsTransactions { get; init; } = true;

    /// <summary>Whether it is told at once of all that waits here, so that two pools that were apart become one; otherwise of what began its way here.</summary>
    public bool SharesPool { get; init; } = true;
}

/// <summary>
/// Passes transactions on: names new ones to every peer that does not have them (inv), asks for those that peers name
/// (getdata), each of one peer at a time, and keeps those that came before their parents. A machine without I/O.
/// </summary>
public sealed class TransactionRelay
{
    private const int MaxKnown = 50_000;

    /// <summary>The most transactions that one peer is asked for: who names more than it sends keeps nobody else waiting.</summary>
    private const int MaxRequests = 10_000;

    private const int MaxRejects = 10_000;
    private const int ItemsPerMessage = 1_000;

    /// <summary>How long a peer may take to send a transaction before another one that named it is asked.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ReattemptPause = TimeSpan.FromMinutes(10);

    private readonly Mempool _mempool;
    private readonly TimeProvider _clock;
    private readonly Action<long, Message> _send;
    private readonly Dictionary<long, RelayPeer> _peers = [];
    private readonly Dictionary<Hash256, Request> _requests = [];
    private readonly HashSet<Hash256> _rejects = [];
    private long _lastReattempt;

    /// <summary>Creates a relay without peers.</summary>
    public TransactionRelay(Mempool mempool, TimeProvider clock, Action<long, Message> send)
    {
        _mempool = mempool;
        _clock = clock;
        _send = send;
        _lastReattempt = clock.GetTimestamp();
        mempool.TransactionAccepted += OnAccepted;
    }

    /// <summary>Transactions that came before their parents.</summary>
    public OrphanTransactions Orphans { get; } = new();

    /// <summary>A peer is ready: it is told of what waits here, as its terms say.</summary>
    public void AddPeer(long id, RelayTerms? terms = null)
    {
        var peer = new RelayPeer(id, terms ?? new RelayTerms());
        _peers.Add(id, peer);
        foreach (var chunk in _mempool.InOrder().Where(entry => peer.Terms.SharesPool || IsUnbroadcast(entry)).Take(MaxKnown).Chunk(ItemsPerMessage)) Announce(peer, chunk);
    }

    /// <summary>Names again what began its way here and was fetched by nobody so far: whoever was told may not have listened (Core: ReattemptInitialBroadcast).</summary>
    public void AnnounceUnbroadcast()
    {
        _lastReattempt = _clock.GetTimestamp();
        var entries = _mempool.InOrder().Where(IsUnbroadcast).ToList();
        foreach (var peer in _peers.Values)
        {
            foreach (var entry in entries) peer.Forget(entry.Transaction);
            foreach (var chunk in entries.Chunk(ItemsPerMessage)) Announce(peer, chunk);
        }
    }

    /// <summary>A peer does not want to be told of what pays less than this rate in satoshis per 1,000 vbytes (BIP133); what is no amount is ignored.</summary>
    public void OnFeeFilter(long id, long feeRate)
    {
        if (_peers.TryGetValue(id, out var peer) && Amount.IsInRange(feeRate)) peer.FeeFilter = feeRate;
    }

    /// <summary>The least fee rate, in satoshis per 1,000 vbytes, of what a peer wants to be told of; 0 where it did not say.</summary>
    public long FeeFilterOf(long id) => _peers.TryGetValue(id, out var peer) ? peer.FeeFilter : 0;

    /// <summary>A peer is gone: what it was asked for is asked of others that named it too.</summary>
    public void RemovePeer(long id)
    {
        if (!_peers.Remove(id)) return;
        foreach (var (hash, request) in _requests.ToList())
        {
            if (request.Peer == id) AskNext(hash, request);
        }
    }

    /// <summary>A peer named transactions that it has: by their witness hashes where that was agreed, otherwise by their ids.</summary>
    public void OnInventory(long id, IReadOnlyList<Hash256> hashes)
    {
        if (_peers.TryGetValue(id, out var peer)) AskForNew(peer, hashes, peer.Terms.ByWitnessHash ? InventoryType.Wtx : peer.TypeOfId);
    }

    /// <summary>
    /// A peer sent a transaction: the pool judges it, and those that waited for it after it. Gives why it was refused; null
    /// where it was taken, or is kept until its parents come.
    /// </summary>
    public TransactionRejection? OnTransaction(long id, Transaction transaction)
    {
        if (_peers.TryGetValue(id, out var peer)) peer.Remember(transaction);
        var byId = _requests.GetValueOrDefault(transaction.Id.Hash);
        EndRequest(transaction.Id.Hash);
        EndRequest(transaction.WitnessHash);
        var rejection = _mempool.Accept(transaction);
        if (rejection is null)
        {
            AcceptOrphansOf(transaction);
        }
        else if (rejection.IsMissingInputs)
        {
            Orphans.Add(transaction);
            if (peer is not null) AskForParents(peer, transaction);
            return null;
        }
        else if (!rejection.IsKnown)
        {
            OnRefused(transaction, rejection, byId);
        }

        return rejection;
    }

    /// <summary>A peer does not have transactions any more that it named: the next one that named them is asked.</summary>
    public void OnNotFound(long id, IReadOnlyList<Hash256> hashes)
    {
        foreach (var hash in hashes)
        {
            if (_requests.TryGetValue(hash, out var request) && request.Peer == id) AskNext(hash, request);
        }
    }

    /// <summary>A block came: transactions refused before may be valid now, and those that waited for its own can be judged.</summary>
    public void OnBlockConnected(Block block)
    {
        _rejects.Clear();
        if (Orphans.Count == 0) return;
        foreach (var transaction in block.Transactions) AcceptOrphansOf(transaction);
    }

    /// <summary>Time has passed: who does not send what it named is not waited for.</summary>
    public void Tick()
    {
        if (_mempool.Unbroadcast.Count > 0 && _clock.GetElapsedTime(_lastReattempt) > ReattemptPause) AnnounceUnbroadcast();
        foreach (var (hash, request) in _requests.ToList())
        {
            if (_clock.GetElapsedTime(request.AskedAt) > RequestTimeout) AskNext(hash, request);
        }
    }

    private bool IsUnbroadcast(MempoolEntry entry) => _mempool.Unbroadcast.Contains(entry.Transaction.Id);

    private void OnAccepted(MempoolEntry entry)
    {
        foreach (var peer in _peers.Values) Announce(peer, [entry]);
    }

    private void Announce(RelayPeer peer, IEnumerable<MempoolEntry> entries)
    {
        if (!peer.Terms.WantsTransactions) return;
        var items = entries.Where(entry => peer.Wants(entry) && peer.Remember(entry.Transaction)).Select(entry => peer.NameOf(entry.Transaction)).ToImmutableArray();
        if (items.Length > 0) _send(peer.Id, new InvMessage(items));
    }

    /// <summary>Asks a peer for those of the named transactions that are new, unless another is asked already.</summary>
    private void AskForNew(RelayPeer peer, IEnumerable<Hash256> hashes, InventoryType type)
    {
        var ask = ImmutableArray.CreateBuilder<InventoryItem>();
        foreach (var hash in hashes)
        {
            peer.Remember(hash);
            if (IsHere(hash, type)) continue;
            if (_requests.TryGetValue(hash, out var request))
            {
                if (request.Peer != peer.Id && request.Others.Count < 8) request.Others.Enqueue((peer.Id, type));
                continue;
            }

            if (peer.Asked >= MaxRequests) break;
            Ask(hash, peer, new Request(peer.Id, _clock.GetTimestamp()));
            ask.Add(new InventoryItem(type, hash));
        }

        if (ask.Count > 0) _send(peer.Id, new GetDataMessage(ask.ToImmutable()));
    }

    private bool IsHere(Hash256 hash, InventoryType type) =>
        (type == InventoryType.Wtx ? _mempool.FindEntryByWitnessHash(hash) : _mempool.FindEntry(new TxId(hash))) is not null
        || _rejects.Contains(hash) || Orphans.Contains(hash);

    /// <summary>
    /// A refused one is remembered by its witness hash, which only this very one has: its id may be that of a good one with
    /// another witness. Where it was asked for by that id, whoever else named it may have the good one.
    /// </summary>
    private void OnRefused(Transaction transaction, TransactionRejection rejection, Request? byId)
    {
        if (!rejection.IsWitnessStripped)
        {
            if (_rejects.Count >= MaxRejects) _rejects.Clear();
            _rejects.Add(transaction.WitnessHash);
        }

        if (byId is not null && (rejection.IsWitnessStripped || transaction.HasWitness)) AskNext(transaction.Id.Hash, byId);
    }

    private void AcceptOrphansOf(Transaction parent)
    {
        var open = new Queue<Transaction>([parent]);
        while (open.TryDequeue(out var accepted))
        {
            foreach (var orphan in Orphans.TakeChildren(accepted.Id))
            {
                var rejection = _mempool.Accept(orphan);
                if (rejection is null) open.Enqueue(orphan);
                else if (rejection.IsMissingInputs) Orphans.Add(orphan);
            }
        }
    }

    private void AskForParents(RelayPeer peer, Transaction orphan)
    {
        // An input names its parent by id, whatever else was agreed.
        var parents = orphan.Inputs.Where(input => _mempool.Find(input.PreviousOutput) is null).Select(input => input.PreviousOutput.TxId).Distinct()
            .Where(parent => _mempool.FindEntry(parent) is null);
        AskForNew(peer, parents.Select(parent => parent.Hash).ToList(), peer.TypeOfId);
    }

    private void AskNext(Hash256 hash, Request request)
    {
        EndRequest(hash);
        while (request.Others.TryDequeue(out var other))
        {
            if (!_peers.TryGetValue(other.Peer, out var peer)) continue;
            Ask(hash, peer, new Request(peer.Id, _clock.GetTimestamp()) { Others = request.Others });
            _send(peer.Id, new GetDataMessage([new InventoryItem(other.Type, hash)]));
            return;
        }
    }

    private void Ask(Hash256 hash, RelayPeer peer, Request request)
    {
        _requests.Add(hash, request);
        peer.Asked++;
    }

    private void EndRequest(Hash256 hash)
    {
        if (_requests.Remove(hash, out var request) && _peers.TryGetValue(request.Peer, out var peer)) peer.Asked--;
    }

    private sealed class RelayPeer(long id, RelayTerms terms)
    {
        private readonly HashSet<Hash256> _known = [];

        public long Id => id;

        public RelayTerms Terms => terms;

        /// <summary>How a transaction is asked for by its id.</summary>
        public InventoryType TypeOfId => terms.HasWitnesses ? InventoryType.WitnessTx : InventoryType.Tx;

        /// <summary>How many transactions it is being asked for.</summary>
        public int Asked { get; set; }

        /// <summary>The least fee rate of what it wants to be told of.</summary>
        public long FeeFilter { get; set; }

        /// <summary>How a transaction is named to it.</summary>
        public InventoryItem NameOf(Transaction transaction) => terms.ByWitnessHash
            ? new InventoryItem(InventoryType.Wtx, transaction.WitnessHash)
            : new InventoryItem(InventoryType.Tx, transaction.Id.Hash);

        /// <summary>Whether a transaction pays enough for it.</summary>
        public bool Wants(MempoolEntry entry) => entry.Paid.CompareFeeRate(new PackageSum(1, Size: 1_000, FeeFilter)) >= 0;

        /// <summary>Notes that it has a transaction, or was told of it; false where it was noted before.</summary>
        public bool Remember(Transaction transaction) => Remember(NameOf(transaction).Hash);

        /// <summary>As if it had not been told of a transaction.</summary>
        public void Forget(Transaction transaction) => _known.Remove(NameOf(transaction).Hash);

        /// <summary>Notes what it named.</summary>
        public bool Remember(Hash256 hash)
        {
            if (_known.Count >= MaxKnown) _known.Clear();
            return _known.Add(hash);
        }
    }

    private sealed class Request(long peer, long askedAt)
    {
        public long Peer => peer;

        public long AskedAt => askedAt;

        /// <summary>Who else named it, and how it is asked for there.</summary>
        public Queue<(long Peer, InventoryType Type)> Others { get; init; } = new();
    }
}
