using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Node;
using Chain.Node.Commands;
using Chain.Node.Rpc;
using Chain.Node.Wallet;
using Chain.State.Storage;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>
/// Calls that look at the whole chain do not hold the node's loop: each is stopped in the middle, where it tells how far it is,
/// and others are answered meanwhile, a new block among them.
/// </summary>
public sealed class LongWorkTests : IDisposable
{
    private const int Blocks = 70;

    private readonly OpenChain _chain = new(Profiles.Regtest);
    private readonly NodeLoop _loop = new();
    private readonly Task _running;
    private readonly WalletSet _wallets;
    private readonly RpcContext _context;
    private readonly ManualResetEventSlim _gate = new();

    public LongWorkTests()
    {
        for (var i = 0; i < Blocks; i++) _ = _chain.Grow();
        _running = Task.Run(_loop.RunAsync);
        _wallets = new WalletSet(_chain.PathOf("wallet.dat"), _chain.Loaded, _loop, _chain.Clock, null);
        _context = new RpcContext(_loop, _chain.Loaded, _chain.Loaded.Chainstate.ProcessBlock, null) { Wallets = _wallets };
    }

    public void Dispose()
    {
        _gate.Set();
        _loop.Complete();
        _running.Wait(Eventually.Patience);
        _wallets.Dispose();
        _chain.Dispose();
        _gate.Dispose();
    }

    [Fact]
    public async Task Reindex_InTheMiddle_OthersAreAnswered()
    {
        var result = await InTheMiddleAsync("reindexutxo");
        Assert.Equal((Blocks + 1, 0), (result!["blocks"]!.GetValue<int>(), result["differences"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Reindex_Twice_TheSecondIsRefused() => await InTheMiddleAsync("reindexutxo", meanwhile: async () =>
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => CallAsync("reindexutxo"));
        Assert.Contains("already", failure.Message, StringComparison.Ordinal);
    });

    /// <summary>What the blocks give is worked out beside, and brought to where the chain is by then.</summary>
    [Fact]
    public async Task Reindex_WhereMuchIsToBeRepaired_OthersAreAnswered()
    {
        var chainstate = _chain.Loaded.Chainstate;
        await _loop.InvokeAsync(chainstate.Flush);
        using (var other = SqliteDatabase.Open(chainstate.Database.Path)) other.Execute("UPDATE coin_pages SET body = x''");
        var result = await InTheMiddleAsync("reindexutxo");
        Assert.Equal((Blocks + 1, Blocks), (result!["blocks"]!.GetValue<int>(), result["missing"]!.GetValue<int>()));
        result = await CallAsync("reindexutxo");
        Assert.Equal((Blocks + 2, Blocks + 1, 0), (result!["blocks"]!.GetValue<int>(), result["coins"]!.GetValue<int>(), result["differences"]!.GetValue<int>()));
    }

    /// <summary>Before anything is written, who asked may have it ended; the coins are as before then.</summary>
    [Fact]
    public async Task Reindex_CancelledBeforeTheRepair_ReplacesNothing()
    {
        var chainstate = _chain.Loaded.Chainstate;
        await _loop.InvokeAsync(chainstate.Flush);
        using (var other = SqliteDatabase.Open(chainstate.Database.Path)) other.Execute("UPDATE coin_pages SET body = x''");
        using var cancelled = new CancellationTokenSource();
        var told = _context with
        {
            Tell = part =>
            {
                if (part >= 0.9) cancelled.Cancel();
            },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RpcTable.CallAsync(told, "reindexutxo", new JsonArray(), cancelled.Token).WaitAsync(Eventually.Patience));
        Assert.Equal(Blocks, (await CallAsync("reindexutxo"))!["missing"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("hash_serialized_3")]
    [InlineData("muhash")]
    [InlineData("none")]
    public async Task TxOutSetInfo_InTheMiddle_IsOfTheMomentAtWhichItWasAsked(string kind)
    {
        var before = await CallAsync("gettxoutsetinfo", kind);
        var result = await InTheMiddleAsync("gettxoutsetinfo", kind);
        before!["disk_size"] = result!["disk_size"]!.DeepClone();
        Assert.Equal(before.ToJsonString(), result.ToJsonString());
        Assert.Equal(Blocks + 1, (await CallAsync("gettxoutsetinfo", kind))!["height"]!.GetValue<int>());
    }

    /// <summary>While a node catches up, several blocks are one transaction, one after the other without a pause.</summary>
    [Theory]
    [InlineData("gettxoutsetinfo")]
    [InlineData("reindexutxo")]
    public async Task Call_WhileAllElseRunsInGroups_IsAnswered(string method)
    {
        var chainstate = _chain.Loaded.Chainstate;
        _loop.Together = () => new GroupCommit(chainstate.InOneCommitBehind, () => chainstate.Durable);
        using var ended = new CancellationTokenSource();
        var busy = Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
        {
            while (!ended.IsCancellationRequested) _ = await _loop.InvokeAsync(() => i == 0 && chainstate.Tip.Height < 4 * Blocks ? _chain.Grow() : null);
        })).ToList();
        Assert.NotNull(await CallAsync(method));
        await ended.CancelAsync();
        await Task.WhenAll(busy).WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task SaveSnapshot_InTheMiddle_OthersAreAnswered()
    {
        var folder = _chain.PathOf("copy");
        Directory.CreateDirectory(folder);
        var coins = await CallAsync("gettxoutsetinfo");
        var result = await InTheMiddleAsync("savesnapshot", folder);
        Assert.Equal((Blocks, coins!["hash_serialized_3"]!.GetValue<string>()), (result!["height"]!.GetValue<int>(), result["coins"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("rescanblockchain")]
    [InlineData("importprivkey")]
    [InlineData("restorewallet")]
    [InlineData("loadwallet")]
    public async Task Scan_InTheMiddle_OthersAreAnsweredAndTheNewBlockCounts(string method)
    {
        _ = await CallAsync("createwallet", "");
        if (method != "importprivkey") _ = await CallAsync("importprivkey", KeyOfTheMiner, "", method == "rescanblockchain");
        if (method == "restorewallet") _ = await CallAsync("backupwallet", _chain.PathOf("backup.dat"));
        if (method is "restorewallet" or "loadwallet") _ = await CallAsync("unloadwallet", "");
        JsonNode?[] parameters = method switch
        {
            "rescanblockchain" => [0],
            "importprivkey" => [KeyOfTheMiner],
            "restorewallet" => ["again", _chain.PathOf("backup.dat")],
            _ => [""],
        };
        _ = await InTheMiddleAsync(method, parameters, async () =>
        {
            var info = await CallAsync("getwalletinfo");
            var progress = info!["scanning"]!["progress"]!.GetValue<double>();
            Assert.True(progress is > 0 and < 1, $"{progress}");
            var failure = await Assert.ThrowsAsync<RpcException>(() => CallAsync("rescanblockchain", 0));
            Assert.Contains("currently rescanning", failure.Message, StringComparison.Ordinal);
        });
        Assert.Equal((Blocks + 1) * 50, await WorthAsync());
        Assert.False((await CallAsync("getwalletinfo"))!["scanning"]!.GetValue<bool>());
    }

    /// <summary>A payment may be made meanwhile: whoever unlocked the wallet for it must be able to lock it again.</summary>
    [Fact]
    public async Task Rescan_InTheMiddle_WorkWithThePassphraseEnds()
    {
        _ = await CallAsync("createwallet", "");
        _ = await CallAsync("importprivkey", KeyOfTheMiner, "", false);
        _ = await CallAsync("encryptwallet", "secret");
        var unlocking = await CallAsync("beginunlock", "secret", 60L);
        _ = await InTheMiddleAsync("rescanblockchain", [0], async () => Assert.Null(await CallAsync("endunlock", unlocking!.GetValue<long>())));
        var failure = await Assert.ThrowsAsync<RpcException>(() => CallAsync("keypoolrefill"));
        Assert.Equal(RpcErrorCode.WalletUnlockNeeded, failure.Code);
        Assert.Equal((Blocks + 1) * 50, await WorthAsync());
    }

    [Fact]
    public async Task RestoreHdWallet_InTheMiddle_OthersAreAnswered()
    {
        var master = ExtendedKey.TryCreateMaster(new byte[32])!.ToText(ExtendedKey.TestPrivateVersion);
        _ = await InTheMiddleAsync("restorehdwallet", ["", master]);
        Assert.Equal(0, await WorthAsync());
    }

    /// <summary>Who is asked to stop in the middle leaves a wallet that is looked through again when it is loaded next.</summary>
    [Fact]
    public async Task RestoreWallet_Aborted_IsWholeAfterTheNextLoad()
    {
        _ = await CallAsync("createwallet", "");
        _ = await CallAsync("importprivkey", KeyOfTheMiner, "", false);
        _ = await CallAsync("backupwallet", _chain.PathOf("backup.dat"));
        _ = await CallAsync("unloadwallet", "");
        var failure = await Assert.ThrowsAsync<RpcException>(() => InTheMiddleAsync("restorewallet", ["again", _chain.PathOf("backup.dat")], async () =>
            Assert.True((await CallAsync("abortrescan"))!.GetValue<bool>())));
        Assert.Contains("aborted", failure.Message, StringComparison.Ordinal);
        _ = await CallAsync("unloadwallet", "again");
        _ = await CallAsync("loadwallet", "again");
        Assert.Equal((Blocks + 1) * 50, await WorthAsync());
    }

    /// <summary>A scan of the newest blocks alone says nothing of those below that the aborted one has not reached.</summary>
    [Theory]
    [InlineData("rescanblockchain")]
    [InlineData("importmulti")]
    public async Task RestoreWallet_AbortedAndThenScannedInPart_IsWholeAfterTheNextLoad(string method)
    {
        _ = await CallAsync("createwallet", "");
        _ = await CallAsync("importprivkey", KeyOfTheMiner, "", false);
        _ = await CallAsync("backupwallet", _chain.PathOf("backup.dat"));
        _ = await CallAsync("unloadwallet", "");
        await Assert.ThrowsAsync<RpcException>(() => InTheMiddleAsync("restorewallet", ["again", _chain.PathOf("backup.dat")], () => CallAsync("abortrescan")));
        if (method == "rescanblockchain") _ = await CallAsync(method, Blocks);
        else
        {
            var request = new JsonObject { ["scriptPubKey"] = new JsonObject { ["address"] = Address.Of(Keys.Bob.PublicKey, Profiles.Regtest.AddressFormat).ToString() }, ["timestamp"] = "now", ["watchonly"] = true };
            var answer = await CallAsync(method, new JsonArray(request));
            Assert.True(answer![0]!["success"]!.GetValue<bool>(), answer.ToJsonString());
        }

        _ = await CallAsync("unloadwallet", "again");
        _ = await CallAsync("loadwallet", "again");
        Assert.Equal((Blocks + 1) * 50, await WorthAsync());
    }

    /// <summary>Where nobody knows yet which addresses were used and what is there, none is given out and nothing is paid.</summary>
    [Fact]
    public async Task RestoreHdWallet_InTheMiddle_GivesNoAddressAndPaysNothing()
    {
        var master = ExtendedKey.TryCreateMaster(new byte[32])!.ToText(ExtendedKey.TestPrivateVersion);
        var to = Address.Of(Keys.Bob.PublicKey, Profiles.Regtest.AddressFormat).ToString();
        _ = await InTheMiddleAsync("restorehdwallet", ["", master], async () =>
        {
            foreach (var (method, parameters) in new (string, JsonNode?[])[]
            {
                ("getnewaddress", []), ("getrawchangeaddress", []), ("sendtoaddress", [to, 1]), ("sendmany", ["", new JsonObject { [to] = 1 }]), ("pay", [to, 1]),
                ("send", [new JsonObject { [to] = 1 }]), ("sendall", [new JsonArray(to)]), ("walletcreatefundedpsbt", [new JsonArray(), new JsonObject { [to] = 1 }]),
            })
            {
                var failure = await Assert.ThrowsAsync<RpcException>(() => CallAsync(method, parameters));
                Assert.Equal((method, RpcErrorCode.WalletError, "Wallet is currently rescanning. Abort existing rescan or wait."), (method, failure.Code, failure.Message));
            }

            Assert.Equal(0, await WorthAsync());
            Assert.Contains("there may be more", BalanceText.Scanning((await CallAsync("getwalletinfo"))!), StringComparison.Ordinal);
        });
        Assert.Null(BalanceText.Scanning((await CallAsync("getwalletinfo"))!));
        Assert.NotEqual("", (await CallAsync("getnewaddress"))!.GetValue<string>());
    }

    /// <summary>The wallet is there and whole; that it will not be there after the next start is told.</summary>
    [Theory]
    [InlineData("loadwallet")]
    [InlineData("restorewallet")]
    [InlineData("restorehdwallet")]
    [InlineData("createwallet")]
    public async Task Load_WhereTheListOfTheStartCannotBeWritten_IsDoneAndTold(string method)
    {
        _ = await CallAsync("createwallet", "first");
        _ = await CallAsync("backupwallet", _chain.PathOf("backup.dat"));
        _ = await CallAsync("unloadwallet", "first");
        Directory.CreateDirectory(_chain.PathOf("wallet.startup"));
        JsonNode?[] parameters = method switch
        {
            "loadwallet" => ["first", true],
            "restorewallet" => ["again", _chain.PathOf("backup.dat"), true],
            "restorehdwallet" => ["again", ExtendedKey.TryCreateMaster(new byte[32])!.ToText(ExtendedKey.TestPrivateVersion), "", true],
            _ => ["again", false, false, "", false, false, true],
        };
        var answer = await CallAsync(method, parameters);
        Assert.Contains("may not be loaded on next node startup", answer!["warning"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.False((await CallAsync("getwalletinfo"))!["scanning"]!.AsValue().GetValue<bool>());
        Assert.Equal(Blocks, (await CallAsync("rescanblockchain"))!["stop_height"]!.GetValue<int>());
    }

    private static string KeyOfTheMiner => Keys.Miner.ToWif(Profiles.Regtest.WifVersion);

    /// <summary>What the only wallet has, mature or not.</summary>
    private async Task<decimal> WorthAsync()
    {
        var mine = (await CallAsync("getbalances"))!["mine"]!;
        return mine["trusted"]!.GetValue<decimal>() + mine["immature"]!.GetValue<decimal>();
    }

    private Task<JsonNode?> CallAsync(string method, params JsonNode?[] parameters) => RpcTable.CallAsync(_context, method, new JsonArray(parameters), CancellationToken.None).WaitAsync(Eventually.Patience);

    private Task<JsonNode?> InTheMiddleAsync(string method, params JsonNode?[] parameters) => InTheMiddleAsync(method, parameters, () => Task.CompletedTask);

    private Task<JsonNode?> InTheMiddleAsync(string method, Func<Task> meanwhile) => InTheMiddleAsync(method, [], meanwhile);

    /// <summary>Calls, stops it where it first tells, asks for the height, lets a block come, and lets it go on.</summary>
    private async Task<JsonNode?> InTheMiddleAsync(string method, JsonNode?[] parameters, Func<Task> meanwhile)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopped = _context with
        {
            Tell = _ =>
            {
                reached.TrySetResult();
                _gate.Wait(Eventually.Patience);
            },
        };
        var call = Task.Run(() => RpcTable.CallAsync(stopped, method, new JsonArray(parameters), CancellationToken.None));
        await Task.WhenAny(reached.Task, call).WaitAsync(Eventually.Patience);
        if (call.IsCompleted) await call;
        Assert.False(call.IsCompleted);
        Assert.Equal(Blocks, (await CallAsync("getblockcount"))!.GetValue<int>());
        await meanwhile();
        await _loop.InvokeAsync(() => _chain.Grow()).WaitAsync(Eventually.Patience);
        Assert.Equal(Blocks + 1, (await CallAsync("getblockcount"))!.GetValue<int>());
        _gate.Set();
        return await call.WaitAsync(Eventually.Patience);
    }
}
