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
    private const int MaxRequestsPerPeer = 1_000;
    private const int MaxWantedPerPeer = 20_000;
    private const int MaxRejects = 10_000;
    private const int ItemsPerMessage = 1_000;

    /// <summary>How long a peer may take to send a transaction before another one that named it is asked.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    private readonly Mempool _mempool;
    private readonly TimeProvider _clock;
    private readonly Action<long, Message> _send;
    private readonly Dictionary<long, RelayPeer> _peers = [];
    private readonly Dictionary<TxId, PendingRequest> _requests = [];
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

    /// <summary>A peer is ready: it is told of what waits here, so that two pools that were apart become one.</summary>
    public void AddPeer(long id, bool hasWitnesses)
    {
        _peers.Add(id, new RelayPeer(id, hasWitnesses));
        foreach (var chunk in _mempool.InOrder().Take(MaxKnown).Chunk(ItemsPerMessage)) Announce(_peers[id], chunk.Select(entry => entry.Transaction.Id));
    }

    /// <summary>A peer is gone: what it was asked for is asked of others that named it too.</summary>
    public void RemovePeer(long id)
    {
        if (!_peers.Remove(id)) return;
        foreach (var (txId, request) in _requests.ToList())
        {
            if (request.Peer.Id == id) AskNext(txId, request);
        }
    }

    /// <summary>A peer named transactions that it has.</summary>
    public void OnInventory(long id, IEnumerable<TxId> ids)
    {
        if (!_peers.TryGetValue(id, out var peer)) return;
        foreach (var txId in ids)
        {
            peer.Remember(txId);
            if (peer.Wanted.Count < MaxWantedPerPeer && !IsHere(txId)) peer.Wanted.Enqueue(txId);
        }

        Ask(peer);
    }

    /// <summary>A peer does not have transactions that it was asked for: the next one that named them is.</summary>
    public void OnNotFound(long id, IEnumerable<TxId> ids)
    {
        foreach (var txId in ids)
        {
            if (_requests.TryGetValue(txId, out var request) && request.Peer.Id == id) AskNext(txId, request);
        }

        if (_peers.TryGetValue(id, out var peer)) Ask(peer);
    }

    /// <summary>
    /// A peer sent a transaction: the pool judges it, and those that waited for it after it. Gives why it was refused; null
    /// where it was taken, or is kept until its parents come.
    /// </summary>
    public TransactionRejection? OnTransaction(long id, Transaction transaction)
    {
        _peers.TryGetValue(id, out var sender);
        sender?.Remember(transaction.Id);
        if (_requests.Remove(transaction.Id, out var request)) request.Peer.InFlight--;
        if (sender is not null) Ask(sender);
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
            // The id does not cover a witness: anyone could spoil it, and the transaction would be refused under its name.
            if (_rejects.Count >= MaxRejects) _rejects.Clear();
            _rejects.Add(transaction.Id);
        }

        return rejection;
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

        foreach (var peer in _peers.Values) Ask(peer);
    }

    private bool IsHere(TxId id) => _mempool.FindEntry(id) is not null || _rejects.Contains(id) || Orphans.Contains(id);

    private void OnAccepted(MempoolEntry entry)
    {
        foreach (var peer in _peers.Values) Announce(peer, [entry.Transaction.Id]);
    }

    private void Announce(RelayPeer peer, IEnumerable<TxId> ids)
    {
        var items = ids.Where(peer.Remember).Select(id => new InventoryItem(InventoryType.Tx, id.Hash)).ToImmutableArray();
        if (items.Length > 0) _send(peer.Id, new InvMessage(items));
    }

    /// <summary>Asks a peer for what it named, a bounded number at a time, so that no peer takes the place of others.</summary>
    private void Ask(RelayPeer peer)
    {
        var items = ImmutableArray.CreateBuilder<InventoryItem>();
        while (peer.InFlight < MaxRequestsPerPeer && peer.Wanted.TryDequeue(out var txId))
        {
            if (IsHere(txId)) continue;
            if (_requests.TryGetValue(txId, out var request))
            {
                if (request.Peer != peer && request.Others.Count < 8) request.Others.Enqueue(peer.Id);
                continue;
            }

            items.Add(Request(txId, peer, []));
        }

        if (items.Count > 0) _send(peer.Id, new GetDataMessage(items.ToImmutable()));
    }

    private InventoryItem Request(TxId txId, RelayPeer peer, Queue<long> others)
    {
        _requests.Add(txId, new PendingRequest(peer, _clock.GetTimestamp(), others));
        peer.InFlight++;
        return new InventoryItem(peer.HasWitnesses ? InventoryType.WitnessTx : InventoryType.Tx, txId.Hash);
    }

    private void AskNext(TxId txId, PendingRequest request)
    {
        _requests.Remove(txId);
        request.Peer.InFlight--;
        while (request.Others.TryDequeue(out var other))
        {
            if (!_peers.TryGetValue(other, out var peer)) continue;
            _send(other, new GetDataMessage([Request(txId, peer, request.Others)]));
            return;
        }
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

    private void AskForParents(long id, Transaction orphan) =>
        OnInventory(id, orphan.Inputs.Where(input => _mempool.Find(input.PreviousOutput) is null).Select(input => input.PreviousOutput.TxId).Distinct());

    private sealed class RelayPeer(long id, bool hasWitnesses)
    {
        private readonly HashSet<TxId> _known = [];

        public long Id => id;

        /// <summary>Whether it can send transactions with their witnesses (BIP144).</summary>
        public bool HasWitnesses => hasWitnesses;

        /// <summary>Named by the peer, not yet asked for.</summary>
        public Queue<TxId> Wanted { get; } = new();

        /// <summary>Asked for, not yet sent.</summary>
        public int InFlight { get; set; }

        /// <summary>Notes that the peer has a transaction; false where it was noted before.</summary>
        public bool Remember(TxId txId)
        {
            if (_known.Count >= MaxKnown) _known.Clear();
            return _known.Add(txId);
        }
    }

    /// <summary>Whom a transaction was asked of, when, and who else named it.</summary>
    private sealed record PendingRequest(RelayPeer Peer, long AskedAt, Queue<long> Others);
}
