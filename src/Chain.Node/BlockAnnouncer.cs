using Chain.Core.Primitives;
using Chain.Network.Messages;
using Chain.State;

namespace Chain.Node;

/// <summary>
/// Tells peers of a new tip: those that asked for it by the headers from what they are known to have (BIP130), the others,
/// and those too far behind, by its name (inv). A machine without I/O.
/// </summary>
public sealed class BlockAnnouncer
{
    /// <summary>The most headers that announce a tip (Core: MAX_BLOCKS_TO_ANNOUNCE).</summary>
    public const int MaxHeaders = 8;

    private readonly BlockTree _tree;
    private readonly SubmittedHeaders _headers;
    private readonly Action<long, Message> _send;
    private readonly Dictionary<long, Listener> _listeners = [];

    /// <summary>Creates an announcer without peers.</summary>
    public BlockAnnouncer(BlockTree tree, SubmittedHeaders headers, Action<long, Message> send)
    {
        _tree = tree;
        _headers = headers;
        _send = send;
    }

    /// <summary>A peer is ready.</summary>
    public void AddPeer(long id, bool wantsHeaders = false) => _listeners.Add(id, new Listener { WantsHeaders = wantsHeaders });

    /// <summary>A peer is gone.</summary>
    public void RemovePeer(long id) => _listeners.Remove(id);

    /// <summary>A peer asks for headers instead of names.</summary>
    public void OnSendHeaders(long id)
    {
        if (_listeners.TryGetValue(id, out var listener)) listener.WantsHeaders = true;
    }

    /// <summary>A peer has a block, and so all below it: it named it, sent it, or was sent it. The block may be unknown here so far.</summary>
    public void OnHas(long id, BlockHash hash)
    {
        if (!_listeners.TryGetValue(id, out var listener)) return;
        if (_tree.Find(hash) is { } node) Note(listener, node);
        else listener.Unresolved = hash;
    }

    /// <summary>The block of most work that a peer is known to have; null while none is known here.</summary>
    public BlockNode? FindBest(long id)
    {
        if (!_listeners.TryGetValue(id, out var listener)) return null;
        if (_tree.Find(listener.Unresolved) is { } resolved) Note(listener, resolved);
        return listener.Best;
    }

    /// <summary>Tells all peers of a tip that do not have it and were not told of it.</summary>
    public void Announce(BlockNode tip)
    {
        foreach (var (id, listener) in _listeners)
        {
            if (_tree.Find(listener.Unresolved) is { } resolved) Note(listener, resolved);
            if (IsAhead(listener, tip)) continue;
            if (FindAnnouncement(listener, tip) is not { } announcement) continue;
            listener.LastTold = tip.Hash;
            _send(id, announcement);
        }
    }

    /// <summary>Whether it has a block of which only the header is here, and which builds on the tip.</summary>
    private bool IsAhead(Listener listener, BlockNode tip) =>
        _headers.Find(listener.Unresolved) is { } header && header.Height > tip.Height && header.GetAncestor(tip.Height).Header.Hash == tip.Hash;

    private static void Note(Listener listener, BlockNode node)
    {
        if (!node.IsFailed && (listener.Best is null || node.TotalWork > listener.Best.TotalWork)) listener.Best = node;
    }

    private Message? FindAnnouncement(Listener listener, BlockNode tip)
    {
        var fork = listener.Best is null ? null : _tree.FindFork(listener.Best);
        if (fork == tip || listener.LastTold == tip.Hash) return null;
        if (!listener.WantsHeaders || fork is null || tip.Height - fork.Height > MaxHeaders)
            return new InvMessage([new InventoryItem(InventoryType.Block, tip.Hash.Hash)]);

        // Who was sent a header has it; of a name alone that is not known.
        listener.Best = tip;
        return new HeadersMessage([.. Enumerable.Range(fork.Height + 1, tip.Height - fork.Height).Select(height => _tree.FindActive(height)!.Header)]);
    }

    private sealed class Listener
    {
        public bool WantsHeaders { get; set; }

        /// <summary>The block of most work that it is known to have.</summary>
        public BlockNode? Best { get; set; }

        /// <summary>A block that it has and that was not known here when it said so.</summary>
        public BlockHash Unresolved { get; set; }

        /// <summary>The last tip that it was told of.</summary>
        public BlockHash LastTold { get; set; }
    }
}
