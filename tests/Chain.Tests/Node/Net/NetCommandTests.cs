using System.Text.Json.Nodes;
using Chain.Node;
using Chain.Tests.Node.Kit;
using Chain.Tests.Node.Rpc;

namespace Chain.Tests.Node.Net;

/// <summary><c>chain net</c> on a network of three processes.</summary>
[Collection(NetGroup.Name)]
public sealed class NetCommandTests
{
    private readonly NetWorld _net;

    public NetCommandTests(NetWorld net) => _net = net;

    [Fact]
    public async Task Up_ThreeNodesThatAgree_AndOutliveTheCommand()
    {
        Assert.Contains("All 3 agree.", _net.Up.Output, StringComparison.Ordinal);
        Assert.Contains("Started 3 of 3", _net.Up.Error, StringComparison.Ordinal);
        var status = await _net.AskAsync("net status");
        Assert.True(status["agree"]!.GetValue<bool>());
        Fields.Check(status, "folder:s nodes:a tips:i agree:b partition:a delays:a");
        Fields.Check(status["nodes"]![0], "node:i running:b state:s central:b mines:b p2p:s url:s address:s group:i height:i tip:s peers:i mempool:i");
        Assert.Equal(_net.All, status["nodes"]!.AsArray().Select(node => node!["node"]!.GetValue<int>()));
        Assert.All(status["nodes"]!.AsArray(), node => Assert.Equal(2, node!["peers"]!.GetValue<int>()));
        Assert.Equal([true, false, false], status["nodes"]!.AsArray().Select(node => node!["mines"]!.GetValue<bool>()));
        Assert.Equal([true, false, false], status["nodes"]!.AsArray().Select(node => node!["central"]!.GetValue<bool>()));
    }

    [Fact]
    public async Task Up_AllRun_StartsNone()
    {
        var again = await _net.RunAsync("net up");
        Assert.Contains("All ran already.", again.Error, StringComparison.Ordinal);
    }

    /// <summary>A payment that only the losing side has in a block returns to the pool of that side, and is mined by the other.</summary>
    [Fact]
    public async Task Heal_AfterMiningOnBothSides_OneTipAndTheReorganisationIsTold()
    {
        var third = await _net.AddressOfAsync(_net.Third);
        await _net.RunAsync($"mine 1 --node {_net.Third}");
        await AgreeAsync();
        await _net.CallAsync(_net.First, "setgenerate", false);
        await _net.RunAsync($"net partition {_net.First},{_net.Second}/{_net.Third}");
        var payment = await _net.AskAsync($"send --node {_net.Third} --from {third} --to {await _net.AddressOfAsync(_net.First)} --amount 1");
        await _net.RunAsync($"mine 2 --node {_net.Third}");
        await _net.RunAsync($"mine 3 --node {_net.First}");
        var cut = await StatusAsync(2);
        Assert.False(cut["agree"]!.GetValue<bool>());
        Assert.Equal([1, 1, 0], cut["nodes"]!.AsArray().Select(node => node!["peers"]!.GetValue<int>()));
        Assert.Equal([1, 1, 2], cut["nodes"]!.AsArray().Select(node => node!["group"]!.GetValue<int>()));

        var healed = await _net.AskAsync("net heal");

        Assert.True(healed["agree"]!.GetValue<bool>());
        Assert.Equal(cut["nodes"]![0]!["tip"]!.GetValue<string>(), healed["tip"]!.GetValue<string>());
        var change = Assert.Single(healed["reorganisations"]!.AsArray())!;
        Assert.Equal((_net.Third, 2, 3), (change["node"]!.GetValue<int>(), change["left"]!.AsArray().Count, change["came"]!.GetValue<int>()));
        Assert.Equal(cut["nodes"]![2]!["tip"]!.GetValue<string>(), change["from"]!["tip"]!.GetValue<string>());
        var returned = Assert.Single(change["transactions"]!.AsArray())!;
        Assert.Equal((payment["txid"]!.GetValue<string>(), "pool"), (returned["txid"]!.GetValue<string>(), returned["now"]!.GetValue<string>()));
        await _net.RunAsync($"mine 1 --node {_net.Third}");
        await AgreeAsync();
        await _net.CallAsync(_net.First, "setgenerate", true, 1);
    }

    /// <summary>The side on which most nodes stand is preferred, without a block more.</summary>
    [Fact]
    public async Task Heal_BranchesOfEqualWork_OneIsPreferred()
    {
        await AgreeAsync();
        await _net.RunAsync($"net partition {_net.First}/{_net.Second},{_net.Third}");
        await _net.RunAsync($"mine 2 --node {_net.First}");
        await _net.RunAsync($"mine 2 --node {_net.Third}");
        var cut = await StatusAsync(2);
        var (lost, kept) = (cut["nodes"]![0]!["tip"]!.GetValue<string>(), cut["nodes"]![2]!["tip"]!.GetValue<string>());
        var healed = await _net.RunAsync("net heal");
        Assert.Contains("2 branches had equal work", healed.Error, StringComparison.Ordinal);
        Assert.Contains($"The one of node {_net.Second}, ", healed.Error, StringComparison.Ordinal);
        Assert.Contains($"Node {_net.First} reorganised: 2 blocks left and 2 blocks came", healed.Output, StringComparison.Ordinal);
        Assert.Contains("All 3 agree", healed.Output, StringComparison.Ordinal);
        var status = await StatusAsync(1);
        Assert.All(status["nodes"]!.AsArray(), node => Assert.Equal(kept, node!["tip"]!.GetValue<string>()));
        Assert.True((await _net.CallAsync(_net.First, "getblockheader", lost))["confirmations"]!.GetValue<int>() < 0);
        Assert.Contains("nothing was reorganised", (await _net.RunAsync("net heal")).Output, StringComparison.Ordinal);

        // Each goes on where it stood.
        await _net.RunAsync("net down");
        Assert.Contains(kept, (await _net.RunAsync($"show tip --node {_net.First}")).Output, StringComparison.Ordinal);
        var up = await _net.AskAsync("net up");
        Assert.All(up["nodes"]!.AsArray(), node => Assert.Equal(kept, node!["tip"]!.GetValue<string>()));
    }

    /// <summary>The nodes forget it when they end; the network does not.</summary>
    [Fact]
    public async Task Partition_AfterDownAndUp_IsStillThere()
    {
        await _net.RunAsync($"net partition {_net.First}/{_net.Second},{_net.Third}");
        await _net.RunAsync($"net delay {_net.Second} 30ms");
        var down = await _net.AskAsync("net down");
        Assert.Equal(_net.All, down["stopped"]!.AsArray().Select(id => id!.GetValue<int>()));
        Assert.Contains("None runs", (await _net.RunAsync("net status")).Output, StringComparison.Ordinal);
        await _net.RunAsync("net up");
        Assert.Equal([0, 1, 1], (await _net.AskAsync("net status"))["nodes"]!.AsArray().Select(node => node!["peers"]!.GetValue<int>()));
        Assert.Equal(30, (await _net.CallAsync(_net.Second, "getlinkconditions"))["delay"]!.GetValue<int>());
        await _net.RunAsync("net heal");
        Assert.Equal(0, (await _net.CallAsync(_net.Second, "getlinkconditions"))["delay"]!.GetValue<int>());
        await AgreeAsync();
    }

    [Fact]
    public async Task Delay_BetweenTwoSides_GoesBothWays_AndZeroEndsIt()
    {
        await _net.RunAsync($"net delay {_net.First}/{_net.Third} 40ms");
        Assert.Equal([(_net.First, _net.Third), (_net.Third, _net.First)], await DelaysAsync());
        Assert.Equal(40, (await _net.CallAsync(_net.Third, "getlinkconditions"))["delays"]![$"127.0.0.1:{_net.First}"]!.GetValue<int>());
        await _net.RunAsync($"mine 1 --node {_net.First}");
        await AgreeAsync();
        await _net.RunAsync($"net delay {_net.Third}/{_net.First} 0");
        Assert.Empty(await DelaysAsync());
    }

    [Fact]
    public async Task Logs_OfOneAndOfAll()
    {
        var one = await _net.RunAsync($"net logs {_net.Second} -n 5");
        Assert.InRange(one.Output.TrimEnd().Split('\n').Length, 1, 5);
        var all = await _net.RunAsync("net logs -n 1000");
        Assert.All(_net.All, id => Assert.Contains($"node {id} of chain", all.Output, StringComparison.Ordinal));
        Assert.All(all.Output.TrimEnd().Split('\n'), line => Assert.Contains(_net.All, id => line.StartsWith($"{id} ", StringComparison.Ordinal)));
    }

    /// <summary>Who names no node means the central one, whatever its number; who pays while his own is stopped turns to it too.</summary>
    [Fact]
    public async Task Commands_InTheFolderOfANetwork_TurnToItsNodes()
    {
        var tip = await _net.RunAsync("show tip");
        Assert.Contains($"Using node {_net.First}, the central one of the network in {_net.Folder}; --node names another.", tip.Error, StringComparison.Ordinal);
        Assert.Equal($"node {_net.Second}", string.Join(' ', (await _net.RunAsync($"net logs --node {_net.Second}")).Output.Split('\n').First(line => line.Contains(" of chain ", StringComparison.Ordinal)).Split(' ')[2..4]));

        var (from, to) = (await _net.AddressOfAsync(_net.Third), await _net.AddressOfAsync(_net.First));
        await _net.RunAsync($"mine 1 --node {_net.Third}");
        await AgreeAsync();
        await _net.CallAsync(_net.First, "setgenerate", false);
        await _net.RunAsync($"stop --node {_net.Third}");
        var sent = await _net.RunAsync($"send --node {_net.Third} --from {from} --to {to} --amount 1");
        Assert.Contains($"It was handed to the node at 127.0.0.1:{_net.First}", sent.Error, StringComparison.Ordinal);
        Assert.Contains(sent.Output.Trim()[^64..], (await _net.CallAsync(_net.First, "getrawmempool")).AsArray().Select(id => id!.GetValue<string>()));
        await _net.CallAsync(_net.First, "setgenerate", true, 1);
        await _net.RunAsync("net up");
        await AgreeAsync();
    }

    /// <summary>What was stopped stays so, in the network and in what is saved of it.</summary>
    [Fact]
    public async Task MinerStop_IsKeptByTheNetworkAndItsSnapshots()
    {
        await _net.RunAsync($"miner stop --node {_net.First}");
        Assert.False((await _net.AskAsync("net status"))["nodes"]![0]!["mines"]!.GetValue<bool>());
        await _net.RunAsync("snapshot save idle");
        await _net.RunAsync($"miner start --threads 1 --node {_net.First}");
        Assert.True((await _net.AskAsync("net status"))["nodes"]![0]!["mines"]!.GetValue<bool>());
        await _net.RunAsync("snapshot restore idle");
        Assert.False((await _net.AskAsync($"miner status --node {_net.First}"))["running"]!.GetValue<bool>());
        await _net.RunAsync($"miner start --threads 1 --node {_net.First}");
        await _net.RunAsync("snapshot delete idle");
    }

    /// <summary>Also of nodes that run already.</summary>
    [Fact]
    public async Task Up_WithOtherMiners_NodesThatRunMineFromThenOn()
    {
        async Task<bool> MinesAsync(int node) => (await _net.AskAsync($"miner status --node {node}"))["running"]!.GetValue<bool>();
        await _net.RunAsync("net up --miners 2");
        Assert.Equal((true, true, false), (await MinesAsync(_net.First), await MinesAsync(_net.Second), await MinesAsync(_net.Third)));
        await _net.RunAsync("net up --miners 1");
        Assert.Equal((true, false, false), (await MinesAsync(_net.First), await MinesAsync(_net.Second), await MinesAsync(_net.Third)));
    }

    /// <summary>Nodes that start while their command is no more are waited for.</summary>
    [Fact]
    public async Task Up_AfterOneThatWasKilled_TakesItsNodesOver()
    {
        await _net.RunAsync("net down");
        var first = ChainProgram.Start(ChainProgram.Command(_net.Words("net up")));
        try
        {
            await Eventually.TrueAsync(() => File.Exists(Path.Combine(_net.Folder, $"blockchain_{_net.First}.db.owner")) || first.HasExited, () => "the first node starts");
            ChainProgram.Kill(first);
        }
        finally
        {
            ChainProgram.Forget(first);
        }

        await _net.RunAsync("net up");
        await AgreeAsync();
    }

    /// <summary>What is not as it should be has a next step.</summary>
    [Fact]
    public async Task Status_ANodeStopped_SaysWhatStartsIt()
    {
        Assert.Equal("", (await _net.RunAsync("net status")).Error);
        await _net.RunAsync($"stop --node {_net.Third}");
        Assert.Matches("'chain net up( --datadir [^']+)?' starts what does not run.", (await _net.RunAsync("net status")).Error);
        await _net.RunAsync("net up");
        await AgreeAsync();
    }

    [Fact]
    public async Task Up_PortTaken_SaysWhoseLogSaysWhat_AndLeavesNothingRunning()
    {
        using var folder = new DataFolder();
        FreshChain.Create().WriteTo(folder.Root);

        // Its third node has the number of this network's first.
        var result = await Cli.RunAsync("net", "up", "3", "--datadir", folder.Root, "--base-port", $"{_net.First - 2}");
        Assert.Equal(1, result.Status);
        Assert.Contains($"Node {_net.First} did not start. Its log {folder.PathOf($"node_{_net.First}.log")} says: chain: Port {_net.First} for P2P cannot be used", result.Error, StringComparison.Ordinal);
        Assert.Contains($"What was made stays, and the next 'chain net up 3 --base-port {_net.First - 2} --datadir {folder.Root}' goes on with it. To remove it: (cd {folder.Root} && rm Wallets_", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Root, "*.owner"));
        Assert.False(File.Exists(folder.PathOf("net.json")));
    }

    [Theory]
    [InlineData("net partition FIRST,SECOND", 2, "is one group")]
    [InlineData("net partition FIRST/SECOND", 2, "stands in no group")]
    [InlineData("net partition FIRST,SECOND/FIRST", 2, "twice")]
    [InlineData("net partition FIRST/9", 2, "'9' is no node of this network")]
    [InlineData("net delay FIRST 5", 2, "'5' is no time")]
    [InlineData("net delay FIRST 61s", 2, "at most 60s")]
    [InlineData("net up 2", 2, "has 3 nodes")]
    [InlineData("net up 3 --base-port 9", 2, "begins with node")]
    [InlineData("net up 0", 2, "is no number of nodes")]
    [InlineData("net up 3 --miners 4", 2, "--miners 4 makes no sense")]
    [InlineData("net logs 9", 2, "is no node")]
    [InlineData("net logs --node 9", 2, "is no node")]
    [InlineData("net down --node SECOND", 2, "--node SECOND names one node, and 'chain net down' is about all nodes of a network: leave it out. 'chain stop --node ID' ends one.")]
    [InlineData("net status --node SECOND", 2, "is about all nodes")]
    [InlineData("net heal --node SECOND", 2, "is about all nodes")]
    [InlineData("net partition FIRST/SECOND --node SECOND", 2, "is about all nodes")]
    [InlineData("net delay FIRST 0 --node SECOND", 2, "is about all nodes")]
    [InlineData("net up --node SECOND", 2, "is about all nodes")]
    [InlineData("net up 3 --base-port 9 --node 10 --datadir NEW", 2, "--node 10 and --base-port 9 both say which is the first node")]
    [InlineData("net up 3 --node 55535 --datadir NEW", 2, "leaves no room for 3 nodes")]
    public async Task Mistakes_SayWhatIsWrong(string line, int status, string words)
    {
        string Fill(string text) => text.Replace("FIRST", $"{_net.First}", StringComparison.Ordinal).Replace("SECOND", $"{_net.Second}", StringComparison.Ordinal);
        using var folder = new DataFolder();
        var result = await Cli.RunAsync(line.EndsWith(" --datadir NEW", StringComparison.Ordinal) ? Fill(line).Replace("NEW", folder.Root, StringComparison.Ordinal).Split(' ') : _net.Words(Fill(line)));
        Assert.Equal((status, ""), (result.Status, result.Output));
        Assert.Contains(Fill(words), result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("net status")]
    [InlineData("net down")]
    [InlineData("net heal")]
    [InlineData("net logs")]
    public async Task NoNetwork_SaysHowToStartOne_AndWritesNothing(string line)
    {
        using var folder = new DataFolder();
        var result = await Cli.RunAsync([.. line.Split(' '), "--datadir", folder.Root]);
        Assert.Equal(CommandException.GeneralStatus, result.Status);
        Assert.Contains($"Start one with 'chain net up 3 --datadir {folder.Root}'", result.Error, StringComparison.Ordinal);
        Assert.Equal("", folder.Snapshot(withLocks: true));
    }

    private Task<JsonNode> AgreeAsync() => StatusAsync(1);

    /// <summary>The status, once the nodes stand at so many tips.</summary>
    private async Task<JsonNode> StatusAsync(int tips)
    {
        JsonNode? status = null;
        await Eventually.EqualAsync(tips, async () => (status = await _net.AskAsync("net status"))["tips"]!.GetValue<int>(), "the number of tips");
        return status!;
    }

    private async Task<(int From, int To)[]> DelaysAsync() =>
        [.. (await _net.AskAsync("net status"))["delays"]!.AsArray().Select(delay => (delay!["from"]!.GetValue<int>(), delay["to"]!.GetValue<int>()))];
}
