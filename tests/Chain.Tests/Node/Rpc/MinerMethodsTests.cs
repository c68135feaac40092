using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Node.Rpc;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>The miner of a running node: begun without a restart, changed, stopped.</summary>
public sealed class MinerMethodsTests : IAsyncLifetime, IDisposable
{
    private readonly DataFolder _folder = new();
    private HostedNode _node = null!;

    private static string Bob => TestChains.Private.AddressOf(Keys.Bob);

    private static string Alice => TestChains.Private.AddressOf(Keys.Alice);

    public async Task InitializeAsync() => _node = await HostedNode.StartAsync(_folder, TestChains.Private);

    public async Task DisposeAsync() => await _node.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task StartMiner_OnANodeWithoutOne_MinesWhatWaits()
    {
        var payment = new ChainBuilder(TestChains.Private).SpendReward("genesis", Keys.Alice, fee: 500);
        await _node.CallAsync("sendrawtransaction", Hex.Of(payment.Raw.Span));
        var info = (await _node.CallAsync("getminerinfo"))!;
        Assert.Equal((false, null), (info["running"]!.GetValue<bool>(), info["address"]?.GetValue<string>()));

        await AssertFailsAsync(RpcErrorCode.InvalidParameter, "No address", "startminer");
        info = (await _node.CallAsync("startminer", Bob, 1))!;
        Assert.Equal((true, Bob, 1, true, null), State(info));
        await HeightAsync(1);
        Assert.Equal(10.000005m, (await _node.CallAsync("getaddressbalance", Bob))!["balance"]!.GetValue<decimal>());

        info = (await _node.CallAsync("stopminer"))!;
        Assert.Equal((false, Bob, 1, true, null), State(info));
        await _node.CallAsync("sendrawtransaction", Hex.Of(Next(payment).Raw.Span));
        await Task.Delay(100);
        Assert.Equal(1, (await _node.CallAsync("getblockcount"))!.GetValue<int>());

        // Who was paid is known from before; what is said now alone changes.
        info = (await _node.CallAsync("startminer"))!;
        Assert.Equal((true, Bob, 1, true, null), State(info));
        await HeightAsync(2);
    }

    [Fact]
    public async Task StartMiner_WithABlockTime_MakesEmptyBlocks_UntilItIsChanged()
    {
        var info = (await _node.CallAsync("startminer", Bob, 1, null, 0.2))!;
        Assert.Equal((true, Bob, 1, false, 0.2), State(info));
        await HeightAsync(2);

        info = (await _node.CallAsync("startminer", Alice, null, true, 0))!;
        Assert.Equal((true, Alice, 1, true, null), State(info));
        await Task.Delay(100);
        var height = (await _node.CallAsync("getblockcount"))!.GetValue<int>();
        await Task.Delay(500);
        Assert.Equal(height, (await _node.CallAsync("getblockcount"))!.GetValue<int>());
        Assert.Equal(Environment.ProcessorCount, (await _node.CallAsync("startminer", null, -1))!["threads"]!.GetValue<int>());
    }

    [Fact]
    public async Task StartMiner_WhatMakesNoSense()
    {
        await AssertFailsAsync(RpcErrorCode.InvalidParameter, "no block would be made", "startminer", Bob, 1, false);
        await AssertFailsAsync(RpcErrorCode.InvalidParameter, "blocktime must be", "startminer", Bob, 1, true, 0.01);
        await AssertFailsAsync(RpcErrorCode.InvalidParameter, "Without threads", "startminer", Bob, 0);
        await AssertFailsAsync(RpcErrorCode.Misc, "out of range", "startminer", Bob, 2000);
        await AssertFailsAsync(RpcErrorCode.InvalidAddressOrKey, "not an address", "startminer", "nonsense");
        Assert.False((await _node.CallAsync("getminerinfo"))!["running"]!.GetValue<bool>());
    }

    [Fact]
    public async Task MinerCommands_AskTheNode()
    {
        await Cli.DoAsync("createwallet", "--datadir", _folder.Root);
        var started = await Cli.DoAsync("miner", "start", "--threads", "1", "--block-time", "5", "--datadir", _folder.Root);
        Assert.Contains("with 1 thread, every 5 s.", started.Output, StringComparison.Ordinal);
        Assert.Contains("as soon as a transaction waits, and every 3 s", (await Cli.DoAsync("miner", "start", "--automine", "--block-time", "3", "--datadir", _folder.Root)).Output, StringComparison.Ordinal);
        Assert.EndsWith("as soon as a transaction waits.", (await Cli.DoAsync("miner", "start", "--automine", "--datadir", _folder.Root)).Output.Trim(), StringComparison.Ordinal);
        var status = JsonNode.Parse((await Cli.DoAsync("miner", "status", "--json", "--datadir", _folder.Root)).Output)!.AsObject();
        Assert.Equal(["address", "automine", "blocktime", "running", "threads"], status.Select(pair => pair.Key).Order());
        Assert.Equal("The node does not mine.", (await Cli.DoAsync("miner", "stop", "--datadir", _folder.Root)).Output.Trim());
        Assert.Equal(2, (await Cli.RunAsync("miner", "start", "--block-time", "0.1", "--datadir", _folder.Root)).Status);

        await _node.StopAsync();
        var alone = await Cli.RunAsync("miner", "status", "--datadir", _folder.Root);
        Assert.Equal(9, alone.Status);
        Assert.Contains("chain startnode", alone.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartNode_WithABlockTime_MakesEmptyBlocks_PaidToALabel()
    {
        await _node.StopAsync();
        var own = (await Cli.DoAsync("createwallet", "--datadir", _folder.Root)).LastWord.Trim();
        await Cli.DoAsync("rpc", "setlabel", own, "me", "--datadir", _folder.Root);
        await using var node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root) { MineTo = "me", More = ["--block-time", "0.2"] });
        await Eventually.TrueAsync(async () => await node.HeightAsync() >= 2, () => "empty blocks come\n" + node.Log.Tail());
        Assert.True(await node.BalanceAsync(own) >= 20);
        var info = (await node.CallAsync("getminerinfo"))!;
        Assert.Equal((true, own, 1, false, 0.2), State(info));
    }

    [Fact]
    public async Task StartNode_MiningWithoutAPayee_SaysWhatIsMissing()
    {
        await _node.StopAsync();
        var result = await Cli.RunAsync("startnode", "--block-time", "5", "--datadir", _folder.Root);
        Assert.Equal(2, result.Status);
        Assert.Contains("--miner ADDRESS says who is paid", result.Error, StringComparison.Ordinal);
    }

    private static Transaction Next(Transaction payment) =>
        Keys.Spend(new OutPoint(payment.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, payment.Outputs[0].Value));

    private static (bool, string?, int, bool, double?) State(JsonNode info) => (
        info["running"]!.GetValue<bool>(), info["address"]?.GetValue<string>(), info["threads"]!.GetValue<int>(),
        info["automine"]!.GetValue<bool>(), info["blocktime"]?.GetValue<double>());

    private Task HeightAsync(int least) => Eventually.TrueAsync(async () => (await _node.CallAsync("getblockcount"))!.GetValue<int>() >= least, () => $"height {least}");

    private async Task AssertFailsAsync(int code, string text, string method, params JsonNode?[] parameters)
    {
        var failure = await Assert.ThrowsAsync<RpcFailure>(() => _node.CallAsync(method, parameters));
        Assert.Equal(code, failure.Code);
        Assert.Contains(text, failure.Message, StringComparison.Ordinal);
    }
}
