using System.Collections.Immutable;
using System.Numerics;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Network.Messages;
using Chain.State;

namespace Chain.Node;

/// <summary>
/// Fetches the blocks that this node lacks. It asks a peer which blocks follow its own (getblocks), takes their names (inv),
/// and asks for a window of blocks at a time (getdata) from one peer; when that one stalls, the next goes on. A machine
/// without I/O: events and the clock's reading in, messages and disconnections out through two delegates.
/// </summary>
public sealed class BlockSync
{
    /// <summary>The most blocks that are asked of a peer before it sent the first of them.</summary>
    public const int Window = 16;

    /// <summary>How many names an answer to getblocks has where there are more to come.</summary>
    public const int FullInventory = 500;

    /// <summary>
    /// Up to how many blocks are news rather than a chain: they are asked for while another peer is sending its chain, and
    /// do not keep others from sending theirs.
    /// </summary>
    private const int Announcement = 2;

    /// <summary>The most names that are kept of one peer: who has more is asked again.</summary>
    private const int MaxWanted = 2_000;

    /// <summary>How often in a row a peer may send headers that connect to nothing here: each tenth time is a fifth of what Core forgives.</summary>
    public const int MaxUnconnectingHeaders = 49;

    /// <summary>How long a peer may take to send anything of what it was asked for.</summary>
    public static readonly TimeSpan StallTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long half a window of blocks may take, where another peer waits for its turn.</summary>
    public static readonly TimeSpan SlowTimeout = TimeSpan.FromSeconds(60);

    private readonly Chainstate _chainstate;
    private readonly SubmittedHeaders _headers;
    private readonly TimeProvider _clock;
    private readonly Action<long, Message> _send;
    private readonly Action<long, string> _disconnect;
    private readonly Action<long, string> _punish;
    private readonly Dictionary<long, SyncPeer> _peers = [];
    private readonly Dictionary<BlockHash, SyncPeer> _inFlight = [];

    /// <summary>Creates a machine without peers. Who breaks the protocol is left by <paramref name="punish"/>, where that is not as any other.</summary>
    public BlockSync(Chainstate chainstate, SubmittedHeaders headers, TimeProvider clock, Action<long, Message> send, Action<long, string> disconnect, Action<long, string>? punish = null)
    {
        _punish = punish ?? disconnect;
        _chainstate = chainstate;
        _headers = headers;
        _clock = clock;
        _send = send;
        _disconnect = disconnect;
    }

    /// <summary>Blocks that came before their parents.</summary>
    public OrphanBlocks Orphans { get; } = new();

    /// <summary>Whether many blocks are on their way: a bad time to announce each one to others.</summary>
    public bool IsCatchingUp => _peers.Values.Any(peer => peer.InFlight > 0 && (peer.Wanted.Count > Announcement || peer.HasMore));

    /// <summary>How many blocks a peer is being asked for.</summary>
    public int CountInFlight(long id) => _peers.TryGetValue(id, out var peer) ? peer.InFlight : 0;

    /// <summary>
    /// A peer is ready: it is asked what it has beyond this node's chain. Where it is one of Bitcoin's nodes that means its
    /// headers, of which those of enough work are fetched; where it is one of ours, or an old one, the names of its blocks.
    /// </summary>
    public void AddPeer(long id, bool hasWitnesses = false, bool byHeaders = false)
    {
        _peers.Add(id, new SyncPeer(id, hasWitnesses, byHeaders));
        AskForMore(_peers[id]);
    }

    /// <summary>A peer is gone: what it was asked for is asked of the others.</summary>
    public void RemovePeer(long id)
    {
        _headers.Leave(id);
        if (!_peers.Remove(id, out var gone) || (gone.InFlight == 0 && Orphans.Count == 0)) return;
        foreach (var (hash, peer) in _inFlight)
        {
            if (peer == gone) _inFlight.Remove(hash);
        }

        foreach (var other in _peers.Values) AskForMore(other);
        ContinueAll();
    }

    /// <summary>A peer named blocks that it has.</summary>
    public void OnInventory(long id, IReadOnlyList<BlockHash> hashes)
    {
        if (!_peers.TryGetValue(id, out var peer) || hashes.Count == 0) return;
        if (!peer.ByHeaders) OnNames(peer, hashes, FullInventory);
        else if (hashes.LastOrDefault(hash => !IsKnown(hash)) is var last && last != default)
            _send(id, new GetHeadersMessage(BlockTree.CreateLocator(_chainstate.Tip), last));
    }

    /// <summary>
    /// A peer sent headers, as news (BIP130) or because it was asked. Their blocks are fetched where their chain has at least
    /// the work of this node's; where they connect to nothing here, the peer is asked for what lies between.
    /// </summary>
    public void OnHeaders(long id, IReadOnlyList<BlockHeader> headers)
    {
        if (!_peers.TryGetValue(id, out var peer) || headers.Count == 0) return;
        if (FindBreach(headers) is { } breach)
        {
            _punish(id, breach);
        }
        else if (!Connects(peer, headers[0].PreviousBlockHash))
        {
            if (++peer.Unconnecting > MaxUnconnectingHeaders) _punish(id, $"{peer.Unconnecting} times it sent headers that connect to nothing");
            else _send(id, new GetHeadersMessage(BlockTree.CreateLocator(_chainstate.Tip)));
        }
        else
        {
            peer.Unconnecting = 0;
            if (peer.ByHeaders) Follow(peer, headers);
            else if (HasWork(headers)) OnNames(peer, [.. headers.Select(header => header.Hash)], HeadersMessage.MaxHeaders);
        }
    }

    /// <summary>Keeps headers, and fetches what their chain lacks of blocks as soon as it has at least the work of this node's.</summary>
    private void Follow(SyncPeer peer, IReadOnlyList<BlockHeader> headers)
    {
        if (_headers.Submit(headers, peer.Id) is var (header, violation))
        {
            if (violation.Error is not RuleError.KnownInvalid && violation.Error.Blame() == Blame.Guilty)
                _punish(peer.Id, $"it sent the invalid header {header.Hash}: {violation}");
            return;
        }

        var last = _headers.Find(headers[^1].Hash);
        var missing = FindMissing(last);
        var isFull = headers.Count >= HeadersMessage.MaxHeaders;
        if (missing.Count > 0)
        {
            OnNames(peer, missing, isFull ? missing.Count : int.MaxValue);
        }
        else if (isFull && last is not null && peer.LastNamed != last.Header.Hash)
        {
            peer.LastNamed = last.Header.Hash;
            _send(peer.Id, new GetHeadersMessage(new BlockLocator([peer.LastNamed, .. BlockTree.CreateLocator(last.BlockBelow).Hashes])));
        }
    }

    /// <summary>The blocks of a chain of headers, lowest first; none where it has less work than this node's chain.</summary>
    private List<BlockHash> FindMissing(HeaderOnly? last)
    {
        var missing = new List<BlockHash>();
        if (last is null || last.TotalWork < _chainstate.Tip.TotalWork) return missing;
        for (var header = last; header is not null; header = header.Parent as HeaderOnly)
        {
            if (!IsHere(header.Header.Hash)) missing.Add(header.Header.Hash);
        }

        missing.Reverse();
        return missing;
    }

    private void OnNames(SyncPeer peer, IReadOnlyList<BlockHash> hashes, int full)
    {
        foreach (var hash in hashes)
        {
            if (peer.Wanted.Count < MaxWanted && !IsHere(hash)) peer.Wanted.Enqueue(hash);
        }

        // Who repeats itself has no more, whatever it says.
        peer.HasMore = hashes.Count >= full && hashes[^1] != peer.LastNamed;
        peer.LastNamed = hashes[^1];
        Continue(peer);

        // What lies below a block that waits here was perhaps asked of somebody who is gone.
        if (hashes.Any(Orphans.Contains)) OnOrphan(peer.Id);
    }

    /// <summary>
    /// A peer sent a block; false where nobody was asked for it. <see cref="Continue(long)"/> follows once it is processed.
    /// </summary>
    public bool OnBlock(long id, BlockHash hash)
    {
        if (!_inFlight.Remove(hash, out var asked)) return false;
        asked.InFlight--;

        // A peer that sends what nobody asked it for makes no progress.
        if (asked.Id == id) asked.LastProgress = _clock.GetTimestamp();
        return true;
    }

    /// <summary>
    /// What a peer sent as a block was not what its hash stands for: the hash says nothing against the block, so the others
    /// are asked what follows this node's chain.
    /// </summary>
    public void OnMutated(long id)
    {
        foreach (var other in _peers.Values.Where(other => other.Id != id)) AskForMore(other);
    }

    /// <summary>A block's parent is not known: the peer that sent it is asked for what lies between.</summary>
    public void OnOrphan(long id)
    {
        if (_peers.TryGetValue(id, out var peer) && peer.Wanted.Count == 0 && peer.InFlight == 0) AskForMore(peer);
    }

    /// <summary>
    /// A peer does not have blocks that it named: what else it named counts for nothing, and the others are asked. The
    /// second time it is left.
    /// </summary>
    public void OnNotFound(long id, IReadOnlyList<BlockHash> hashes)
    {
        if (!_peers.TryGetValue(id, out var peer)) return;
        var missing = hashes.Count(hash => _inFlight.TryGetValue(hash, out var asked) && asked == peer && _inFlight.Remove(hash));
        if (missing == 0) return;
        peer.InFlight -= missing;
        peer.Wanted.Clear();
        peer.HasMore = false;
        if (++peer.Broken > 1)
        {
            _disconnect(id, "it names blocks that it does not have");
            RemovePeer(id);
        }

        foreach (var other in _peers.Values.Where(other => other != peer)) AskForMore(other);
        ContinueAll();
    }

    /// <summary>Asks a peer for its next blocks, and the others where they were waiting for it.</summary>
    public void Continue(long id)
    {
        if (_peers.TryGetValue(id, out var peer)) Continue(peer);
        if (_inFlight.Count == 0) ContinueAll();
    }

    /// <summary>
    /// Time has passed: who sends nothing of what it was asked for is left, and who sends so slowly that it only keeps others
    /// from their turn.
    /// </summary>
    public void Tick()
    {
        foreach (var peer in _peers.Values.Where(peer => peer.InFlight > 0).ToList())
        {
            if (FindDelay(peer) is not { } delay) continue;
            _disconnect(peer.Id, delay);
            RemovePeer(peer.Id);
        }
    }

    private string? FindDelay(SyncPeer peer)
    {
        if (_clock.GetElapsedTime(peer.LastProgress) > StallTimeout)
            return $"it was asked for {peer.InFlight} blocks and sent none for {StallTimeout.TotalSeconds:0} seconds";
        return _clock.GetElapsedTime(peer.LastRequest) > SlowTimeout && _peers.Values.Any(other => other != peer && other.Wanted.Count > Announcement)
            ? $"it took more than {SlowTimeout.TotalSeconds:0} seconds for a few blocks while others wait to send them"
            : null;
    }

    private void Continue(SyncPeer peer)
    {
        if (peer.InFlight > Window / 2) return;
        if (peer.Wanted.Count > Announcement && IsAnotherSending(peer)) return;
        var items = ImmutableArray.CreateBuilder<InventoryItem>();
        while (peer.InFlight + items.Count < Window && peer.Wanted.TryDequeue(out var hash))
        {
            if (IsHere(hash) || !_inFlight.TryAdd(hash, peer)) continue;
            items.Add(new InventoryItem(peer.HasWitnesses ? InventoryType.WitnessBlock : InventoryType.Block, hash.Hash));
        }

        if (items.Count > 0)
        {
            peer.LastRequest = _clock.GetTimestamp();
            if (peer.InFlight == 0) peer.LastProgress = peer.LastRequest;
            peer.InFlight += items.Count;
            _send(peer.Id, new GetDataMessage(items.ToImmutable()));
        }
        else if (peer is { HasMore: true, InFlight: 0 } && peer.Wanted.Count == 0)
        {
            AskForMore(peer);
        }
    }

    private void ContinueAll()
    {
        foreach (var peer in _peers.Values.ToList()) Continue(peer);
    }

    private void AskForMore(SyncPeer peer)
    {
        peer.HasMore = false;

        // From what it named last, where that is here: it may lie on a branch that has less work so far.
        var known = _chainstate.Tree.Find(peer.LastNamed);
        var start = known is { IsFailed: false } ? known : _chainstate.Tip;

        // One header more than needed tells that the peer has the start itself (Core: SendMessages).
        _send(peer.Id, peer.ByHeaders
            ? new GetHeadersMessage(BlockTree.CreateLocator(start.Parent ?? start))
            : new GetBlocksMessage(BlockTree.CreateLocator(start)));
    }

    private string? FindBreach(IReadOnlyList<BlockHeader> headers)
    {
        for (var i = 0; i < headers.Count; i++)
        {
            if (i > 0 && headers[i].PreviousBlockHash != headers[i - 1].Hash) return "it sent headers that do not follow each other";
            if (HeaderRules.Check(headers[i], _chainstate.Params) is { } violation) return $"it sent the invalid header {headers[i].Hash}: {violation}";
        }

        return null;
    }

    private bool Connects(SyncPeer peer, BlockHash parent) => IsKnown(parent) || peer.LastNamed == parent;

    /// <summary>Whether a block is here, or on its way, or its header is here.</summary>
    private bool IsKnown(BlockHash hash) => IsHere(hash) || _inFlight.ContainsKey(hash) || _headers.Find(hash) is not null;

    /// <summary>Whether the chain of headers that connect has the work of the tip; of one on blocks that are on their way that is not known yet.</summary>
    private bool HasWork(IReadOnlyList<BlockHeader> headers) =>
        _chainstate.Tree.Find(headers[0].PreviousBlockHash) is not { } parent
        || headers.Aggregate(parent.TotalWork, (BigInteger work, BlockHeader header) => work + Target.FromCompact(header.Bits).Work) >= _chainstate.Tip.TotalWork;

    private bool IsHere(BlockHash hash) => _chainstate.Tree.Find(hash) is not null || Orphans.Contains(hash);

    private bool IsAnotherSending(SyncPeer peer) => _peers.Values.Any(other => other != peer && other.InFlight > Announcement);

    private sealed class SyncPeer(long id, bool hasWitnesses, bool byHeaders)
    {
        public long Id => id;

        /// <summary>Whether it is asked for headers first.</summary>
        public bool ByHeaders => byHeaders;

        /// <summary>Whether it can send blocks with their witnesses (BIP144).</summary>
        public bool HasWitnesses => hasWitnesses;

        /// <summary>The last block that it named.</summary>
        public BlockHash LastNamed { get; set; }

        /// <summary>How often it did not have what it named.</summary>
        public int Broken { get; set; }

        /// <summary>How often in a row it sent headers that connect to nothing.</summary>
        public int Unconnecting { get; set; }

        /// <summary>Named by the peer, not yet asked for.</summary>
        public Queue<BlockHash> Wanted { get; } = new();

        /// <summary>Asked for, not yet sent.</summary>
        public int InFlight { get; set; }

        /// <summary>Whether its last answer was full, so that it has more.</summary>
        public bool HasMore { get; set; }

        public long LastProgress { get; set; }

        /// <summary>When it was last asked for blocks, which happens again once half of them are here.</summary>
        public long LastRequest { get; set; }
    }
}
