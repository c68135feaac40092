using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Node.Rpc;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>Mining information, priorities, and blocks and headers that come from elsewhere.</summary>
public sealed class MiningMethodsTests : IDisposable
{
    private readonly OpenChain _chain = new(TestChains.Regtest);
    private readonly LocalNodeClient _client;

    public MiningMethodsTests() => _client = _chain.Client();

    public void Dispose() => _chain.Dispose();

    [Fact]
    public async Task GetMiningInfo_HasEveryField()
    {
        const string shape = "blocks:i currentblockweight?:i currentblocktx?:i bits:h difficulty:n target:h64 networkhashps:n pooledtx:i chain:s next:o warnings:s";
        Assert.False(Fields.Check(await CallAsync("getmininginfo"), shape).ContainsKey("currentblocktx"));
        await GenerateAsync(1);
        var info = Fields.Check(await CallAsync("getmininginfo"), shape);
        Assert.Equal((0, 4_000), (info["currentblocktx"]!.GetValue<int>(), info["currentblockweight"]!.GetValue<int>()));
        Assert.Equal(("regtest", "207fffff"), (info["chain"]!.GetValue<string>(), info["bits"]!.GetValue<string>()));
        Assert.Equal(2, Fields.Check(info["next"], "height:i bits:h difficulty:n target:h64")["height"]!.GetValue<int>());
        await Fields.FailsAsync(RpcErrorCode.Misc, "getmininginfo", () => CallAsync("getmininginfo", 1));
    }

    /// <summary>Blocks of 2 hashes each, ten minutes apart.</summary>
    [Fact]
    public async Task GetNetworkHashPs_IsWorkByTime()
    {
        for (var i = 0; i < 5; i++) _chain.Grow();
        Assert.Equal(2 / 600.0, (await CallAsync("getnetworkhashps", 3))!.GetValue<double>(), 6);
        Assert.Equal(2 / 600.0, (await CallAsync("getnetworkhashps", -1, 4))!.GetValue<double>(), 6);
        Assert.Equal(0, (await CallAsync("getnetworkhashps", 120, 0))!.GetValue<double>());
        await Fields.FailsAsync(RpcErrorCode.InvalidParameter, "Invalid nblocks. Must be a positive number or -1.", () => CallAsync("getnetworkhashps", 0));
        await Fields.FailsAsync(RpcErrorCode.InvalidParameter, "Block does not exist at specified height", () => CallAsync("getnetworkhashps", 120, 6));
        await Fields.FailsAsync(RpcErrorCode.InvalidParameter, "Block does not exist at specified height", () => CallAsync("getnetworkhashps", 120, -2));
    }

    [Fact]
    public async Task PrioritiseTransaction_AddsUpAndIsForgottenAtZero()
    {
        var id = new string('1', 64);
        Assert.True((await CallAsync("prioritisetransaction", id, 0, 8_600_000_000))!.GetValue<bool>());
        Assert.True((await CallAsync("prioritisetransaction", id, null, 5))!.GetValue<bool>());
        var all = Assert.IsType<JsonObject>(await CallAsync("getprioritisedtransactions"));
        Assert.Equal(8_600_000_005, Fields.Check(all[id], "fee_delta:i in_mempool:b modified_fee?:i")["fee_delta"]!.GetValue<long>());
        await CallAsync("prioritisetransaction", id, 0, -8_600_000_005);
        Assert.Empty((await CallAsync("getprioritisedtransactions"))!.AsObject());
    }

    [Fact]
    public async Task PrioritiseTransaction_BadParameters()
    {
        var id = new string('1', 64);
        await Fields.FailsAsync(RpcErrorCode.Misc, "prioritisetransaction", () => CallAsync("prioritisetransaction", "", 0));
        await Fields.FailsAsync(RpcErrorCode.InvalidParameter, "txid must be of length 64 (not 3, for 'foo')", () => CallAsync("prioritisetransaction", "foo", 0, 0));
        await Fields.FailsAsync(RpcErrorCode.InvalidParameter, "Priority is no longer supported, dummy argument to prioritisetransaction must be 0.", () => CallAsync("prioritisetransaction", id, 1, 0));
        await Fields.FailsAsync(RpcErrorCode.TypeError, "JSON value of type string is not of expected type number", () => CallAsync("prioritisetransaction", id, 0, "foo"));
        await Fields.FailsAsync(RpcErrorCode.Misc, "getprioritisedtransactions", () => CallAsync("getprioritisedtransactions", true));
    }

    [Fact]
    public async Task SubmitBlock_SaysWhatBip22Says()
    {
        var first = _chain.Builder.NextBlock("first");
        Assert.Null(await SubmitAsync(first.Block));
        Assert.Equal("duplicate", await SubmitAsync(first.Block));
        _chain.Builder.SetTip("genesis");
        Assert.Equal("inconclusive", await SubmitAsync(_chain.Builder.NextBlock("beside").Block));
        Assert.Equal("prev-blk-not-found", await SubmitAsync(Broken("orphan", draft => draft.PreviousBlockHash = new BlockHash(draft.Transactions[0].Id.Hash))));
        var invalid = Broken("late", draft => draft.Coinbase = new Transaction(2, [new TxIn(OutPoint.Null, draft.Coinbase.Inputs[0].ScriptSig, 0)], draft.Coinbase.Outputs, uint.MaxValue));
        Assert.Equal("bad-txns-nonfinal", await SubmitAsync(invalid));
        Assert.Equal("duplicate-invalid", await SubmitAsync(invalid));
        Assert.Equal("bad-txnmrklroot", await SubmitAsync(Broken("root", draft => draft.MerkleRoot = first.Hash.Hash)));
        Assert.Equal("high-hash", await SubmitAsync(Broken("work", draft => draft.HasProofOfWork = false)));
    }

    [Fact]
    public async Task SubmitBlock_CommitmentWithoutTheCoinbasesWitness_IsCompleted()
    {
        var block = Broken("bare", draft =>
        {
            draft.CommitToWitnesses();
            draft.Coinbase = new Transaction(draft.Coinbase.Version, [new TxIn(OutPoint.Null, draft.Coinbase.Inputs[0].ScriptSig)], draft.Coinbase.Outputs, 0);
        });
        Assert.False(block.Transactions[0].HasWitness);
        Assert.Null(await SubmitAsync(block));
        Assert.True(_chain.Loaded.Chainstate.GetBlock(_chain.Loaded.Chainstate.Tip).Transactions[0].HasWitness);
    }

    [Fact]
    public async Task SubmitBlock_NoBlock()
    {
        await Fields.FailsAsync(RpcErrorCode.Deserialization, "Block decode failed", () => CallAsync("submitblock", "00"));
        await Fields.FailsAsync(RpcErrorCode.Deserialization, "Block decode failed", () => CallAsync("submitblock", "zz"));
        var empty = new Block(_chain.Builder.Params.Genesis.Header, []);
        await Fields.FailsAsync(RpcErrorCode.Deserialization, "Block does not start with a coinbase", () => CallAsync("submitblock", Hex.Of(empty.Raw.Span)));
    }

    [Fact]
    public async Task SubmitHeader_IsATipUntilItsBlockComes()
    {
        var one = _chain.Builder.NextBlock("one");
        var two = _chain.Builder.NextBlock("two");
        await Fields.FailsAsync(RpcErrorCode.VerifyError, $"Must submit previous header ({one.Hash}) first", () => SubmitHeaderAsync(two.Header));
        for (var i = 0; i < 2; i++) Assert.Null(await SubmitHeaderAsync(one.Header));
        Assert.Equal("headers-only", await StatusOfAsync(one.Hash));
        await Fields.FailsAsync(RpcErrorCode.Misc, "Block not available (not fully downloaded): Block not found on disk", () => CallAsync("getblock", $"{one.Hash}"));
        await Fields.FailsAsync(RpcErrorCode.Misc, "Block not available (not fully downloaded): Block not found on disk", () => CallAsync("getblockstats", $"{one.Hash}"));
        Assert.Null(await SubmitHeaderAsync(two.Header));
        Assert.Equal((null, "headers-only"), (await StatusOfAsync(one.Hash), await StatusOfAsync(two.Hash)));
        Assert.Null(await SubmitAsync(one.Block));
        Assert.Null(await SubmitAsync(two.Block));
        Assert.Equal("active", await StatusOfAsync(two.Hash));
        Assert.Null(await SubmitHeaderAsync(two.Header));
    }

    [Fact]
    public async Task SubmitHeader_BadOnes()
    {
        await Fields.FailsAsync(RpcErrorCode.Deserialization, "Block header decode failed", () => CallAsync("submitheader", new string('f', 156)));
        await Fields.FailsAsync(RpcErrorCode.Deserialization, "Block header decode failed", () => CallAsync("submitheader", new string('x', 160)));
        var early = Broken("early", draft => draft.Time = 1);
        await Fields.FailsAsync(RpcErrorCode.VerifyError, "time-too-old", () => SubmitHeaderAsync(early.Header));
        var lazy = Broken("lazy", draft => draft.HasProofOfWork = false);
        await Fields.FailsAsync(RpcErrorCode.VerifyError, "high-hash", () => SubmitHeaderAsync(lazy.Header));
        var invalid = _chain.Builder.NextBlock("late", draft => draft.Coinbase = new Transaction(2, [new TxIn(OutPoint.Null, draft.Coinbase.Inputs[0].ScriptSig, 0)], draft.Coinbase.Outputs, uint.MaxValue));
        await SubmitAsync(invalid.Block);
        await Fields.FailsAsync(RpcErrorCode.VerifyError, "bad-prevblk", () => SubmitHeaderAsync(_chain.Builder.NextBlock("above").Header));
        await Fields.FailsAsync(RpcErrorCode.VerifyError, "duplicate-invalid", () => SubmitHeaderAsync(invalid.Header));
    }

    /// <summary>A block on genesis, or wherever the change puts it, that does not become the builder's tip.</summary>
    private Block Broken(string name, Action<BlockDraft> change)
    {
        _chain.Builder.SetTip("genesis");
        var block = _chain.Builder.NextBlock(name, change).Block;
        _chain.Builder.SetTip("genesis");
        return block;
    }

    private Task<JsonNode?> GenerateAsync(int count) => CallAsync("generatetoaddress", count, _chain.Builder.Params.AddressOf(Keys.Miner));

    private async Task<string?> SubmitAsync(Block block) => (await CallAsync("submitblock", Hex.Of(block.Raw.Span)))?.GetValue<string>();

    private Task<JsonNode?> SubmitHeaderAsync(BlockHeader header) => CallAsync("submitheader", Hex.Of(header.ToByteArray()));

    private async Task<string?> StatusOfAsync(BlockHash hash) =>
        (await CallAsync("getchaintips"))!.AsArray().FirstOrDefault(tip => tip!["hash"]!.GetValue<string>() == $"{hash}")?["status"]!.GetValue<string>();

    private Task<JsonNode?> CallAsync(string method, params JsonNode?[] parameters) => _client.CallAsync(method, new JsonArray(parameters), CancellationToken.None);
}
