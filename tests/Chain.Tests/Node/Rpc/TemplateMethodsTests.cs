using System.Text.Json.Nodes;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Node.Rpc;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>Work for miners elsewhere (BIP22, BIP23, BIP145).</summary>
public sealed class TemplateMethodsTests : IDisposable
{
    private const string Shape =
        "capabilities:a version:i rules:a vbavailable:o vbrequired:i previousblockhash:h64 transactions:a coinbaseaux:o coinbasevalue:i longpollid:s target:h64 mintime:i "
        + "mutable:a noncerange:h sigoplimit:i sizelimit:i weightlimit:i curtime:i bits:h height:i default_witness_commitment:h";

    /// <summary>A test chain's profile, with rewards that can be spent at once.</summary>
    private readonly OpenChain _chain = new(TestChains.Regtest with { CoinbaseMaturity = 1 });
    private readonly LocalNodeClient _client;

    public TemplateMethodsTests()
    {
        _client = _chain.Client();
        _chain.Grow();
    }

    private static JsonObject Segwit => new() { ["rules"] = new JsonArray("segwit") };

    public void Dispose() => _chain.Dispose();

    [Fact]
    public async Task Template_HasEveryField()
    {
        var template = Fields.Check(await GetAsync(Segwit), Shape);
        Assert.Equal("""["csv","!segwit","taproot"]""", template["rules"]!.ToJsonString());
        Assert.Equal("""["proposal"]""", template["capabilities"]!.ToJsonString());
        Assert.Equal("""["time","transactions","prevblock"]""", template["mutable"]!.ToJsonString());
        Assert.Equal((2, 50 * Amount.Coin), (template["height"]!.GetValue<int>(), template["coinbasevalue"]!.GetValue<long>()));
        Assert.Equal(($"{_chain.Builder.Tip.Hash}", "207fffff"), (template["previousblockhash"]!.GetValue<string>(), template["bits"]!.GetValue<string>()));
        Assert.Equal("7fffff" + new string('0', 58), template["target"]!.GetValue<string>());
        Assert.Equal((80_000, 4_000_000, 4_000_000), (template["sigoplimit"]!.GetValue<int>(), template["sizelimit"]!.GetValue<int>(), template["weightlimit"]!.GetValue<int>()));

        // Without transactions the root is the coinbase's zeros.
        var commitment = Sha256d.Hash(new byte[64]);
        Assert.Equal("6a24aa21a9ed" + Hex.Of(commitment.ToByteArray()), template["default_witness_commitment"]!.GetValue<string>());
    }

    [Fact]
    public async Task Template_TransactionsWithWhatTheyDependOn()
    {
        var parent = _chain.Payment(fee: 1_000, of: "grown 1");
        var child = Keys.Spend(new OutPoint(parent.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, parent.Outputs[0].Value - 2_000));
        Assert.Null(_chain.Loaded.Mempool.Accept(parent));
        Assert.Null(_chain.Loaded.Mempool.Accept(child));
        var template = Fields.Check(await GetAsync(Segwit), Shape);
        var list = template["transactions"]!.AsArray().Select(item => Fields.Check(item, "data:h txid:h64 hash:h64 depends:a fee:i sigops:i weight:i")).ToList();
        Assert.Equal([$"{parent.Id}", $"{child.Id}"], list.Select(item => item["txid"]!.GetValue<string>()));
        Assert.Equal(["[]", "[1]"], list.Select(item => item["depends"]!.ToJsonString()));
        Assert.Equal([1_000, 2_000], list.Select(item => item["fee"]!.GetValue<int>()));
        Assert.Equal([4, 4], list.Select(item => item["sigops"]!.GetValue<int>()));
        Assert.Equal(50 * Amount.Coin + 3_000, template["coinbasevalue"]!.GetValue<long>());
    }

    /// <summary>What a miner makes of a template is a block.</summary>
    [Fact]
    public async Task Template_Mined_IsAccepted()
    {
        Assert.Null(_chain.Loaded.Mempool.Accept(_chain.Payment(fee: 1_000, of: "grown 1")));
        var template = (await GetAsync(Segwit))!;
        var block = _chain.Builder.NextBlock("mined", draft =>
        {
            draft.Version = template["version"]!.GetValue<int>();
            draft.Time = template["curtime"]!.GetValue<uint>();
            draft.Bits = Convert.ToUInt32(template["bits"]!.GetValue<string>(), 16);
            draft.Transactions.AddRange(template["transactions"]!.AsArray().Select(item => Transaction.TryDecode(Convert.FromHexString(item!["data"]!.GetValue<string>()))!));
            draft.SetCoinbaseOutputs(Keys.PayTo(Keys.Bob, template["coinbasevalue"]!.GetValue<long>()), new TxOut(0, Convert.FromHexString(template["default_witness_commitment"]!.GetValue<string>())));
        }).Block;
        Assert.Null(await _client.CallAsync("submitblock", new JsonArray(Hex.Of(block.Raw.Span)), CancellationToken.None));
        Assert.Equal(block.Hash, _chain.Loaded.Chainstate.Tip.Hash);
    }

    [Fact]
    public async Task Template_PoolChanges_AreLookedAtAfterFiveSeconds()
    {
        var first = (await GetAsync(Segwit))!;
        Assert.Null(_chain.Loaded.Mempool.Accept(_chain.Payment(fee: 1_000, of: "grown 1")));
        Assert.Equal(first["longpollid"]!.GetValue<string>(), (await GetAsync(Segwit))!["longpollid"]!.GetValue<string>());
        _chain.Clock.Advance(TimeSpan.FromSeconds(6));
        var second = (await GetAsync(Segwit))!;
        Assert.NotEqual(first["longpollid"]!.GetValue<string>(), second["longpollid"]!.GetValue<string>());
        Assert.Single(second["transactions"]!.AsArray());
    }

    [Fact]
    public async Task LongPoll_EndsWithTheTip()
    {
        var waiting = GetAsync(LongPoll(await IdAsync()));
        await Task.Delay(50);
        Assert.False(waiting.IsCompleted);
        _chain.Grow();
        Assert.Equal(3, (await waiting.WaitAsync(Eventually.Patience))!["height"]!.GetValue<int>());

        // Who holds an old one does not wait at all.
        Assert.True(GetAsync(LongPoll(new string('0', 64) + "7")).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task LongPoll_EndsWithATransactionAfterAMinute()
    {
        var waiting = GetAsync(LongPoll(await IdAsync()));
        Assert.Null(_chain.Loaded.Mempool.Accept(_chain.Payment(fee: 1_000, of: "grown 1")));
        _chain.Clock.Advance(TimeSpan.FromSeconds(59));
        await Task.Delay(50);
        Assert.False(waiting.IsCompleted);
        await Eventually.TrueAsync(
            () =>
            {
                _chain.Clock.Advance(TimeSpan.FromSeconds(1));
                return waiting.IsCompleted;
            },
            () => "the long poll ends");
        Assert.Single((await waiting)!["transactions"]!.AsArray());
    }

    [Fact]
    public async Task LongPoll_Cancelled_Ends()
    {
        using var stop = new CancellationTokenSource();
        var waiting = _client.CallAsync("getblocktemplate", new JsonArray(LongPoll(await IdAsync())), stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Eventually.Patience));
    }

    [Fact]
    public async Task Proposal_IsJudgedWithoutItsWork()
    {
        Assert.Null(await ProposeAsync(Draw(draft => draft.HasProofOfWork = false)));
        Assert.Equal("bad-cb-amount", await ProposeAsync(Draw(draft => draft.SetCoinbaseOutputs(Keys.PayTo(Keys.Bob, 51 * Amount.Coin)))));
        Assert.Equal("bad-txnmrklroot", await ProposeAsync(Draw(draft => draft.MerkleRoot = default(Hash256))));
        Assert.Equal("bad-diffbits", await ProposeAsync(Draw(draft => draft.Bits--)));
        Assert.Equal("time-too-old", await ProposeAsync(Draw(draft => draft.Time = 0)));
        Assert.Equal("bad-cb-missing", await ProposeAsync(Draw(draft => draft.Coinbase = _chain.Payment(of: "grown 1"))));
        Assert.Equal("inconclusive-not-best-prevblk", await ProposeAsync(Draw(draft => draft.PreviousBlockHash = default)));
        Assert.Equal("duplicate", await ProposeAsync(_chain.Builder["grown 1"].Block));
        Assert.Equal(1, _chain.Height);
    }

    [Fact]
    public async Task BadRequests()
    {
        const string rule = "getblocktemplate must be called with the segwit rule set (call with {\"rules\": [\"segwit\"]})";
        await Fields.FailsAsync(RpcErrorCode.InvalidParameter, rule, () => GetAsync([]));
        await Fields.FailsAsync(RpcErrorCode.InvalidParameter, rule, () => _client.CallAsync("getblocktemplate", null, CancellationToken.None));
        await Fields.FailsAsync(RpcErrorCode.InvalidParameter, "Invalid mode", () => GetAsync(new JsonObject { ["mode"] = 1 }));
        await Fields.FailsAsync(RpcErrorCode.InvalidParameter, "Invalid mode", () => GetAsync(new JsonObject { ["mode"] = "no" }));
        await Fields.FailsAsync(RpcErrorCode.TypeError, "Missing data String key for proposal", () => GetAsync(new JsonObject { ["mode"] = "proposal" }));
        await Fields.FailsAsync(RpcErrorCode.Deserialization, "Block decode failed", () => GetAsync(new JsonObject { ["mode"] = "proposal", ["data"] = "00" }));
        await Fields.FailsAsync(RpcErrorCode.InvalidParameter, "longpollid must be of length 64 (not 3, for 'foo')", () => GetAsync(LongPoll("foo")));
        await Fields.FailsAsync(RpcErrorCode.TypeError, "is not of expected type object", () => _client.CallAsync("getblocktemplate", new JsonArray(1), CancellationToken.None));
    }

    /// <summary>A chain of one's own may begin with one node.</summary>
    [Fact]
    public async Task PrivateChain_WithoutPeers_GivesWork()
    {
        using var chain = new OpenChain();
        var template = await chain.Client().CallAsync("getblocktemplate", new JsonArray(Segwit), CancellationToken.None);
        Assert.Equal(1, template!["height"]!.GetValue<int>());
    }

    private async Task<string> IdAsync() => (await GetAsync(Segwit))!["longpollid"]!.GetValue<string>();

    private static JsonObject LongPoll(string id) => new() { ["rules"] = new JsonArray("segwit"), ["longpollid"] = id };

    private Block Draw(Action<BlockDraft> change)
    {
        var block = _chain.Builder.NextBlock(Guid.NewGuid().ToString("N"), change).Block;
        _chain.Builder.SetTip("grown 1");
        return block;
    }

    private async Task<string?> ProposeAsync(Block block) =>
        (await GetAsync(new JsonObject { ["mode"] = "proposal", ["data"] = Hex.Of(block.Raw.Span), ["rules"] = new JsonArray("segwit") }))?.GetValue<string>();

    private Task<JsonNode?> GetAsync(JsonObject request) => _client.CallAsync("getblocktemplate", new JsonArray(request), CancellationToken.None);
}
