using System.Globalization;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Node;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>
/// A client floods a node with what it cannot judge yet: only the newest of it is kept, by number and by bytes, and the node
/// goes on serving. What was kept shows when the missing piece comes.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class FloodTests : IAsyncLifetime, IDisposable
{
    private const int MaxOrphanBlocks = 750;
    private const long MaxOrphanBlockBytes = 64_000_000;
    private const int MaxOrphanTransactions = 1_000;
    private const long MaxOrphanTransactionBytes = 10_000_000;

    private readonly DataFolder _folder = new();
    private readonly ChainParams _params = FreshChain.Create();
    private readonly ChainBuilder _builder;
    private NodeProcess _node = null!;

    public FloodTests() => _builder = new ChainBuilder(_params);

    private byte[] Magic => BitConverter.GetBytes(_params.Magic);

    public async Task InitializeAsync()
    {
        _params.WriteTo(_folder.Root);
        _node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root));
    }

    public async Task DisposeAsync()
    {
        if (_node is not null) await _node.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A chain whose first block is held back: the newest wait, the oldest are gone and have to come again.</summary>
    [Theory]
    [InlineData(950, 0)]
    [InlineData(80, 900_000)]
    public async Task OrphanBlocks_AreBoundedInNumberAndBytes(int count, int padding)
    {
        var blocks = Enumerable.Range(1, count).Select(i => _builder.NextBlock($"c{i}", draft => Pad(draft, padding)).Block).ToList();
        using var other = await GreetAsync();
        using var peer = await GreetAsync();
        foreach (var block in blocks[1..]) await SendAsync(peer, block);
        await peer.PingAsync();
        await other.PingAsync();
        Assert.Equal(0, await _node.HeightAsync());

        // As many of the newest as fit: with the first block alone nothing follows, with all but one of the dropped neither.
        var kept = (int)Math.Min(MaxOrphanBlocks, padding == 0 ? int.MaxValue : MaxOrphanBlockBytes / blocks[^1].Size);
        var dropped = count - 1 - kept;
        Assert.InRange(dropped, 1, count);
        foreach (var block in blocks[..dropped]) await SendAsync(peer, block);
        await peer.PingAsync();
        Assert.Equal(dropped, await _node.HeightAsync());
        await SendAsync(peer, blocks[dropped]);
        await peer.PingAsync();
        Assert.Equal(count, await _node.HeightAsync());
        await AssertServesAsync(other, blocks[^1]);
    }

    /// <summary>Two children of one parent, the first before the flood and the second after it: only the second still waits.</summary>
    [Theory]
    [InlineData(MaxOrphanTransactions - 1, 0)]
    [InlineData(101, 99_000)]
    public async Task OrphanTransactions_AreBoundedInNumberAndBytes(int count, int padding)
    {
        Assert.InRange(count, Math.Min(MaxOrphanTransactions - 1, MaxOrphanTransactionBytes / Math.Max(padding, 1)), MaxOrphanTransactions);
        var parent = Keys.Spend(_builder["genesis"].Reward, Keys.Miner, Keys.PayTo(Keys.Alice, 1_000), Keys.PayTo(Keys.Alice, 1_000));
        var (early, late) = (Child(0), Child(1));
        var generate = new Generate(7);
        using var other = await GreetAsync();
        using var peer = await GreetAsync();
        await SendAsync(peer, early);
        for (var i = 0; i < count; i++)
            await SendAsync(peer, new Transaction(2, [new TxIn(new OutPoint(new TxId(generate.Hash()), 0), new byte[padding])], [Keys.PayTo(Keys.Bob, 1)], 0));
        await SendAsync(peer, late);
        await peer.PingAsync();
        Assert.Empty(await _node.PoolAsync());
        await SendAsync(peer, parent);
        await peer.PingAsync();
        Assert.Equal(new[] { parent, late }.Select(t => t.Id.ToString()).Order(), (await _node.PoolAsync()).Order());
        await other.PingAsync();

        Transaction Child(uint output) => Keys.Spend(new OutPoint(parent.Id, output), Keys.Alice, Keys.PayTo(Keys.Bob, 500));
    }

    /// <summary>Branches with less work than the chain: none of their blocks is asked for, and nothing of them stays.</summary>
    [Fact]
    public async Task LowWorkHeaders_LeadToNothing()
    {
        var tip = await GrowAsync(20);
        _builder.SetTip("genesis");
        var headers = _builder.NextBlocks("low", 19).Select(b => b.Block.Raw[..BlockHeader.Size].ToArray()).ToList();
        using var peer = await GreetAsync(RawGreeting.Today);
        await peer.MessagesUntilPongAsync();
        var before = ResidentKilobytes();
        for (var round = 0; round < 5_000; round++) await peer.SendAsync("headers", Wire.Headers(headers));
        Assert.Empty(await peer.MessagesUntilPongAsync());
        Assert.InRange(ResidentKilobytes() - before, long.MinValue, 100_000);
        await AssertServesAsync(peer, tip);
    }

    /// <summary>Headers that connect to nothing are asked about a few times; then the peer is left, and the others are served.</summary>
    [Fact]
    public async Task UnconnectingHeaders_EndThePeer()
    {
        var tip = await GrowAsync(3);
        var far = _builder.NextBlocks("far", 2)[1].Block;
        using var other = await GreetAsync();
        using var peer = await GreetAsync(RawGreeting.Today);
        await peer.PingAsync();
        for (var i = 0; i < BlockSync.MaxUnconnectingHeaders; i++) await peer.SendAsync("headers", Wire.Headers(far.Raw[..BlockHeader.Size].ToArray()));
        Assert.Equal(Enumerable.Repeat("getheaders", BlockSync.MaxUnconnectingHeaders), (await peer.MessagesUntilPongAsync()).Select(message => message.Command));
        await peer.SendAsync("headers", Wire.Headers(far.Raw[..BlockHeader.Size].ToArray()));
        await peer.ExpectEndAsync();
        await _node.WaitForLineAsync($"{BlockSync.MaxUnconnectingHeaders + 1} times it sent headers that connect to nothing");
        await AssertServesAsync(other, tip);
    }

    private static Task SendAsync(RawPeer peer, Block block) => peer.SendAsync("block", block.Raw.ToArray());

    private static Task SendAsync(RawPeer peer, Transaction transaction) => peer.SendAsync("tx", transaction.Raw.ToArray());

    private static void Pad(BlockDraft draft, int bytes)
    {
        if (bytes > 0) draft.SetCoinbaseOutputs([.. draft.Coinbase.Outputs, new TxOut(0, new byte[bytes])]);
    }

    private static async Task AssertServesAsync(RawPeer peer, Block block)
    {
        await peer.SendAsync("getdata", Wire.Inventory(Wire.BlockType, block.Hash.Hash.ToByteArray()));
        Assert.Equal(block.Raw.ToArray(), await peer.ExpectAsync("block"));
    }

    private async Task<Block> GrowAsync(int count)
    {
        using var giver = await GreetAsync();
        foreach (var block in _builder.NextBlocks("b", count)) await SendAsync(giver, block.Block);
        await giver.PingAsync();
        Assert.Equal(count, await _node.HeightAsync());
        return _builder.Tip.Block;
    }

    private long ResidentKilobytes()
    {
        if (!OperatingSystem.IsLinux()) return 0;
        var line = File.ReadLines($"/proc/{_node.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
    }

    private Task<RawPeer> GreetAsync(RawGreeting? greeting = null) => RawPeer.ConnectAndGreetAsync(_node.Port, Magic, greeting);
}
