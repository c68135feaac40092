using System.Collections.Immutable;
using Chain.Core.Primitives;
using Chain.Network;
using Chain.Network.Messages;
using Chain.State;

namespace Chain.Node;

/// <summary>Gives peers what they ask for: names of blocks, headers, blocks and transactions. All but <see cref="ServeAsync"/> runs on the node's loop.</summary>
public sealed class InventoryServer
{
    private readonly Chainstate _chainstate;
    private readonly Mempool _mempool;
    private readonly IStateOwner _owner;
    private readonly BlockAnnouncer _announcer;

    /// <summary>The last block of a full answer to getblocks, of each peer that got one.</summary>
    private readonly Dictionary<long, BlockHash> _continueAfter = [];

    /// <summary>Creates the server of one node.</summary>
    public InventoryServer(LoadedChain chain, IStateOwner owner, BlockAnnouncer announcer)
    {
        _chainstate = chain.Chainstate;
        _mempool = chain.Mempool;
        _owner = owner;
        _announcer = announcer;
    }

    /// <summary>A peer is gone.</summary>
    public void RemovePeer(long id) => _continueAfter.Remove(id);

    /// <summary>
    /// Answers getdata item by item on the peer's own task, which waits while the peer does not take what is sent: a request
    /// for thousands of blocks costs no memory.
    /// </summary>
    public async Task ServeAsync(Peer peer, GetDataMessage request, CancellationToken cancellationToken)
    {
        var missing = ImmutableArray.CreateBuilder<InventoryItem>();
        foreach (var item in request.Items)
        {
            var answer = await _owner.InvokeAsync(() => Find(peer.Id, item)).ConfigureAwait(false);
            if (answer.IsEmpty) missing.Add(item);
            foreach (var message in answer)
            {
                if (!await peer.SendAsync(message, cancellationToken).ConfigureAwait(false)) return;
            }
        }

        if (missing.Count > 0) await peer.SendAsync(new NotFoundMessage(missing.ToImmutable()), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Names the blocks that follow what a peer has.</summary>
    public void OnGetBlocks(Peer peer, GetBlocksMessage request)
    {
        _announcer.OnHas(peer.Id, Fork(request).Hash);
        var items = FollowUps(request, BlockSync.FullInventory).TakeWhile(node => node.Hash != request.StopHash)
            .Select(node => new InventoryItem(InventoryType.Block, node.Hash.Hash)).ToImmutableArray();
        if (items.IsEmpty) return;

        // Once the last of a full answer was fetched, a peer that knows no better is told of the tip, and asks again.
        if (items.Length == BlockSync.FullInventory) _continueAfter[peer.Id] = new BlockHash(items[^1].Hash);
        peer.TrySend(new InvMessage(items));
    }

    /// <summary>Gives the headers that follow what a peer has.</summary>
    public void OnGetHeaders(Peer peer, GetHeadersMessage request)
    {
        // Without a locator the stop hash alone names the block that is asked for.
        ImmutableArray<BlockHeader> headers = request.Locator.Hashes.IsEmpty
            ? _chainstate.Tree.Find(request.StopHash) is { IsFailed: false } node ? [node.Header] : []
            : [.. FollowUps(request, HeadersMessage.MaxHeaders).Select(n => n.Header)];
        if (!request.Locator.Hashes.IsEmpty) _announcer.OnHas(peer.Id, headers.IsEmpty ? Fork(request).Hash : headers[^1].Hash);
        peer.TrySend(new HeadersMessage(headers));
    }

    private BlockNode Fork(LocatorMessage request) => _chainstate.Tree.FindFork(request.Locator);

    /// <summary>The blocks of the active chain that follow what a peer has, up to and with the one at which it wants to stop.</summary>
    private IEnumerable<BlockNode> FollowUps(LocatorMessage request, int most)
    {
        var height = Fork(request).Height + 1;
        for (var i = 0; i < most && _chainstate.Tree.FindActive(height + i) is { } node; i++)
        {
            yield return node;
            if (node.Hash == request.StopHash) yield break;
        }
    }

    private ImmutableArray<Message> Find(long peer, InventoryItem item) => item.Type switch
    {
        InventoryType.Tx => Transaction(_mempool.FindEntry(new TxId(item.Hash)), withWitness: false),
        InventoryType.WitnessTx => Transaction(_mempool.FindEntry(new TxId(item.Hash)), withWitness: true),
        InventoryType.Wtx => Transaction(_mempool.FindEntryByWitnessHash(item.Hash), withWitness: true),
        InventoryType.Block => Block(peer, new BlockHash(item.Hash), withWitness: false),
        InventoryType.WitnessBlock => Block(peer, new BlockHash(item.Hash), withWitness: true),
        _ => [],
    };

    private ImmutableArray<Message> Transaction(MempoolEntry? entry, bool withWitness)
    {
        if (entry is null) return [];
        _mempool.MarkBroadcast(entry.Transaction.Id);
        return [new TxMessage(entry.Transaction, withWitness)];
    }

    private ImmutableArray<Message> Block(long peer, BlockHash hash, bool withWitness)
    {
        if (_chainstate.Tree.Find(hash) is not { IsFailed: false } node) return [];
        _announcer.OnHas(peer, hash);
        Message block = withWitness
            ? new RawBlockMessage(hash, _chainstate.GetRawBlock(node))
            : new BlockMessage(_chainstate.GetBlock(node), withWitness: false);
        return _continueAfter.TryGetValue(peer, out var last) && last == hash && _continueAfter.Remove(peer)
            ? [block, new InvMessage([new InventoryItem(InventoryType.Block, _chainstate.Tip.Hash.Hash)])]
            : [block];
    }
}
