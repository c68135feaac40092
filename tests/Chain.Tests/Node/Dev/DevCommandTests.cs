using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Dev;

/// <summary><c>chain dev</c> as a process, and the commands beside it that find it by themselves.</summary>
public sealed class DevCommandTests : IDisposable
{
    private readonly DataFolder _home = new();
    private readonly DataFolder _elsewhere = new();

    public void Dispose()
    {
        _home.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    [Trait("Category", "Smoke")]
    public async Task Dev_TwoCommands_ToTheFirstConfirmedPayment()
    {
        await using var dev = await DevProcess.StartAsync(_home);
        var sent = await RunAsync("send --from alice --to bob --amount 1 --wait");
        Assert.True(sent.Status == 0, sent.Error);
        Assert.StartsWith("Sent 1 to bob (16QSWSjranzv62gYrJrmgtyfuv2MuQu8ai): transaction ", sent.Output, StringComparison.Ordinal);
        Assert.Contains("Mined in block", sent.Output, StringComparison.Ordinal);
        Assert.Contains($"Using the dev chain of node 3000 in {dev.Folder}", sent.Error, StringComparison.Ordinal);
        Assert.Equal("Balance of 'alice': 999", (await RunAsync("getbalance --address alice")).Output.Trim());
        Assert.Equal("Balance of 'bob': 1001", (await RunAsync("getbalance --address bob")).Output.Trim());

        // Rewards are another's, so that the accounts change by payments alone.
        Assert.Equal("Balance of 'miner': 10", (await RunAsync("getbalance --address miner")).Output.Trim());
        Assert.Equal("1", (await RunAsync("rpc getblockcount")).Output.Trim());
        Assert.Equal([], Directory.GetFileSystemEntries(_elsewhere.Root));
    }

    [Fact]
    public async Task Dev_TellsTenFundedAccounts_AndLeavesNothing()
    {
        await using var dev = await DevProcess.StartAsync(_home);
        Assert.False(dev.Banner["realmoney"]!.GetValue<bool>());
        var accounts = dev.Banner["accounts"]!.AsArray();
        Assert.Equal(
            ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "miner"],
            accounts.Select(account => account!["name"]!.GetValue<string>()));
        Assert.All(accounts.Take(10), account => Assert.Equal(1000, account!["balance"]!.GetValue<decimal>()));
        Assert.Equal(dev.Banner["accounts"]![0]!["privatekey"]!.GetValue<string>(), JsonNode.Parse((await RunAsync("rpc dumpprivkey 1LVBFnaUCgJt8p4183zgr27toVoxK2Jj96 --json")).Output)!.GetValue<string>());
        Assert.True(Directory.Exists(dev.Folder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(dev.Folder).UnixFileMode);

        await dev.InterruptAsync();
        Assert.False(Directory.Exists(dev.Folder));
        Assert.Empty(Directory.GetFiles(_home.PathOf("chain")));
        var after = await RunAsync("getbalance --address alice");
        Assert.Equal(1, after.Status);
        Assert.Contains("There is no chain in", after.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReorgAndFaucet_OnADevChain_PaymentsComeBackByThemselves()
    {
        await using var dev = await DevProcess.StartAsync(_home);
        Assert.Equal(0, (await RunAsync("send --from alice --to bob --amount 1 --wait")).Status);
        var told = JsonNode.Parse((await RunAsync("reorg 1 --json")).Output)!;
        Assert.Single(told["returned"]!.AsArray());
        await Eventually.EqualAsync("Balance of 'bob': 1001", async () => (await RunAsync("getbalance --address bob")).Output.Trim(), "bob's balance");
        Assert.Equal("3", (await RunAsync("rpc getblockcount")).Output.Trim());

        // The newest account that can pays, so that alice and bob are left alone.
        var given = await RunAsync("faucet carol 200");
        Assert.Contains($"carol got 200 from {dev.Banner["accounts"]![9]!["address"]}", given.Output, StringComparison.Ordinal);
        Assert.Equal("Balance of 'carol': 1200", (await RunAsync("getbalance --address carol")).Output.Trim());
    }

    [Fact]
    public async Task Stop_FromAnyFolder_EndsIt()
    {
        await using var dev = await DevProcess.StartAsync(_home);
        var stopped = await RunAsync("stop");
        Assert.Equal("Node 3000 stopped.", stopped.Output.Trim());
        Assert.Contains("The dev chain is gone", stopped.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(dev.Folder));
        await dev.WaitForEndAsync();
    }

    /// <summary>What makes something, or is about what lies in the folder, is not led away.</summary>
    [Fact]
    public async Task Commands_ThatAreAboutTheirFolder_StayThere()
    {
        await using var dev = await DevProcess.StartAsync(_home);
        Assert.Equal(1, (await RunAsync("getbalance --address alice --node 3001")).Status);
        Assert.Equal(1, (await RunAsync("getbalance --address alice --datadir .")).Status);
        Assert.Equal(0, (await RunAsync("getbalance --address alice --node 3000")).Status);
        Assert.Equal(0, (await RunAsync("createwallet")).Status);
        Assert.True(File.Exists(_elsewhere.PathOf("Wallets_3000.dat")));
        Assert.Single((await RunAsync("listaddresses")).Output.Trim().Split('\n'));
        Assert.Equal(1, (await RunAsync("getbalance")).Status);
    }

    [Fact]
    public async Task Dev_Killed_IsNotFoundAnyMore_AndTheNextOneCleansUp()
    {
        await using var killed = await DevProcess.StartAsync(_home);
        await killed.KillAsync();
        Assert.True(Directory.Exists(killed.Folder));
        Assert.Contains("There is no chain in", (await RunAsync("getbalance --address alice")).Error, StringComparison.Ordinal);
        await using var next = await DevProcess.StartAsync(_home);
        Assert.False(Directory.Exists(killed.Folder));
        Assert.Equal(0, (await RunAsync("getbalance --address alice")).Status);
    }

    [Fact]
    public async Task Dev_WithAFolder_GoesOnWithItsChain()
    {
        var folder = _elsewhere.PathOf("kept");
        await using (var first = await DevProcess.StartAsync(_home, "--datadir", folder))
        {
            Assert.Equal(0, (await RunAsync("send --from alice --to bob --amount 1 --wait")).Status);
            await first.InterruptAsync();
        }

        await using var second = await DevProcess.StartAsync(_home, "--datadir", folder);
        Assert.Equal($"--datadir {folder}", second.Banner["options"]!.GetValue<string>());
        Assert.Equal([999m, 1001m], second.Banner["accounts"]!.AsArray().Take(2).Select(account => account!["balance"]!.GetValue<decimal>()));
    }

    [Fact]
    public async Task Dev_Kept_StaysWhereItSays()
    {
        await using var dev = await DevProcess.StartAsync(_home, "--keep", "--no-mining");
        Assert.Equal("The node does not mine.", (await RunAsync("miner status")).Output.Trim());
        Assert.Contains($"Its data stays: 'chain dev --datadir {dev.Folder}' runs it again.", (await RunAsync("stop")).Error, StringComparison.Ordinal);
        await dev.WaitForEndAsync();
        try
        {
            Assert.True(File.Exists(Path.Combine(dev.Folder, "blockchain_3000.db")));
        }
        finally
        {
            Directory.Delete(dev.Folder, recursive: true);
        }
    }

    [Fact]
    public async Task Dev_BesideAnother_OnTheNextFreePorts()
    {
        await using var first = await DevProcess.StartAsync(_home);
        var same = await RunAsync("dev");
        Assert.Equal(1, same.Status);
        Assert.Contains("A dev chain of node 3000 runs already", same.Error, StringComparison.Ordinal);
        await using var second = await DevProcess.StartAsync(_home, "--any-port");
        Assert.Equal(3001, second.NodeId);

        // Where none is named it is that of node 3000.
        Assert.Contains($"node 3000 in {first.Folder}, since the current folder has no chain. Others run, of node 3001 in {second.Folder}: --node names one.", (await RunAsync("getbalance --address alice")).Error, StringComparison.Ordinal);
        Assert.Contains("2 run: of node 3000 in", (await RunAsync("doctor --node 3005")).Output, StringComparison.Ordinal);
        Assert.Equal("--node 3001", second.Banner["options"]!.GetValue<string>());
        Assert.Contains("node 3001", (await RunAsync("getbalance --address alice --node 3001")).Error, StringComparison.Ordinal);
    }

    /// <summary>What makes no sense is told whether or not there is a place to run.</summary>
    [Theory]
    [InlineData("--block-time soon", "no time between blocks")]
    [InlineData("--threads 0", "--threads")]
    [InlineData("--cors nowhere", "is no site")]
    public async Task Dev_UsageBeforePorts(string wrong, string cause)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var result = await RunAsync($"dev --port {((IPEndPoint)taken.LocalEndpoint).Port} --http-port {FreePorts.Next()} {wrong}");
        Assert.Equal((2, ""), (result.Status, result.Output));
        Assert.Contains(cause, result.Error, StringComparison.Ordinal);
    }

    /// <summary>A wallet makes a folder one of its own, so that commands there are not led to the dev chain any more.</summary>
    [Fact]
    public async Task CreateWallet_BesideADevChain_SaysThatTheFolderIsOneOfItsOwnNow()
    {
        await using var dev = await DevProcess.StartAsync(_home);
        var made = await RunAsync("createwallet");
        Assert.Equal(0, made.Status);
        var address = made.LastWord.Trim();
        var way = $"The dev chain of node 3000 runs, but Wallets_3000.dat makes this folder one of its own: call the command in a folder without that file, or name the dev chain with --datadir {dev.Folder} --node 3000.";
        Assert.Contains(way, made.Error, StringComparison.Ordinal);
        var failed = await RunAsync("send --from alice --to bob --amount 1");
        Assert.Equal((1, ""), (failed.Status, failed.Output));
        Assert.Contains($"{way} For a chain here: 'chain createblockchain --address {address}'.", failed.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync($"send --from alice --to bob --amount 1 --wait --datadir {dev.Folder} --node 3000")).Status);
        File.Delete(_elsewhere.PathOf("Wallets_3000.dat"));
        Assert.Equal(0, (await RunAsync("send --from alice --to bob --amount 1 --wait")).Status);
    }

    [Fact]
    public async Task Dev_PortTaken_SaysWhatToDo()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var result = await RunAsync($"dev --port {((IPEndPoint)taken.LocalEndpoint).Port} --http-port {FreePorts.Next()}");
        Assert.Equal((1, ""), (result.Status, result.Output));
        Assert.Contains("cannot be used", result.Error, StringComparison.Ordinal);
        Assert.Contains("chain dev --any-port", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dev --no-mining --automine", 2, "contradicts")]
    [InlineData("dev --block-time 0", 2, "no time between blocks")]
    [InlineData("dev --threads 0", 2, "--threads")]
    [InlineData("startnode --block-time 5", 1, "no chain")]
    public async Task Dev_WhatMakesNoSense(string line, int status, string text)
    {
        var result = await RunAsync($"{line} --port {FreePorts.Next()} --http-port {FreePorts.Next()}");
        Assert.Equal((status, ""), (result.Status, result.Output));
        Assert.Contains(text, result.Error, StringComparison.Ordinal);
    }

    private Task<CliResult> RunAsync(string line) => DevProcess.RunAsync(_home, _elsewhere.Root, line);
}
