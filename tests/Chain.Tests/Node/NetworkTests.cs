using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>Three nodes, each a process with a folder of its own, keep one chain: central 3000, wallet 3001, miner 3002.</summary>
public sealed class NetworkTests : IAsyncLifetime, IDisposable
{
    /// <summary>What the issue allows until a payment is mined.</summary>
    private static readonly TimeSpan MiningLimit = TimeSpan.FromSeconds(10);

    private readonly DataFolder _folder = new();
    private readonly Dictionary<int, NodeProcess> _nodes = [];
    private string _a = "", _b = "", _c = "";

    public async Task InitializeAsync()
    {
        var parameters = _folder.Write("easy.json", """{"powLimit": "207fffff"}""");
        _a = await NewAddressAsync(3000);
        _b = await NewAddressAsync(3001);
        _c = await NewAddressAsync(3002);
        await DoAsync(3000, "createblockchain", "--address", _a, "--params", parameters);
        foreach (var id in new[] { 3001, 3002 }) File.Copy(Path.Combine(FolderOf(3000), "genesis.json"), Path.Combine(FolderOf(id), "genesis.json"));
    }

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes.Values) await node.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The main job from end to end, as the first acceptance line tells it.</summary>
    [Fact]
    public async Task ThreeNodes_KeepOneChain()
    {
        // (a), (b): genesis pays, and the first payment is mined by its sender.
        Assert.Equal("10", await BalanceAsync(3000, _a));
        await DoAsync(3000, "send", "--from", _a, "--to", _b, "--amount", "4", "--mine");
        Assert.Equal(("16", "4"), (await BalanceAsync(3000, _a), await BalanceAsync(3000, _b)));

        // (c): 3001 has nothing but genesis.json, and fetches the rest.
        await StartAsync(3000);
        Assert.False(File.Exists(Path.Combine(FolderOf(3001), "blockchain_3001.db")));
        await StartAsync(3001);
        await Eventually.EqualAsync(1, _nodes[3001].HeightAsync, "the height of 3001");
        Assert.Equal(("16", "4"), (await BalanceAsync(3001, _a), await BalanceAsync(3001, _b)));
        AssertLogged(3001, "sent version", "received version", "sent getblocks", "received inv", "sent getdata", "received block");

        // (d): a payment goes 3001 -> 3000 -> 3002, which mines it.
        await StartAsync(3002, mineTo: _c);
        await Eventually.EqualAsync(1, _nodes[3002].HeightAsync, "the height of 3002");
        var marks = _nodes.ToDictionary(pair => pair.Key, pair => pair.Value.Log.Count);
        await DoAsync(3001, "send", "--from", _b, "--to", _a, "--amount", "1.5");
        await Eventually.TrueAsync(async () => await _nodes[3001].HeightAsync() == 2, () => "the payment is mined", MiningLimit);
        AssertLoggedFrom(marks, 3001, $"sent tx");
        AssertLoggedFrom(marks, 3000, "received tx", "sent tx", "received block", "sent block");
        AssertLoggedFrom(marks, 3002, "received tx", "sent block");
        Assert.Null(_nodes[3002].Log.Find($":{_nodes[3001].Port}"));
        await AssertAgreeAsync(2);
        foreach (var id in _nodes.Keys) Assert.Equal(("17.5", "2.5", "10"), (await BalanceAsync(id, _a), await BalanceAsync(id, _b), await BalanceAsync(id, _c)));

        // (e): 3001 is away while seven blocks are made.
        await _nodes[3001].StopAsync();
        await _nodes[3000].GenerateAsync(7, _a);
        await StartAsync(3001);
        await AssertAgreeAsync(9);

        // (g): all are killed in the middle of mining, and go on where they were.
        var busy = _nodes.Values.Select(node => node.Rpc.PostAsync($$"""{"method":"generatetoaddress","params":[100000,"{{_c}}"]}""")).ToList();
        await Eventually.TrueAsync(async () => await _nodes[3000].HeightAsync() > 20, () => "the nodes are mining");
        foreach (var node in _nodes.Values) await node.KillAsync();
        await Task.WhenAll(busy.Select(call => Record.ExceptionAsync(() => call)));
        foreach (var id in _nodes.Keys)
        {
            var audit = await DoAsync(id, "reindexutxo");
            Assert.Contains("no difference", audit.Output, StringComparison.Ordinal);
        }

        foreach (var id in _nodes.Keys.ToList()) await StartAsync(id, id == 3002 ? _c : null);

        // Two may have made a block of the same height in the end: the next one decides between them.
        await Eventually.TrueAsync(async () => (await Task.WhenAll(_nodes.Values.Select(node => node.HeightAsync()))).Distinct().Count() == 1, () => "all are as high");
        await _nodes[3000].GenerateAsync(1, _c);
        await AssertAgreeAsync(null);
        foreach (var id in _nodes.Keys) Assert.Equal("2.5", await BalanceAsync(id, _b));
        foreach (var node in _nodes.Values) await node.StopAsync();
    }

    /// <summary>
    /// Two nodes that cannot hear each other mine 3 and 5 blocks. When they meet both are on the five, and the payments of
    /// the three are in the pool again, of both, or in the chain.
    /// </summary>
    [Fact]
    public async Task Partition_WhenItHeals_TheLongerChainWinsAndNoPaymentIsLost()
    {
        await StartAsync(3000);
        await StartAsync(3001);
        await Eventually.EqualAsync(1, _nodes[3001].ConnectionsAsync, "the connections of 3001");
        await _nodes[3001].CallAsync("setnetworkactive", false);
        await Eventually.EqualAsync(0, _nodes[3000].ConnectionsAsync, "the connections of 3000");

        var three = new List<string>();
        var payments = new List<string>();
        for (var i = 1; i <= 3; i++)
        {
            var sent = await DoAsync(3000, "send", "--from", _a, "--to", _c, "--amount", $"{i}");
            payments.Add(sent.Output.Trim().Split(' ')[^1]);
            three.AddRange(await _nodes[3000].GenerateAsync(1, _a));
        }

        var five = await _nodes[3001].GenerateAsync(5, _b);
        Assert.Equal(("6", "50"), (await BalanceAsync(3000, _c), await BalanceAsync(3001, _b)));

        await _nodes[3001].CallAsync("setnetworkactive", true);
        await Eventually.EqualAsync(five[^1], _nodes[3000].TipAsync, "the tip of 3000");
        Assert.Equal(five[^1], await _nodes[3001].TipAsync());
        Assert.NotNull(_nodes[3000].Log.Find($"reorganisation: block 3 {three[2]} leaves the chain"));
        foreach (var node in _nodes.Values)
            await Eventually.TrueAsync(async () => (await node.PoolAsync()).Order().SequenceEqual(payments.Order()), () => "the payments are back in both pools");

        await _nodes[3001].GenerateAsync(1, _b);
        await AssertAgreeAsync(6);
        foreach (var id in _nodes.Keys) Assert.Equal("6", await BalanceAsync(id, _c));
    }

    [Fact]
    public async Task Send_TwiceInARow_WithoutANode_BothAreHandedOverAndConfirm()
    {
        await DoAsync(3000, "send", "--from", _a, "--to", _b, "--amount", "8", "--mine");
        await StartAsync(3000);
        await StartAsync(3001);
        await Eventually.EqualAsync(1, _nodes[3001].HeightAsync, "the height of 3001");
        await _nodes[3001].StopAsync();

        // The change of the first is what the second spends.
        var peer = $"127.0.0.1:{_nodes[3000].Port}";
        var first = await DoAsync(3001, "send", "--from", _b, "--to", _c, "--amount", "1.5", "--peer", peer);
        Assert.Contains($"It was handed to the node at {peer}", first.Error, StringComparison.Ordinal);
        await DoAsync(3001, "send", "--from", _b, "--to", _c, "--amount", "2.25", "--peer", peer);
        Assert.Equal(2, (await _nodes[3000].PoolAsync()).Length);
        await _nodes[3000].GenerateAsync(1, _a);
        Assert.Equal(("3.75", "4.25"), (await BalanceAsync(3000, _c), await BalanceAsync(3000, _b)));
    }

    [Fact]
    public async Task Send_TwiceInARow_BesideANode_BothConfirm()
    {
        await StartAsync(3000, mineTo: _c);
        await DoAsync(3000, "send", "--from", _a, "--to", _b, "--amount", "1");
        await DoAsync(3000, "send", "--from", _a, "--to", _b, "--amount", "2");
        await Eventually.EqualAsync("3", () => BalanceAsync(3000, _b), "the balance of b");
        Assert.Equal("7", await BalanceAsync(3000, _a));
    }

    /// <summary>What the other node refuses must not be reported as sent, nor stay behind as if it were.</summary>
    [Fact]
    public async Task Send_ToANodeThatRefuses_SaysSoAndChangesNothing()
    {
        // 3001's chain has a payment that 3000's has not: 3000 does not know the coins.
        await DoAsync(3001, "rpc", "generatetoaddress", "1", _b);
        await StartAsync(3000);
        var result = await Cli.RunAsync("send", "--from", _b, "--to", _c, "--amount", "1", "--peer", $"127.0.0.1:{_nodes[3000].Port}", "--node", "3001", "--datadir", FolderOf(3001));
        Assert.Equal(1, result.Status);
        Assert.Contains("did not take the payment: it does not know the coins", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.Equal("[]", (await DoAsync(3001, "rpc", "getrawmempool")).Output.Trim());

        // A node of another chain.
        var other = FreshChain.Create();
        other.WriteTo(_folder.Sub("other"));
        await using var stranger = await NodeProcess.StartAsync(new NodeOptions(_folder.PathOf("other"), 3009));
        result = await Cli.RunAsync("send", "--from", _b, "--to", _c, "--amount", "1", "--peer", $"127.0.0.1:{stranger.Port}", "--node", "3001", "--datadir", FolderOf(3001));
        Assert.Equal(1, result.Status);
        Assert.Contains("belongs to another chain", result.Error, StringComparison.Ordinal);
    }

    /// <summary>A chain longer than one answer to getblocks, from a peer that is stopped on the way and one that is not.</summary>
    [Fact]
    public async Task NewNode_FetchesAThousandBlocks_FromWhoIsStillThere()
    {
        await DoAsync(3000, "rpc", "generatetoaddress", "1200", _a);
        await StartAsync(3000);
        await StartAsync(3001);
        await Eventually.EqualAsync(1200, _nodes[3001].HeightAsync, "the height of 3001");
        _nodes[3002] = await NodeProcess.StartAsync(new NodeOptions(FolderOf(3002), 3002) { Peers = [_nodes[3000].Port, _nodes[3001].Port] });
        await Eventually.TrueAsync(async () => await _nodes[3002].HeightAsync() > 20, () => "3002 has begun");
        await _nodes[3000].KillAsync();
        await Eventually.EqualAsync(1200, _nodes[3002].HeightAsync, "the height of 3002");
        Assert.Equal(await _nodes[3001].TipAsync(), await _nodes[3002].TipAsync());
    }

    private string FolderOf(int id) => _folder.Sub($"node{id}");

    private async Task<string> NewAddressAsync(int id) => (await DoAsync(id, "createwallet")).LastWord.Trim();

    private Task<CliResult> DoAsync(int id, params string[] arguments) => Cli.DoAsync([.. arguments, "--node", $"{id}", "--datadir", FolderOf(id)]);

    private async Task<string> BalanceAsync(int id, string address) => (await DoAsync(id, "getbalance", "--address", address)).LastWord.Trim();

    /// <summary>Starts a node, or starts it again; all but the central one keep a connection to that.</summary>
    private async Task StartAsync(int id, string? mineTo = null)
    {
        if (_nodes.TryGetValue(id, out var last)) await last.DisposeAsync();
        _nodes[id] = await NodeProcess.StartAsync(new NodeOptions(FolderOf(id), id)
        {
            Peers = id == 3000 ? [] : [_nodes[3000].Port],
            MineTo = mineTo,
            Debug = true,
            Port = last?.Port,
        });
    }

    private async Task AssertAgreeAsync(int? height)
    {
        if (height is { } expected) await Eventually.EqualAsync(expected, _nodes[3000].HeightAsync, "the height of 3000");
        await Eventually.TrueAsync(async () => (await Task.WhenAll(_nodes.Values.Select(node => node.TipAsync()))).Distinct().Count() == 1, () => "all have the same tip");
        if (height is not null) Assert.All(await Task.WhenAll(_nodes.Values.Select(node => node.HeightAsync())), actual => Assert.Equal(height, actual));
    }

    private void AssertLogged(int id, params string[] texts) => Assert.All(texts, text => Assert.NotNull(_nodes[id].Log.Find(text)));

    private void AssertLoggedFrom(Dictionary<int, int> marks, int id, params string[] texts) =>
        Assert.All(texts, text => Assert.NotNull(_nodes[id].Log.Find(text, marks[id])));
}
