using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Node;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>
/// Blocks far below the tip cost nothing to make where the target is easy: those that nobody asked for are not kept, while
/// a branch with more work is fetched from however far below it begins.
/// </summary>
public sealed class DeepBranchTests : IAsyncLifetime, IDisposable
{
    private const int Tip = MessageHandler.MaxUnaskedDepth + 20;

    private readonly DataFolder _folder = new();
    private readonly ChainParams _params = FreshChain.Create();
    private readonly ChainBuilder _builder;
    private NodeProcess _node = null!;

    public DeepBranchTests() => _builder = new ChainBuilder(_params);

    private byte[] Magic => BitConverter.GetBytes(_params.Magic);

    public async Task InitializeAsync()
    {
        _params.WriteTo(_folder.Root);
        _node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root) { Debug = true });
        using var giver = await GreetAsync();
        foreach (var block in _builder.NextBlocks("b", Tip)) await SendAsync(giver, block.Block);
        await giver.PingAsync();
        Assert.Equal(Tip, await _node.HeightAsync());
    }

    public async Task DisposeAsync()
    {
        if (_node is not null) await _node.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Block_NobodyAskedFor_IsKeptDownToTheDepthAndNotBelow()
    {
        using var peer = await GreetAsync();
        var deepest = Side(parent: Tip - MessageHandler.MaxUnaskedDepth - 1);
        var deeper = Side(parent: Tip - MessageHandler.MaxUnaskedDepth - 2);
        await SendAsync(peer, deepest);
        await SendAsync(peer, deeper);
        await peer.PingAsync();
        await peer.SendAsync("getdata", Wire.Inventory(Wire.BlockType, Raw(deeper)));
        Assert.Equal(Wire.Inventory(Wire.BlockType, Raw(deeper)), await peer.ExpectAsync("notfound"));
        await peer.SendAsync("getdata", Wire.Inventory(Wire.BlockType, Raw(deepest)));
        Assert.Equal(deepest.Raw.ToArray(), await peer.ExpectAsync("block"));
        await _node.WaitForLineAsync($"block {deeper.Hash} from peer");
        Assert.Contains("ignored: nobody asked for it", _node.Log.Find($"block {deeper.Hash} from peer"), StringComparison.Ordinal);

        // Without a word against the peer, and without a mark against the block: who is asked for it may send it.
        await peer.SendAsync("inv", Wire.Inventory(Wire.BlockType, Raw(deeper)));
        Assert.Equal(Wire.Inventory(Wire.BlockType, Raw(deeper)), await peer.ExpectAsync("getdata"));
        await SendAsync(peer, deeper);
        await peer.SendAsync("getdata", Wire.Inventory(Wire.BlockType, Raw(deeper)));
        Assert.Equal(deeper.Raw.ToArray(), await peer.ExpectAsync("block"));
    }

    [Fact]
    public async Task Flood_OfDeepBlocks_FillsNothing()
    {
        using var peer = await GreetAsync();
        var flood = new List<Block>();
        for (var i = 0; i < 200; i++)
        {
            _builder.SetTip("genesis");
            flood.Add(_builder.NextBlock($"flood {i}").Block);
            await SendAsync(peer, flood[^1]);
        }

        var request = Wire.Inventory(Wire.BlockType, [.. flood.Select(Raw)]);
        await peer.SendAsync("getdata", request);
        Assert.Equal(request, await peer.ExpectAsync("notfound"));
        Assert.Equal(Tip, await _node.HeightAsync());
    }

    /// <summary>A branch from genesis that ends one block higher, announced by the header of its end.</summary>
    [Fact]
    public async Task DeepBranch_WithMoreWork_IsFetchedAndBecomesTheChain()
    {
        _builder.SetTip("genesis");
        var branch = _builder.NextBlocks("a", Tip + 1).Select(b => b.Block).ToDictionary(b => b.Hash.ToString());
        var order = _builder.Tip.Path().Skip(1).Select(b => b.Block).ToList();
        using var peer = await GreetAsync(RawGreeting.Today);
        await peer.SendAsync("headers", Wire.Headers(Header(order[^1])));
        await peer.ExpectAsync("getheaders");
        await peer.SendAsync("headers", Wire.Headers([.. order.Select(Header)]));
        for (var sent = 0; sent < order.Count;)
        {
            foreach (var (_, hash) in Wire.ReadInventory(await peer.ExpectAsync("getdata")))
            {
                await SendAsync(peer, branch[Wire.Text(hash)]);
                sent++;
            }
        }

        await Eventually.EqualAsync(order[^1].Hash.ToString(), _node.TipAsync, "the tip");
    }

    private static byte[] Raw(Block block) => block.Hash.Hash.ToByteArray();

    private static byte[] Header(Block block) => block.Raw[..BlockHeader.Size].ToArray();

    private static Task SendAsync(RawPeer peer, Block block) => peer.SendAsync("block", block.Raw.ToArray());

    private Block Side(int parent)
    {
        _builder.SetTip($"b{parent}");
        return _builder.NextBlock($"side of {parent}").Block;
    }

    private Task<RawPeer> GreetAsync(RawGreeting? greeting = null) => RawPeer.ConnectAndGreetAsync(_node.Port, Magic, greeting);
}
