using System.Collections.Immutable;
using Chain.Core.Primitives;
using Chain.Network.Messages;
using Chain.State;

namespace Chain.Node;

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

    private readonly Mempool _mempool;
    private readonly TimeProvider _clock;
    private readonly Action<long, Message> _send;
    private readonly Dictionary<long, RelayPeer> _peers = [];
    private readonly Dictionary<TxId, Request> _requests = [];
    private readonly HashSet<TxId> _rejects = [];

    /// <summary>Creates a relay without peers.</summary>
    public TransactionRelay(Mempool mempool, TimeProvider clock, Action<long, Message> send)
    {
        _mempool = mempool;
        _clock = clock;
        _send = send;
        mempool.TransactionAccepted += OnAccepted;
    }

    /// <summary>Transactions that came before their parents.</summary>
    public OrphanTransactions Orphans { get; } = new();

    /// <summary>A peer is ready: it is told of all that waits here, so that two pools that were apart become one.</summary>
    public void AddPeer(long id, bool hasWitnesses = false)
    {
        _peers.Add(id, new RelayPeer { HasWitnesses = hasWitnesses });
        foreach (var chunk in _mempool.InOrder().Take(MaxKnown).Chunk(ItemsPerMessage)) Announce(id, chunk.Select(entry => entry.Transaction.Id));
    }

    /// <summary>A peer is gone: what it was asked for is asked of others that named it too.</summary>
    public void RemovePeer(long id)
    {
        if (!_peers.Remove(id)) return;
        foreach (var (txId, request) in _requests.ToList())
        {
            if (request.Peer == id) AskNext(txId, request);
        }
    }

    /// <summary>A peer named transactions that it has.</summary>
    public void OnInventory(long id, IReadOnlyList<TxId> ids)
    {
        if (!_peers.TryGetValue(id, out var peer)) return;
        var ask = ImmutableArray.CreateBuilder<InventoryItem>();
        foreach (var txId in ids)
        {
            Remember(id, txId);
            if (_mempool.FindEntry(txId) is not null || _rejects.Contains(txId) || Orphans.Contains(txId)) continue;
            if (_requests.TryGetValue(txId, out var request))
            {
                if (request.Peer != id && request.Others.Count < 8) request.Others.Enqueue(id);
                continue;
            }

            if (peer.Asked >= MaxRequests) break;
            Ask(txId, id, new Request(id, _clock.GetTimestamp()));
            ask.Add(RequestFor(id, txId));
        }

        if (ask.Count > 0) _send(id, new GetDataMessage(ask.ToImmutable()));
    }

    /// <summary>
    /// A peer sent a transaction: the pool judges it, and those that waited for it after it. Gives why it was refused; null
    /// where it was taken, or is kept until its parents come.
    /// </summary>
    public TransactionRejection? OnTransaction(long id, Transaction transaction)
    {
        Remember(id, transaction.Id);
        EndRequest(transaction.Id);
        var rejection = _mempool.Accept(transaction);
        if (rejection is null)
        {
            AcceptOrphansOf(transaction);
        }
        else if (rejection.IsMissingInputs)
        {
            Orphans.Add(transaction);
            AskForParents(id, transaction);
            return null;
        }
        else if (!rejection.IsKnown && !transaction.HasWitness)
        {
            // The id does not cover a witness: anyone could spoil one, and the transaction would be refused by its name.
            if (_rejects.Count >= MaxRejects) _rejects.Clear();
            _rejects.Add(transaction.Id);
        }

        return rejection;
    }

    /// <summary>A peer does not have transactions any more that it named: the next one that named them is asked.</summary>
    public void OnNotFound(long id, IReadOnlyList<TxId> ids)
    {
        foreach (var txId in ids)
        {
            if (_requests.TryGetValue(txId, out var request) && request.Peer == id) AskNext(txId, request);
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
        foreach (var (txId, request) in _requests.ToList())
        {
            if (_clock.GetElapsedTime(request.AskedAt) > RequestTimeout) AskNext(txId, request);
        }
    }

    private static InventoryItem Item(TxId id) => new(InventoryType.Tx, id.Hash);

    private InventoryItem RequestFor(long id, TxId txId) => new(_peers[id].HasWitnesses ? InventoryType.WitnessTx : InventoryType.Tx, txId.Hash);

    private void OnAccepted(MempoolEntry entry)
    {
        foreach (var id in _peers.Keys) Announce(id, [entry.Transaction.Id]);
    }

    private void Announce(long id, IEnumerable<TxId> ids)
    {
        var items = ids.Where(txId => Remember(id, txId)).Select(Item).ToImmutableArray();
        if (items.Length > 0) _send(id, new InvMessage(items));
    }

    /// <summary>Notes that a peer has a transaction; false where it was noted before.</summary>
    private bool Remember(long id, TxId txId)
    {
        if (!_peers.TryGetValue(id, out var peer)) return false;
        if (peer.Known.Count >= MaxKnown) peer.Known.Clear();
        return peer.Known.Add(txId);
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

    private void AskForParents(long id, Transaction orphan)
    {
        var parents = orphan.Inputs.Where(input => _mempool.Find(input.PreviousOutput) is null).Select(input => input.PreviousOutput.TxId).Distinct()
            .Where(parent => _mempool.FindEntry(parent) is null && !Orphans.Contains(parent)).ToList();
        OnInventory(id, parents);
    }

    private void AskNext(TxId txId, Request request)
    {
        EndRequest(txId);
        while (request.Others.TryDequeue(out var other))
        {
            if (!_peers.ContainsKey(other)) continue;
            Ask(txId, other, new Request(other, _clock.GetTimestamp()) { Others = request.Others });
            _send(other, new GetDataMessage([RequestFor(other, txId)]));
            return;
        }
    }

    private void Ask(TxId txId, long id, Request request)
    {
        _requests.Add(txId, request);
        _peers[id].Asked++;
    }

    private void EndRequest(TxId txId)
    {
        if (_requests.Remove(txId, out var request) && _peers.TryGetValue(request.Peer, out var peer)) peer.Asked--;
    }

    private sealed class RelayPeer
    {
        /// <summary>Whether it can send transactions with their witnesses (BIP144).</summary>
        public bool HasWitnesses { get; init; }

        /// <summary>What it has, or was told of.</summary>
        public HashSet<TxId> Known { get; } = [];

        /// <summary>How many transactions it is being asked for.</summary>
        public int Asked { get; set; }
    }

    private sealed class Request(long peer, long askedAt)
    {
        public long Peer => peer;

        public long AskedAt => askedAt;

        /// <summary>Who else named it.</summary>
        public Queue<long> Others { get; init; } = new();
    }
}
