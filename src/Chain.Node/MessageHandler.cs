using System.Collections.Immutable;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Network;
using Chain.Network.Messages;
using Chain.State;
using Microsoft.Extensions.Logging;

namespace Chain.Node;

/// <summary>
/// Where the network and the state meet: what each message does. All but <see cref="ServeAsync"/> runs on the node's loop.
/// </summary>
public sealed class MessageHandler
{
    /// <summary>How long a new tip may remain unsaid while many blocks are coming.</summary>
    private static readonly TimeSpan AnnouncementPause = TimeSpan.FromSeconds(1);

    private const int MaxLater = 10_000;

    /// <summary>
    /// A block that nobody asked for is not kept where its chain ends further below the tip and has less work: whoever makes
    /// such blocks for next to nothing could fill the disk (Core: AcceptBlock, MIN_BLOCKS_TO_KEEP).
    /// </summary>
    public const int MaxUnaskedDepth = 288;

    /// <summary>A peer's height at its handshake may be a lie, or on a branch that lost: it is not believed for longer.</summary>
    private static readonly TimeSpan BehindAtMost = TimeSpan.FromSeconds(10);

    private readonly Chainstate _chainstate;
    private readonly Mempool _mempool;
    private readonly SubmittedHeaders _headers;
    private readonly FeeFilters _feeFilters;
    private readonly BlockAnnouncer _announcer;
    private readonly InventoryServer _server;
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
        _headers = chain.Headers;
        _clock = clock;
        _log = log;
        Sync = new BlockSync(_chainstate, chain.Headers, clock, Send, Disconnect, Punish);
        Relay = new TransactionRelay(_mempool, clock, Send);
        _feeFilters = new FeeFilters(() => _mempool.MinFeeRate, _mempool.Policy.MinRelayFeeRate, clock, Random.Shared, Send);
        _announcer = new BlockAnnouncer(_chainstate.Tree, chain.Headers, Send);
        _server = new InventoryServer(chain, owner, _announcer);
        _chainstate.BlockConnected += (_, block) => Relay.OnBlockConnected(block);
        _chainstate.TipChanged += _ => _tipIsNew = true;
    }

    /// <summary>Fetches blocks.</summary>
    public BlockSync Sync { get; }

    /// <summary>Passes transactions on.</summary>
    public TransactionRelay Relay { get; }

    /// <summary>What a peer has done for this node, and how far both have come with each other's chains.</summary>
    public PeerProgress Describe(long id)
    {
        var state = _peers.GetValueOrDefault(id);
        var best = _announcer.FindBest(id);
        return new PeerProgress
        {
            LastBlock = state?.LastBlock ?? 0,
            LastTransaction = state?.LastTransaction ?? 0,
            BestHeight = best?.Height ?? -1,
            CommonHeight = best is null ? -1 : _chainstate.Tree.FindFork(best)!.Height,
            InFlight = Sync.CountInFlight(id),
            FeeFilter = Relay.FeeFilterOf(id),
        };
    }

    /// <summary>Where this node stands in the chain that its peers have: of those that send blocks, or are asked for some.</summary>
    public SyncState DescribeSync()
    {
        var height = _chainstate.Tip.Height;
        var target = height;
        foreach (var (id, state) in _peers)
        {
            if (state.LastBlock == 0 && Sync.CountInFlight(id) == 0) continue;
            target = Math.Max(target, Math.Max(state.Peer.Version.StartHeight, _announcer.FindBest(id)?.Height ?? 0));
        }

        var headers = Math.Max(height, _headers.BestHeight);
        return new SyncState(Sync.IsCatchingUp, height, headers, Math.Max(target, headers));
    }

    /// <summary>A peer is ready.</summary>
    public void OnHandshake(Peer peer)
    {
        var hasWitnesses = (peer.Version.Services & ServiceFlags.Witness) != 0;
        _peers.Add(peer.Id, new PeerState(peer, _clock.GetTimestamp()));
        _announcer.AddPeer(peer.Id, peer.WantsHeaders);
        SayWhatIsWanted(peer);
        Sync.AddPeer(peer.Id, hasWitnesses, SpeaksHeaders(peer));
        Relay.AddPeer(peer.Id, new RelayTerms
        {
            HasWitnesses = hasWitnesses,
            ByWitnessHash = peer.RelaysByWitnessHash,
            WantsTransactions = peer.Version.Relay && peer.Kind.RelaysTransactions(),
            SharesPool = !SpeaksHeaders(peer),
        });
    }

    /// <summary>A peer is gone.</summary>
    public void OnDisconnected(Peer peer)
    {
        if (!_peers.Remove(peer.Id)) return;
        Sync.RemovePeer(peer.Id);
        Relay.RemovePeer(peer.Id);
        _feeFilters.RemovePeer(peer.Id);
        _announcer.RemovePeer(peer.Id);
        _server.RemovePeer(peer.Id);
    }

    /// <summary>Does what a message asks. Messages that nobody here knows are ignored, as the protocol wants.</summary>
    public void Handle(Peer peer, Message message)
    {
        switch (message)
        {
            case InvMessage inv:
                OnInventory(peer, inv);
                break;
            case TxMessage tx:
                OnTransaction(peer, tx.Transaction);
                break;
            case GetBlocksMessage getBlocks:
                _server.OnGetBlocks(peer, getBlocks);
                break;
            case GetHeadersMessage getHeaders:
                _server.OnGetHeaders(peer, getHeaders);
                break;
            case HeadersMessage headers:
                if (headers.Headers.Length > 0) _announcer.OnHas(peer.Id, headers.Headers[^1].Hash);
                Sync.OnHeaders(peer.Id, headers.Headers);
                break;
            case SendHeadersMessage:
                _announcer.OnSendHeaders(peer.Id);
                break;
            case FeeFilterMessage filter:
                Relay.OnFeeFilter(peer.Id, filter.FeeRate);
                break;
            case NotFoundMessage notFound:
                Sync.OnNotFound(peer.Id, BlocksOf(notFound));
                Relay.OnNotFound(peer.Id, [.. notFound.Items.Where(item => !IsBlock(item)).Select(item => item.Hash)]);
                break;
            case UnknownMessage { Command: "mempool" } when peer.Has(PeerPermissions.NoBan):
                break;
            case UnknownMessage { Command: "mempool" or "filterload" or "filteradd" or "filterclear" }:
                // Bloom filters let anybody make a node read all its blocks (BIP111).
                peer.Disconnect($"it sent '{message.Command}', and this node offers no bloom filters");
                break;
            case RejectMessage reject:
                _log.PeerRejected(peer, reject.RejectedCommand, reject.Reason, reject.Hash?.ToString() ?? "");
                break;
        }
    }

    /// <summary>Answers getdata, on the peer's own task.</summary>
    public Task ServeAsync(Peer peer, GetDataMessage request, CancellationToken cancellationToken) => _server.ServeAsync(peer, request, cancellationToken);

    /// <summary>
    /// Tells all peers of a new tip that do not have it. While many blocks are coming only now and then, but never not at
    /// all: a peer that only says it has many must not silence this node.
    /// </summary>
    public void AnnounceTip()
    {
        if (!_tipIsNew || (Sync.IsCatchingUp && _clock.GetElapsedTime(_lastAnnouncement) < AnnouncementPause)) return;
        _tipIsNew = false;
        _lastAnnouncement = _clock.GetTimestamp();
        _announcer.Announce(_chainstate.Tip);
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
        _feeFilters.Tick();
        foreach (var state in _peers.Values.Where(state => state.Later.Count > 0 && !IsBehind(state)))
        {
            Relay.OnInventory(state.Peer.Id, state.Later);
            state.Later.Clear();
        }
    }

    private static ImmutableArray<BlockHash> BlocksOf(InventoryMessage message) =>
        [.. message.Items.Where(IsBlock).Select(item => new BlockHash(item.Hash))];

    private static bool IsBlock(InventoryItem item) => item.Type is InventoryType.Block or InventoryType.WitnessBlock;

    /// <summary>Whether a peer names a transaction in the way that was agreed with it; what it names otherwise is ignored, as in Core.</summary>
    private static bool IsTransaction(Peer peer, InventoryItem item) =>
        peer.RelaysByWitnessHash ? item.Type == InventoryType.Wtx : item.Type is InventoryType.Tx or InventoryType.WitnessTx;

    /// <summary>
    /// Whether a peer is asked for headers before blocks, as Core does: one of Bitcoin's own nodes on Bitcoin's own rules. Nodes of
    /// a private chain name blocks, which the simplest client can.
    /// </summary>
    private bool SpeaksHeaders(Peer peer) =>
        _chainstate.Params.Profile != Profiles.Private && peer.Version.ProtocolVersion >= SendHeadersMessage.SinceVersion
        && !peer.Version.UserAgent.StartsWith("/chain:", StringComparison.Ordinal);

    /// <summary>New blocks by their headers, and no transactions that the pool would refuse.</summary>
    private void SayWhatIsWanted(Peer peer)
    {
        if (peer.Version.ProtocolVersion >= SendHeadersMessage.SinceVersion) peer.TrySend(new SendHeadersMessage());
        if (peer.Kind.RelaysTransactions() && peer.Version.ProtocolVersion >= FeeFilterMessage.SinceVersion && !peer.Has(PeerPermissions.ForceRelay)) _feeFilters.AddPeer(peer.Id);
    }

    private void OnInventory(Peer peer, InvMessage inv)
    {
        var blocks = BlocksOf(inv);
        if (blocks.Length > 0) _announcer.OnHas(peer.Id, blocks[^1]);
        Sync.OnInventory(peer.Id, blocks);

        // While this node lacks blocks that the peer has, the peer's transactions would seem to spend nothing.
        var transactions = inv.Items.Where(item => IsTransaction(peer, item)).Select(item => item.Hash).ToList();
        if (_peers.TryGetValue(peer.Id, out var state) && IsBehind(state)) state.Later.AddRange(transactions.Take(MaxLater - state.Later.Count));
        else Relay.OnInventory(peer.Id, transactions);
    }

    private bool IsBehind(PeerState state) =>
        _chainstate.Tip.Height < state.Peer.Version.StartHeight && _clock.GetElapsedTime(state.Since) < BehindAtMost;

    /// <summary>Takes a block that a peer sent.</summary>
    public void OnBlock(Peer peer, CheckedBlock isChecked)
    {
        var block = isChecked.Block;
        var wasAskedFor = Sync.OnBlock(peer.Id, block.Hash);
        _announcer.OnHas(peer.Id, block.Hash);
        if (!wasAskedFor && IsFarBelow(block.Header))
        {
            _log.BlockIgnored(block.Hash, peer, MaxUnaskedDepth);
            return;
        }

        var result = _chainstate.ProcessBlock(isChecked);
        LogResult(peer, block, result);
        switch (result.Outcome)
        {
            case BlockOutcome.Accepted:
                if (_peers.TryGetValue(peer.Id, out var state)) state.LastBlock = _clock.GetUtcNow().ToUnixTimeSeconds();
                ProcessOrphansOf(block.Hash);
                break;
            case BlockOutcome.Orphan:
                Sync.Orphans.Add(block, peer.Id);
                Sync.OnOrphan(peer.Id);
                break;
            case BlockOutcome.Rejected:
                Punish(peer.Id, block, result.Violation!);
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
                else if (result.Violation is { } violation) Punish(sender, orphan, violation);
            }
        }
    }

    private bool IsFarBelow(BlockHeader header) =>
        _chainstate.Tree.Find(header.PreviousBlockHash) is { } parent
        && parent.Height + 1 < _chainstate.Tip.Height - MaxUnaskedDepth && parent.TotalWork < _chainstate.Tip.TotalWork;

    private void Punish(long sender, Block block, RuleViolation violation)
    {
        var blame = violation.Error.Blame();
        if (blame is Blame.Guilty or Blame.Mutated) Punish(sender, $"it sent the invalid block {block.Hash}: {violation}");
        if (blame == Blame.Mutated) Sync.OnMutated(sender);
    }

    private void OnTransaction(Peer peer, Transaction transaction)
    {
        var rejection = Relay.OnTransaction(peer.Id, transaction);
        if (rejection is null && _mempool.FindEntry(transaction.Id) is not null && _peers.TryGetValue(peer.Id, out var state))
            state.LastTransaction = _clock.GetUtcNow().ToUnixTimeSeconds();
        if (rejection is null || rejection.IsKnown) return;
        _log.TransactionRefused(transaction.Id, peer, rejection);
        if (!SpeaksHeaders(peer)) peer.TrySend(new RejectMessage(TxMessage.CommandName, CodeOf(rejection), rejection.RejectReason, transaction.Id.Hash));
        if (rejection.IsGuilty) Punish(peer.Id, $"it sent the invalid transaction {transaction.Id}: {rejection}");
    }

    private static RejectCode CodeOf(TransactionRejection rejection) => rejection.Policy switch
    {
        null or PolicyError.Coinbase or PolicyError.SpendsConflicting => RejectCode.Invalid,
        PolicyError.Conflict or PolicyError.AlreadyInMempool or PolicyError.SameNonWitnessData or PolicyError.AlreadyKnown => RejectCode.Duplicate,
        PolicyError.Dust => RejectCode.Dust,
        PolicyError.MempoolMinFeeNotMet or PolicyError.MinRelayFeeNotMet or PolicyError.InsufficientFee or PolicyError.MempoolFull => RejectCode.InsufficientFee,
        _ => RejectCode.Nonstandard,
    };

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

    /// <summary>Leaves who broke the protocol, unless it was permitted to (Core: Misbehaving).</summary>
    private void Punish(long id, string reason)
    {
        if (_peers.TryGetValue(id, out var state) && !state.Peer.Has(PeerPermissions.NoBan)) state.Peer.Disconnect(reason);
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

        /// <summary>When it last sent a new valid block, in Unix seconds; 0 before.</summary>
        public long LastBlock { get; set; }

        /// <summary>When it last sent a transaction that the pool took, in Unix seconds; 0 before.</summary>
        public long LastTransaction { get; set; }

        /// <summary>Transactions that it named while this node lacked blocks.</summary>
        public List<Hash256> Later { get; } = [];
    }
}
