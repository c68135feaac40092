using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.State.Storage;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>One node as a process: how it starts, how it stops, and who else may use its folder.</summary>
public sealed class NodeProcessTests : IDisposable
{
    private readonly DataFolder _folder = new();
    private readonly ChainParams _params = FreshChain.Create();

    public NodeProcessTests() => _params.WriteTo(_folder.Root);

    private string Miner => _params.AddressOf(Keys.Miner);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sigterm_WhileMining_StopsWithinFiveSecondsWithStatusZero()
    {
        await using var node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root) { MineTo = Miner });
        var blocks = await node.GenerateAsync(3, Miner);
        await node.StopAsync();
        Assert.NotNull(node.Log.Find("node 3000 stopped"));
        Assert.Empty(Directory.GetFiles(_folder.Root, "*.owner"));

        var result = await Cli.DoAsync("rpc", "getbestblockhash", "--datadir", _folder.Root);
        Assert.Equal(blocks[^1], result.Output.Trim());
    }

    [InterruptFact]
    public async Task Sigint_StopsWithinFiveSecondsWithStatusZero()
    {
        await using var node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root));
        await node.InterruptAsync();
    }

    /// <summary>Who holds connections open, sends half a request or reads nothing must not delay the end.</summary>
    [Fact]
    public async Task Sigterm_WithSilentClients_StopsWithinFiveSeconds()
    {
        await using var node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root));
        await node.GenerateAsync(200, Miner);
        var magic = BitConverter.GetBytes(_params.Magic);
        using var idle = await RawPeer.ConnectAsync(node.Port, magic);
        using var greeted = await RawPeer.ConnectAndGreetAsync(node.Port, magic);
        using var deaf = await RawPeer.ConnectAndGreetAsync(node.Port, magic);
        await deaf.SendAsync("getblocks", Wire.Locator([]));
        var inventory = await deaf.ExpectAsync("inv");
        for (var i = 0; i < 200; i++) await deaf.SendAsync("getdata", inventory);
        using var half = new System.Net.Sockets.TcpClient("127.0.0.1", node.HttpPort);
        await half.GetStream().WriteAsync("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"u8.ToArray());
        await node.StopAsync();
    }

    [Fact]
    public async Task Stop_ByRpc_AnswersAndEndsWithStatusZero()
    {
        await using var node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root));
        Assert.Equal("chain stopping", (await node.CallAsync("stop"))!.GetValue<string>());
        Assert.Equal(0, await node.WaitForExitAsync(TimeSpan.FromSeconds(5)));
        Assert.NotNull(node.Log.Find("node 3000 stops: a client asked for it"));
    }

    /// <summary>A call that is being answered when the node stops is answered, if only with that.</summary>
    [Fact]
    public async Task Sigterm_DuringALongCall_AnswersIt()
    {
        await using var node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root));
        var call = node.Rpc.PostAsync(new JsonObject { ["method"] = "generatetoaddress", ["params"] = new JsonArray(1_000_000, Miner) }.ToJsonString());
        await node.WaitForLineAsync("block 5 ");
        await node.StopAsync();
        var (status, body) = await call;
        Assert.Equal(503, status);
        Assert.Contains("The node is stopping", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecondNode_OnTheSameDatabase_IsRefusedAndNamesTheProcess()
    {
        await using var node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root));
        var second = await Cli.ProcessAsync("startnode", "--datadir", _folder.Root, "--port", $"{FreePorts.Next()}", "--http-port", $"{FreePorts.Next()}");
        Assert.Equal(1, second.Status);
        Assert.Contains($"process {node.Id} uses it", second.Error, StringComparison.Ordinal);
        Assert.Single(second.Error.TrimEnd().Split('\n'));
        Assert.Equal(0, await node.HeightAsync());
        await node.StopAsync();
    }

    [Fact]
    public async Task Command_BesideANode_SeesTheTipThatTheDiskDoesNotHave()
    {
        await using var node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root));
        for (var i = 1; i <= 3; i++)
        {
            var blocks = await node.GenerateAsync(2, Miner);
            var balance = await Cli.DoAsync("getbalance", "--address", Miner, "--datadir", _folder.Root);
            Assert.Equal($"{10 + (20 * i)}", balance.LastWord.Trim());
            var chain = await Cli.DoAsync("printchain", "--limit", "1", "--datadir", _folder.Root);
            Assert.Contains(blocks[^1], chain.Output, StringComparison.Ordinal);
        }

        var audit = await Cli.DoAsync("reindexutxo", "--datadir", _folder.Root);
        Assert.Contains("from 7 blocks: no difference", audit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NodeThatWasKilled_LeavesNothingThatHindersTheNext()
    {
        await using var first = await NodeProcess.StartAsync(new NodeOptions(_folder.Root));
        var blocks = await first.GenerateAsync(5, Miner);
        await first.KillAsync();
        Assert.True(File.Exists(first.CookiePath));

        var count = await Cli.DoAsync("rpc", "getbestblockhash", "--datadir", _folder.Root);
        Assert.Equal(blocks[^1], count.Output.Trim());
        await using var second = await NodeProcess.StartAsync(new NodeOptions(_folder.Root));
        Assert.Equal(blocks[^1], await second.TipAsync());
        await second.StopAsync();
    }

    [Fact]
    public async Task Sigterm_WhileStarting_EndsWithStatusZero()
    {
        await using var node = NodeProcess.Launch(new NodeOptions(_folder.Root), FreePorts.Next(), FreePorts.Next());
        await Eventually.TrueAsync(() => File.Exists(Path.Combine(_folder.Root, "blockchain_3000.db.lock")), () => "the node opens its database");
        node.SendTerminate();
        Assert.Equal(0, await node.WaitForExitAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task Calls_ManyAtOnce_AreAllAnswered()
    {
        await using var node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root));
        var mining = Enumerable.Range(0, 4).Select(_ => node.GenerateAsync(10, Miner)).ToList();
        var reading = Enumerable.Range(0, 100).Select(_ => node.CallAsync("getblockchaininfo")).ToList();
        await Task.WhenAll(reading);
        var hashes = (await Task.WhenAll(mining)).SelectMany(h => h).ToList();
        Assert.Equal(40, hashes.Distinct().Count());
        Assert.True(await node.HeightAsync() >= 40);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Cookie_IsTheOwnersAlone_AndGoesWithTheNode()
    {
        await using var node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(node.CookiePath));
        var cookie = await File.ReadAllTextAsync(node.CookiePath);
        Assert.Matches("^__cookie__:[0-9a-f]{64}$", cookie);
        await node.StopAsync();
        Assert.False(File.Exists(node.CookiePath));
    }

    /// <summary>What a killed node left must not let anybody in, nor keep its mode.</summary>
    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Cookie_OfAKilledNode_IsReplaced()
    {
        await using var node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root));
        await node.KillAsync();
        var old = await File.ReadAllTextAsync(node.CookiePath);
        File.SetUnixFileMode(node.CookiePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        await using var next = await NodeProcess.StartAsync(new NodeOptions(_folder.Root));
        var fresh = await File.ReadAllTextAsync(next.CookiePath);
        Assert.NotEqual(old, fresh);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(next.CookiePath));

        using var withOld = new RpcClient(next.HttpPort, _folder.Write("old-cookie", old));
        Assert.Equal(401, (await withOld.PostAsync("""{"method":"getblockcount"}""")).Status);
        Assert.Equal(0, await next.HeightAsync());
    }

    /// <summary>A node without its database must not go on as if it had one, nor hang.</summary>
    [Fact]
    public async Task Database_HeldByAnotherProgram_TheNodeEndsAndSaysWhy()
    {
        await using var node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root) { MineTo = Miner });
        var acknowledged = await node.GenerateAsync(2, Miner);
        using (var other = SqliteDatabase.Open(_folder.PathOf("blockchain_3000.db")))
        {
            other.Execute("BEGIN IMMEDIATE");
            var failure = await Assert.ThrowsAsync<RpcFailure>(() => node.GenerateAsync(1, Miner));
            Assert.Contains("is in use by another program", failure.Message, StringComparison.Ordinal);
            Assert.Equal(1, await node.WaitForExitAsync(Eventually.Patience));
        }

        var last = Assert.Single(node.Log.From(0), line => line.StartsWith("chain: ", StringComparison.Ordinal));
        Assert.Contains("is in use by another program", last, StringComparison.Ordinal);
        await using var next = await NodeProcess.StartAsync(new NodeOptions(_folder.Root));
        Assert.Equal(acknowledged[^1], await next.TipAsync());
    }
}
