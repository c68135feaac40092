using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>A node that fetches its chain from peers made by hand, which serve it badly.</summary>
public sealed class RawServerTests : IDisposable
{
    private const int Blocks = 40;

    private readonly DataFolder _folder = new();
    private readonly ChainParams _params = FreshChain.Create();
    private readonly List<Block> _chain;

    public RawServerTests()
    {
        _params.WriteTo(_folder.Root);
        _chain = [.. new ChainBuilder(_params).NextBlocks("b", Blocks).Select(b => b.Block)];
    }

    private byte[] Magic => BitConverter.GetBytes(_params.Magic);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sync_BlocksInWrongOrder_ChildrenBeforeParents()
    {
        using var listener = new RawListener(Magic);
        await using var node = await StartAsync(listener);
        using var peer = await AcceptAsync(listener);
        await NameAllAsync(peer);

        // Each window backwards: the parents of a block always come after it.
        var sent = 0;
        while (sent < Blocks)
        {
            var asked = Wire.ReadInventory(await peer.ExpectAsync("getdata"));
            foreach (var (_, hash) in Enumerable.Reverse(asked)) await peer.SendAsync("block", BlockOf(hash));
            sent += asked.Count;
        }

        await Eventually.EqualAsync(Blocks, node.HeightAsync, "the height");
        Assert.Equal(_chain[^1].Hash.ToString(), await node.TipAsync());
        Assert.NotNull(node.Log.Find("waits for its parent"));
    }

    /// <summary>The last block first, unasked: the node asks what lies between.</summary>
    [Fact]
    public async Task Sync_OnlyTheTipIsSent_TheRestIsAskedFor()
    {
        using var listener = new RawListener(Magic);
        await using var node = await StartAsync(listener);
        using var peer = await AcceptAsync(listener);
        await peer.ExpectAsync("getblocks");
        await peer.SendAsync("block", _chain[^1].Raw.ToArray());
        await NameAllAsync(peer);
        await ServeAsync(peer, Blocks - 1);
        await Eventually.EqualAsync(Blocks, node.HeightAsync, "the height");
    }

    /// <summary>Who names the chain and never sends it is left after ten seconds, and another peer serves the rest.</summary>
    [Fact]
    public async Task Sync_PeerThatStalls_AnotherServesTheRest()
    {
        using var stalling = new RawListener(Magic);
        using var good = new RawListener(Magic);
        await using var node = await StartAsync(stalling, good);
        using var first = await AcceptAsync(stalling);
        await NameAllAsync(first);
        var window = Wire.ReadInventory(await first.ExpectAsync("getdata"));
        for (var i = 0; i < 3; i++) await first.SendAsync("block", BlockOf(window[i].Hash));

        using var second = await AcceptAsync(good);
        await NameAllAsync(second);
        await ServeAsync(second, Blocks - 3);
        await Eventually.EqualAsync(Blocks, node.HeightAsync, "the height");
        var line = await node.WaitForLineAsync("sent none for 10 seconds");
        Assert.Contains($":{stalling.Port}", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_InvalidBlockOnTheWay_TheNodeStaysUpOnWhatIsValid()
    {
        var builder = new ChainBuilder(_params);
        builder.NextBlocks("good", 3);
        var bad = builder.NextBlock("bad", draft => draft.SetCoinbaseOutputs(Keys.PayTo(Keys.Miner, 11 * Amount.Coin)));
        builder.NextBlocks("above", 2);
        var chain = builder.Tip.Path().Skip(1).Select(b => b.Block).ToList();

        using var listener = new RawListener(Magic);
        await using var node = await StartAsync(listener);
        using var peer = await AcceptAsync(listener);
        await peer.ExpectAsync("getblocks");
        await peer.SendAsync("inv", Wire.Inventory(Wire.BlockType, [.. chain.Select(b => Wire.Hash(b.Hash.ToString()))]));
        await peer.ExpectAsync("getdata");
        foreach (var block in chain) await peer.SendAsync("block", block.Raw.ToArray());
        await peer.ExpectEndAsync();

        await node.WaitForLineAsync($"it sent the invalid block {bad.Hash}: bad-cb-amount");
        Assert.Equal(3, await node.HeightAsync());

        // It comes back to its configured peer, and goes on with a better chain.
        using var again = await AcceptAsync(listener);
        await NameAllAsync(again);
        await ServeAsync(again, Blocks);
        await Eventually.EqualAsync(_chain[^1].Hash.ToString(), node.TipAsync, "the tip");
    }

    [Fact]
    public async Task Sync_PeerThatGoesAway_IsConnectedToAgain()
    {
        using var listener = new RawListener(Magic);
        await using var node = await StartAsync(listener);
        using (var peer = await AcceptAsync(listener)) await NameAllAsync(peer);
        using var again = await AcceptAsync(listener);
        await NameAllAsync(again);
        await ServeAsync(again, Blocks);
        await Eventually.EqualAsync(Blocks, node.HeightAsync, "the height");
    }

    private Task<NodeProcess> StartAsync(params RawListener[] peers) =>
        NodeProcess.StartAsync(new NodeOptions(_folder.Root) { Peers = [.. peers.Select(p => p.Port)], Debug = true });

    /// <summary>Takes the node's connection: it says version first.</summary>
    private static async Task<RawPeer> AcceptAsync(RawListener listener)
    {
        var peer = await listener.AcceptAsync();
        await peer.ExpectAsync("version");
        await peer.SendAsync("version", Wire.Version((ulong)Random.Shared.NextInt64(1, long.MaxValue), Blocks));
        await peer.SendAsync("verack");
        await peer.ExpectAsync("verack");
        return peer;
    }

    /// <summary>Answers the node's getblocks with the whole chain.</summary>
    private async Task NameAllAsync(RawPeer peer)
    {
        await peer.ExpectAsync("getblocks");
        await peer.SendAsync("inv", Wire.Inventory(Wire.BlockType, [.. _chain.Select(b => Wire.Hash(b.Hash.ToString()))]));
    }

    /// <summary>Sends what is asked for until so many blocks were sent; names the chain again where that is asked.</summary>
    private async Task ServeAsync(RawPeer peer, int count)
    {
        for (var sent = 0; sent < count;)
        {
            var message = await peer.ReceiveAsync();
            Assert.NotNull(message);
            if (message.Command == "getblocks") await peer.SendAsync("inv", Wire.Inventory(Wire.BlockType, [.. _chain.Select(b => Wire.Hash(b.Hash.ToString()))]));
            if (message.Command != "getdata") continue;
            foreach (var (_, hash) in Wire.ReadInventory(message.Payload))
            {
                await peer.SendAsync("block", BlockOf(hash));
                sent++;
            }
        }
    }

    private byte[] BlockOf(byte[] hash) => _chain.First(b => b.Hash.ToString() == Wire.Text(hash)).Raw.ToArray();
}
