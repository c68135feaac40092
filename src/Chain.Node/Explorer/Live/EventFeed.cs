using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Node.Explorer.Live;

/// <summary>
/// Tells those who listen of blocks, transactions and peers. Nobody who is slow holds up the chain: each has a short queue,
/// and where it is full the oldest news are lost, since who reads news looks at the whole anyway.
/// </summary>
internal sealed class EventFeed
{
    private const int MostQueued = 64;

    private readonly ConcurrentDictionary<ChannelWriter<string>, byte> _listeners = new();
    private readonly int _mostListeners;
    private int _count;

    /// <summary>Follows the chain and the pool; made where they may be touched, or before anybody touches them. At most so many listen at once.</summary>
    public EventFeed(LoadedChain chain, int mostListeners)
    {
        _mostListeners = mostListeners;
        chain.Chainstate.BlockConnected += OnConnected;
        chain.Chainstate.BlockDisconnected += OnDisconnected;
        chain.Mempool.TransactionAccepted += OnAccepted;
        chain.Mempool.TransactionRemoved += OnRemoved;
    }

    /// <summary>How many listen.</summary>
    public int Listeners => _listeners.Count;

    /// <summary>Begins to listen; null where too many do already. Ended by <see cref="End"/>.</summary>
    public Channel<string>? Listen()
    {
        if (Interlocked.Increment(ref _count) > _mostListeners)
        {
            Interlocked.Decrement(ref _count);
            return null;
        }

        var channel = Channel.CreateBounded<string>(new BoundedChannelOptions(MostQueued) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        _listeners.TryAdd(channel.Writer, 0);
        return channel;
    }

    /// <summary>Listens no more.</summary>
    public void End(Channel<string> channel)
    {
        if (_listeners.TryRemove(channel.Writer, out _)) Interlocked.Decrement(ref _count);
    }

    /// <summary>A peer came or went.</summary>
    public void OnPeers(int connections)
    {
        if (!_listeners.IsEmpty) Tell("peer", new JsonObject { ["connections"] = connections });
    }

    private void OnConnected(BlockNode node, Block block)
    {
        if (_listeners.IsEmpty) return;
        Tell("block", new JsonObject
        {
            ["hash"] = node.Hash.ToString(),
            ["height"] = node.Height,
            ["time"] = node.Header.Time,
            ["tx_count"] = block.Transactions.Length,
            ["size"] = block.Size,
            ["weight"] = block.Weight,
            ["connected"] = true,
        });
    }

    private void OnDisconnected(BlockNode node, Block block)
    {
        if (!_listeners.IsEmpty) Tell("block", new JsonObject { ["hash"] = node.Hash.ToString(), ["height"] = node.Height, ["connected"] = false });
    }

    private void OnAccepted(MempoolEntry entry)
    {
        if (_listeners.IsEmpty) return;
        Tell("transaction", new JsonObject
        {
            ["txid"] = entry.Transaction.Id.ToString(),
            ["fee"] = entry.Fee.Satoshis,
            ["vsize"] = entry.VirtualSize,
            ["value"] = entry.Transaction.Outputs.Sum(output => output.Value),
            ["waiting"] = true,
        });
    }

    private void OnRemoved(MempoolEntry entry, MempoolRemovalReason reason)
    {
        if (!_listeners.IsEmpty) Tell("transaction", new JsonObject { ["txid"] = entry.Transaction.Id.ToString(), ["waiting"] = false });
    }

    private void Tell(string name, JsonObject data)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"event: {name}\ndata: {data.ToJsonString()}\n\n");
        foreach (var listener in _listeners.Keys) listener.TryWrite(text);
    }
}
