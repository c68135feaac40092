using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Node;
using Chain.State;
using Chain.State.Storage;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Net;

/// <summary>Snapshots of three running processes.</summary>
[Collection(NetGroup.Name)]
public sealed class SnapshotNetTests
{
    private readonly NetWorld _net;

    public SnapshotNetTests(NetWorld net) => _net = net;

    /// <summary>At rest the copy is exact: the same tip, coins and pool on every node.</summary>
    [Fact]
    public async Task Restore_OfNodesAtRest_SameTipAndCoins()
    {
        await _net.RunAsync($"mine 2 --node {_net.Second}");
        await AgreeAsync();
        var before = await CoinsAsync();
        await _net.RunAsync("snapshot save rest");
        await _net.RunAsync($"mine 3 --node {_net.Third}");
        await AgreeAsync();
        Assert.NotEqual(before, await CoinsAsync());
        var restored = await _net.AskAsync("snapshot restore rest");
        Assert.Equal(_net.All, restored["started"]!.AsArray().Select(id => id!.GetValue<int>()));
        Assert.Equal(before, await CoinsAsync());
        Assert.Single(before.Distinct());
        Assert.Equal(before, restored["nodes"]!.AsArray().Select(node => node!["coins"]!.GetValue<string>()));
        Assert.Equal([true, true, true], (await _net.AskAsync("net status"))["nodes"]!.AsArray().Select(node => node!["running"]!.GetValue<bool>()));
    }

    /// <summary>While payments are made and blocks mined, each node is copied at a moment of its own: whole, and such that they agree again.</summary>
    [Fact]
    public async Task Restore_OfNodesUnderLoad_EqualCoins()
    {
        await _net.RunAsync($"mine 20 --node {_net.Second}");
        await AgreeAsync();
        using var stop = new CancellationTokenSource();
        var blocks = 0;
        var load = LoadAsync(() => Interlocked.Increment(ref blocks), stop.Token);
        await Eventually.TrueAsync(() => Volatile.Read(ref blocks) > 2 || load.IsCompleted, () => "the load runs");
        Assert.False(load.IsCompleted, load.Exception?.ToString());
        var saved = await _net.AskAsync("snapshot save load");
        Assert.False(load.IsCompleted, load.Exception?.ToString());
        await stop.CancelAsync();
        await load;

        // What was copied is what the node said of itself at that moment.
        foreach (var node in saved["nodes"]!.AsArray()) Assert.Equal(node!["coins"]!.GetValue<string>(), CoinsOfCopy(node["node"]!.GetValue<int>(), node["tip"]!.GetValue<string>()));

        await _net.RunAsync("snapshot restore load");
        await AgreeAsync();
        await Eventually.TrueAsync(async () => (await CoinsAsync()).Distinct().Count() == 1, () => "the coins are equal");
        var highest = saved["nodes"]!.AsArray().MaxBy(node => node!["height"]!.GetValue<int>())!;
        foreach (var id in _net.All) Assert.True((await _net.CallAsync(id, "getblockheader", highest["tip"]!.GetValue<string>()))["confirmations"]!.GetValue<int>() > 0);
    }

    /// <summary>Nodes that were copied while each had just seen another block first would never agree by themselves.</summary>
    [Fact]
    public async Task Restore_OfBranchesOfEqualWork_OneTipAndEqualCoins()
    {
        await AgreeAsync();
        await _net.CallAsync(_net.Third, "setnetworkactive", false);
        await _net.RunAsync($"mine 1 --node {_net.Second}");
        await _net.RunAsync($"mine 1 --node {_net.Third}");
        var saved = await _net.AskAsync("snapshot save tie");
        Assert.Single(saved["nodes"]!.AsArray().Select(node => node!["height"]!.GetValue<int>()).Distinct());
        Assert.NotEqual(saved["nodes"]![1]!["tip"]!.GetValue<string>(), saved["nodes"]![2]!["tip"]!.GetValue<string>());
        await _net.CallAsync(_net.Third, "setnetworkactive", true);
        var restored = await _net.RunAsync("snapshot restore tie");
        Assert.Contains("2 branches had equal work", restored.Error, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Repeat(saved["nodes"]![1]!["coins"]!.GetValue<string>(), 3), await CoinsAsync());
        await _net.RunAsync("snapshot delete tie");
    }

    [Fact]
    public async Task Restore_KilledWhileNodesAreStopped_NetUpFindsTheOldOrTheNew() => await EndRestoreAsync(ChainProgram.Kill);

    [InterruptFact]
    public async Task Restore_InterruptedWhileNodesAreStopped_TheOldOrTheNewRunsAgain() => await EndRestoreAsync(ChainProgram.Interrupt);

    private async Task EndRestoreAsync(Action<System.Diagnostics.Process> end)
    {
        await AgreeAsync();
        var saved = (await CoinsAsync())[0];
        await _net.RunAsync("snapshot save cut");
        await _net.RunAsync($"mine 1 --node {_net.Second}");
        await AgreeAsync();
        var changed = (await CoinsAsync())[0];
        var process = ChainProgram.Start(ChainProgram.Command(_net.Words("snapshot restore cut")));
        try
        {
            // The last node is the first to end, and its cookie goes with it.
            await Eventually.TrueAsync(() => !File.Exists(Path.Combine(_net.Folder, $".cookie_{_net.Third}")) || process.HasExited, () => "the restore stops the nodes");
            if (!process.HasExited) end(process);
            using var patience = new CancellationTokenSource(Eventually.Patience);
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            ChainProgram.Kill(process);
            ChainProgram.Forget(process);
        }

        await _net.RunAsync("net up");
        await AgreeAsync();
        Assert.Contains(Assert.Single((await CoinsAsync()).Distinct()), new[] { saved, changed });
    }

    /// <summary>A payment and a block, again and again, on two nodes.</summary>
    private async Task LoadAsync(Action onBlock, CancellationToken stop)
    {
        var to = await _net.AddressOfAsync(_net.Third);
        while (!stop.IsCancellationRequested)
        {
            await _net.CallAsync(_net.Second, "sendtoaddress", to, 0.01m);
            await _net.CallAsync(_net.Second, "generatetoaddress", 1, await _net.AddressOfAsync(_net.Second));
            onBlock();
        }
    }

    /// <summary>The coins in the copy of a node's database, opened as a node would.</summary>
    private string CoinsOfCopy(int id, string tip)
    {
        using var folder = new DataFolder();
        var path = folder.PathOf("copy.db");
        File.Copy(Path.Combine(_net.Folder, "snapshots", "load", "1", $"blockchain_{id}.db"), path);
        var p = GenesisFile.TryParse(File.ReadAllText(Path.Combine(_net.Folder, GenesisFile.FileName)), out _)!;
        using var chain = LoadedChain.Open(DatabaseLock.TryTake(path, Environment.ProcessId, httpPort: 0)!, path, p, TimeProvider.System);
        Assert.Equal((false, tip), (chain.CoinsWereDamaged, chain.Chainstate.Tip.Hash.ToString()));
        using var moment = CoinMoment.Hold(chain.Chainstate);
        return CoinStatistics.Of(moment, CoinHash.Serialized, _ => { }, CancellationToken.None).Hash.ToString();
    }

    private async Task<string[]> CoinsAsync() =>
        await Task.WhenAll(_net.All.Select(async id => (await _net.CallAsync(id, "gettxoutsetinfo"))["hash_serialized_3"]!.GetValue<string>()));

    private async Task AgreeAsync()
    {
        JsonNode? status = null;
        await Eventually.TrueAsync(async () => (status = await _net.AskAsync("net status"))["agree"]!.GetValue<bool>(), () => $"the nodes agree: {status}");
    }
}
