using System.Collections.Immutable;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Network;
using Chain.Network.Messages;
using Chain.State;
using Microsoft.Extensions.Logging;

namespace Chain.Node;

/// <summary>
/// Where the network and the state meet: what each message does to the chain and the pool, and what is answered. All but
/// <see cref="ServeAsync"/> runs on the node's loop.
/// </summary>
public sealed class MessageHandler
{
    /// <summary>How long a new tip may remain unsaid while many blocks are coming.</summary>
    private static readonly TimeSpan AnnouncementPause = TimeSpan.FromSeconds(1);

    private const int MaxLater = 10_000;

    /// <summary>A peer's height at its handshake may be a lie, or on a branch that lost: it is not believed for longer.</summary>
    private static readonly TimeSpan BehindAtMost = TimeSpan.FromSeconds(10);

    private readonly Chainstate _chainstate;
    private readonly Mempool _mempool;
    private readonly IStateOwner _owner;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Dictionary<long, PeerState> _peers = [];
    private bool _tipIsNew;
    private long _lastAnnouncement;

    /// <summary>Creates the handler of one node.</summary>
    public MessageHandler(LoadedChain chain, IStateOwner owner, TimeProvider clock, ILogger log)
    {
        _chainstate = chain.Chainstate;
        _mempool = chain.Mempool;
        _owner = owner;
        _clock = clock;
        _log = log;
        Sync = new BlockSync(_chainstate, clock, Send, Disconnect);
        Relay = new TransactionRelay(_mempool, clock, Send);
        _chainstate.BlockConnected += (_, block) => Relay.OnBlockConnected(block);
        _chainstate.TipChanged += _ => _tipIsNew = true;
    }

    /// <summary>Fetches blocks.</summary>
    public BlockSync Sync { get; }

    /// <summary>Passes transactions on.</summary>
    public TransactionRelay Relay { get; }

    /// <summary>A peer is ready.</summary>
    public void OnHandshake(Peer peer)
    {
        var hasWitnesses = (peer.Version.Services & ServiceFlags.Witness) != 0;
        _peers.Add(peer.Id, new PeerState(peer, _clock.GetTimestamp()));
        Sync.AddPeer(peer.Id, hasWitnesses);
        Relay.AddPeer(peer.Id, hasWitnesses);
    }

    /// <summary>A peer is gone.</summary>
    public void OnDisconnected(Peer peer)
    {
        if (!_peers.Remove(peer.Id)) return;
        Sync.RemovePeer(peer.Id);
        Relay.RemovePeer(peer.Id);
    }

    /// <summary>Does what a message asks. Messages that nobody here knows are ignored, as the protocol wants.</summary>
    public void Handle(Peer peer, Message message)
    {
        switch (message)
        {
            case InvMessage inv:
                OnInventory(peer, inv);
                break;
            case BlockMessage block:
                OnBlock(peer, block.Block);
                break;
            case TxMessage tx:
                OnTransaction(peer, tx.Transaction);
                break;
            case GetBlocksMessage getBlocks:
                OnGetBlocks(peer, getBlocks);
                break;
            case GetHeadersMessage getHeaders:
                OnGetHeaders(peer, getHeaders);
                break;
            case HeadersMessage headers:
                Sync.OnInventory(peer.Id, [.. headers.Headers.Select(header => header.Hash)]);
                break;
            case NotFoundMessage notFound:
                Sync.OnNotFound(peer.Id, BlocksOf(notFound));
                Relay.OnNotFound(peer.Id, TransactionsOf(notFound));
                break;
            case RejectMessage reject:
                _log.PeerRejected(peer, reject.RejectedCommand, reject.Reason, reject.Hash?.ToString() ?? "");
                break;
        }
    }

    /// <summary>
    /// Answers getdata item by item on the peer's own task, which waits while the peer does not take what is sent: a request
    /// for thousands of blocks costs no memory.
    /// </summary>
    public async Task ServeAsync(Peer peer, GetDataMessage request, CancellationToken cancellationToken)
    {
        var missing = ImmutableArray.CreateBuilder<InventoryItem>();
        foreach (var item in request.Items)
        {
            var answer = await _owner.InvokeAsync(() => Find(peer, item)).ConfigureAwait(false);
            if (answer.IsEmpty) missing.Add(item);
            foreach (var message in answer)
            {
                if (!await peer.SendAsync(message, cancellationToken).ConfigureAwait(false)) return;
            }
        }

        if (missing.Count > 0) await peer.SendAsync(new NotFoundMessage(missing.ToImmutable()), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Names a new tip to all peers that do not have it. While many blocks are coming only now and then, but never not at
    /// all: a peer that only says it has many must not silence this node.
    /// </summary>
    public void AnnounceTip()
    {
        if (!_tipIsNew || (Sync.IsCatchingUp && _clock.GetElapsedTime(_lastAnnouncement) < AnnouncementPause)) return;
        _tipIsNew = false;
        _lastAnnouncement = _clock.GetTimestamp();
        var hash = _chainstate.Tip.Hash;
        var announcement = new InvMessage([new InventoryItem(InventoryType.Block, hash.Hash)]);
        foreach (var state in _peers.Values)
        {
            if (state.LastKnownBlock != hash) state.Peer.TrySend(announcement);
            state.LastKnownBlock = hash;
        }
    }

    /// <summary>Takes a block that came from nobody: the miner's, or a command's.</summary>
    public ProcessBlockResult SubmitBlock(Block block)
    {
        var result = _chainstate.ProcessBlock(block);
        LogResult(null, block, result);
        ProcessOrphansOf(block.Hash);
        return result;
    }

    /// <summary>Time has passed.</summary>
    public void Tick()
    {
        Sync.Tick();
        Relay.Tick();
        foreach (var state in _peers.Values.Where(state => state.Later.Count > 0 && !IsBehind(state)))
        {
            Relay.OnInventory(state.Peer.Id, state.Later);
            state.Later.Clear();
        }
    }

    private static ImmutableArray<BlockHash> BlocksOf(InventoryMessage message) =>
        [.. message.Items.Where(IsBlock).Select(item => new BlockHash(item.Hash))];

    private static ImmutableArray<TxId> TransactionsOf(InventoryMessage message) =>
        [.. message.Items.Where(IsTransaction).Select(item => new TxId(item.Hash))];

    private static bool IsBlock(InventoryItem item) => item.Type is InventoryType.Block or InventoryType.WitnessBlock;

    private static bool IsTransaction(InventoryItem item) => item.Type is InventoryType.Tx or InventoryType.WitnessTx;

    private void OnInventory(Peer peer, InvMessage inv)
    {
        var blocks = BlocksOf(inv);
        if (_peers.TryGetValue(peer.Id, out var state) && blocks.Length > 0) state.LastKnownBlock = blocks[^1];
        Sync.OnInventory(peer.Id, blocks);

        // While this node lacks blocks that the peer has, the peer's transactions would seem to spend nothing.
        var transactions = TransactionsOf(inv);
        if (state is not null && IsBehind(state)) state.Later.AddRange(transactions.Take(MaxLater - state.Later.Count));
        else Relay.OnInventory(peer.Id, transactions);
    }

    private bool IsBehind(PeerState state) =>
        _chainstate.Tip.Height < state.Peer.Version.StartHeight && _clock.GetElapsedTime(state.Since) < BehindAtMost;

    private void OnBlock(Peer peer, Block block)
    {
        Sync.OnBlock(peer.Id, block.Hash);
        if (_peers.TryGetValue(peer.Id, out var state)) state.LastKnownBlock = block.Hash;
        var result = _chainstate.ProcessBlock(block);
        LogResult(peer, block, result);
        switch (result.Outcome)
        {
            case BlockOutcome.Accepted:
                ProcessOrphansOf(block.Hash);
                break;
            case BlockOutcome.Orphan:
                Sync.Orphans.Add(block, peer.Id);
                Sync.OnOrphan(peer.Id);
                break;
            case BlockOutcome.Rejected when result.Violation!.Error.Blame() is Blame.Guilty or Blame.Mutated:
                peer.Disconnect($"it sent the invalid block {block.Hash}: {result.Violation}");
                break;
        }

        Sync.Continue(peer.Id);
    }

    private void ProcessOrphansOf(BlockHash parent)
    {
        var open = new Queue<BlockHash>([parent]);
        while (open.TryDequeue(out var hash))
        {
            foreach (var (orphan, sender) in Sync.Orphans.TakeChildren(hash))
            {
                var result = _chainstate.ProcessBlock(orphan);
                LogResult(_peers.GetValueOrDefault(sender)?.Peer, orphan, result);
                if (result.Outcome == BlockOutcome.Accepted) open.Enqueue(orphan.Hash);
                else if (result.Violation?.Error.Blame() is Blame.Guilty or Blame.Mutated) Disconnect(sender, $"it sent the invalid block {orphan.Hash}: {result.Violation}");
            }
        }
    }

    private void OnTransaction(Peer peer, Transaction transaction)
    {
        var rejection = Relay.OnTransaction(peer.Id, transaction);
        if (rejection is null || rejection.IsKnown) return;
        _log.TransactionRefused(transaction.Id, peer, rejection);
        peer.TrySend(new RejectMessage(TxMessage.CommandName, CodeOf(rejection), rejection.RejectReason, transaction.Id.Hash));
        if (rejection.IsGuilty) peer.Disconnect($"it sent the invalid transaction {transaction.Id}: {rejection}");
    }

    private static RejectCode CodeOf(TransactionRejection rejection) => rejection.Policy switch
    {
        null => RejectCode.Invalid,
        PolicyError.Conflict or PolicyError.AlreadyInMempool or PolicyError.AlreadyKnown => RejectCode.Duplicate,
        PolicyError.MinRelayFeeNotMet or PolicyError.MempoolFull => RejectCode.InsufficientFee,
        _ => RejectCode.Nonstandard,
    };

    private void OnGetBlocks(Peer peer, GetBlocksMessage request)
    {
        var items = FollowUps(request, BlockSync.FullInventory).TakeWhile(node => node.Hash != request.StopHash)
            .Select(node => new InventoryItem(InventoryType.Block, node.Hash.Hash)).ToImmutableArray();
        if (items.IsEmpty) return;

        // Once the last of a full answer was fetched, a peer that knows no better is told of the tip, and asks again.
        if (items.Length == BlockSync.FullInventory && _peers.TryGetValue(peer.Id, out var state)) state.ContinueAfter = new BlockHash(items[^1].Hash);
        peer.TrySend(new InvMessage(items));
    }

    private void OnGetHeaders(Peer peer, GetHeadersMessage request)
    {
        // Without a locator the stop hash alone names the block that is asked for.
        ImmutableArray<BlockHeader> headers = request.Locator.Hashes.IsEmpty
            ? _chainstate.Tree.Find(request.StopHash) is { IsFailed: false } node ? [node.Header] : []
            : [.. FollowUps(request, HeadersMessage.MaxHeaders).Select(n => n.Header)];
        peer.TrySend(new HeadersMessage(headers));
    }

    /// <summary>The blocks of the active chain that follow what a peer has, up to and with the one at which it wants to stop.</summary>
    private IEnumerable<BlockNode> FollowUps(LocatorMessage request, int most)
    {
        var height = _chainstate.Tree.FindFork(request.Locator).Height + 1;
        for (var i = 0; i < most && _chainstate.Tree.FindActive(height + i) is { } node; i++)
        {
            yield return node;
            if (node.Hash == request.StopHash) yield break;
        }
    }

    private ImmutableArray<Message> Find(Peer peer, InventoryItem item)
    {
        var withWitness = item.Type is InventoryType.WitnessBlock or InventoryType.WitnessTx;
        if (IsTransaction(item))
            return _mempool.FindEntry(new TxId(item.Hash)) is { } entry ? [new TxMessage(entry.Transaction, withWitness)] : [];
        if (!IsBlock(item) || _chainstate.Tree.Find(new BlockHash(item.Hash)) is not { IsFailed: false } node) return [];

        var block = new BlockMessage(_chainstate.GetBlock(node), withWitness);
        if (!_peers.TryGetValue(peer.Id, out var state) || state.ContinueAfter != node.Hash) return [block];
        state.ContinueAfter = default;
        return [block, new InvMessage([new InventoryItem(InventoryType.Block, _chainstate.Tip.Hash.Hash)])];
    }

    private void LogResult(Peer? peer, Block block, ProcessBlockResult result)
    {
        var from = peer?.ToString() ?? "this node";
        switch (result.Outcome)
        {
            case BlockOutcome.Accepted:
                _log.BlockAccepted(result.Node!.Height, block.Hash, block.Transactions.Length, from, _chainstate.Tree.IsActive(result.Node) ? "chain" : "branch");
                break;
            case BlockOutcome.Orphan:
                _log.BlockOrphan(block.Hash, from);
                break;
            case BlockOutcome.Rejected:
                _log.BlockRejected(block.Hash, from, result.Violation!);
                break;
        }
    }

    private void Send(long id, Message message)
    {
        if (_peers.TryGetValue(id, out var state)) state.Peer.TrySend(message);
    }

    private void Disconnect(long id, string reason)
    {
        if (_peers.TryGetValue(id, out var state)) state.Peer.Disconnect(reason);
    }

    private sealed class PeerState(Peer peer, long since)
    {
        public Peer Peer => peer;

        /// <summary>When its handshake was done.</summary>
        public long Since => since;

        /// <summary>Transactions that it named while this node lacked blocks.</summary>
        public List<TxId> Later { get; } = [];

        /// <summary>The newest block that the peer named, sent, or was told of.</summary>
        public BlockHash LastKnownBlock { get; set; }

        /// <summary>The last block of a full answer to getblocks.</summary>
        public BlockHash ContinueAfter { get; set; }
    }
}
