using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Node.Rpc;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>The methods that read the pool, on a parent with a child that spends it.</summary>
public sealed class MempoolMethodsTests : IDisposable
{
    private const string EntryShape =
        "vsize:i weight:i time:i height:i descendantcount:i descendantsize:i ancestorcount:i ancestorsize:i wtxid:h64 fees:o depends:a spentby:a bip125-replaceable:b unbroadcast:b";

    private readonly OpenChain _chain = new();
    private readonly LocalNodeClient _client;
    private readonly Transaction _parent;
    private readonly Transaction _child;

    public MempoolMethodsTests()
    {
        _client = _chain.Client();
        _parent = _chain.Payment(fee: 1_000);
        _child = Keys.Spend(new OutPoint(_parent.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, _parent.Outputs[0].Value - 500));
        Assert.Null(_chain.Loaded.Mempool.Accept(_parent));
        Assert.Null(_chain.Loaded.Mempool.Accept(_child));
    }

    public void Dispose() => _chain.Dispose();

    [Fact]
    public async Task GetMempoolInfo_HasEveryField()
    {
        var info = Fields.Check(await CallAsync("getmempoolinfo"),
            "loaded:b size:i bytes:i usage:i total_fee:n maxmempool:i mempoolminfee:n minrelaytxfee:n incrementalrelayfee:n unbroadcastcount:i fullrbf:b");
        Assert.Equal(2, info["size"]!.GetValue<int>());
        Assert.Equal(_parent.VirtualSize + _child.VirtualSize, info["bytes"]!.GetValue<int>());
        Assert.Equal(0.000015m, info["total_fee"]!.GetValue<decimal>());
    }

    [Fact]
    public async Task GetTxSpendingPrevOut_NamesTheSpenderWhereThereIsOne()
    {
        JsonArray outputs = [new JsonObject { ["txid"] = $"{_parent.Id}", ["vout"] = 0 }, new JsonObject { ["txid"] = $"{_child.Id}", ["vout"] = 0 }];
        var found = (await CallAsync("gettxspendingprevout", outputs))!.AsArray();
        Assert.Equal($"{_child.Id}", Fields.Check(found[0], "txid:h64 vout:i spendingtxid:h64")["spendingtxid"]!.GetValue<string>());
        Assert.Equal($"{_child.Id}", Fields.Check(found[1], "txid:h64 vout:i")["txid"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(-8, "Invalid parameter, outputs are missing", "[]")]
    [InlineData(-3, "JSON value of type number is not of expected type object", "[1]")]
    [InlineData(-3, "Missing vout", """[{"txid":"ab"}]""")]
    [InlineData(-3, "JSON value of type number for field txid is not of expected type string", """[{"txid":1,"vout":0}]""")]
    [InlineData(-3, "Unexpected key more", """[{"txid":"ab","vout":0,"more":1}]""")]
    [InlineData(-8, "Invalid parameter, vout cannot be negative", """[{"txid":"ab","vout":-1}]""")]
    [InlineData(-8, "txid must be of length 64 (not 2, for 'ab')", """[{"txid":"ab","vout":0}]""")]
    public async Task GetTxSpendingPrevOut_BadParameters(int code, string words, string outputs) =>
        await Fields.FailsAsync(code, words, () => CallAsync("gettxspendingprevout", JsonNode.Parse(outputs)));

    [Fact]
    public async Task GetRawMempool_InItsThreeForms()
    {
        string[] ids = [$"{_parent.Id}", $"{_child.Id}"];
        Assert.Equal(ids, Texts(await CallAsync("getrawmempool")));
        var verbose = await CallAsync("getrawmempool", true);
        Assert.Equal(ids, verbose!.AsObject().Select(pair => pair.Key));
        foreach (var (_, entry) in verbose.AsObject()) Fields.Check(entry, EntryShape);
        var sequence = Fields.Check(await CallAsync("getrawmempool", false, true), "txids:a mempool_sequence:i")["mempool_sequence"]!.GetValue<long>();
        _chain.Loaded.Mempool.Prioritise(_child.Id, 1);
        Assert.True((await CallAsync("getrawmempool", false, true))!["mempool_sequence"]!.GetValue<long>() > sequence);
        await Fields.FailsAsync(RpcErrorCode.InvalidParameter, "Verbose results cannot contain mempool sequence values.", () => CallAsync("getrawmempool", true, true));
        await Fields.FailsAsync(RpcErrorCode.TypeError, "is not of expected type bool", () => CallAsync("getrawmempool", "true"));
    }

    [Fact]
    public async Task GetMempoolEntry_SaysWhatItIsAndWhatItDependsOn()
    {
        var entry = Fields.Check(await CallAsync("getmempoolentry", $"{_child.Id}"), EntryShape);
        Fields.Check(entry["fees"], "base:n modified:n ancestor:n descendant:n");
        Assert.Equal([$"{_parent.Id}"], Texts(entry["depends"]));
        Assert.Empty(entry["spentby"]!.AsArray());
        Assert.Equal((2, 1), (entry["ancestorcount"]!.GetValue<int>(), entry["descendantcount"]!.GetValue<int>()));
        Assert.Equal((0.000005m, 0.000015m), (entry["fees"]!["base"]!.GetValue<decimal>(), entry["fees"]!["ancestor"]!.GetValue<decimal>()));
        Assert.Equal([$"{_child.Id}"], Texts((await CallAsync("getmempoolentry", $"{_parent.Id}"))!["spentby"]));
        await FailsForStrangersAsync("getmempoolentry");
    }

    [Fact]
    public async Task GetMempoolAncestorsAndDescendants_LeaveOutTheTransactionItself()
    {
        Assert.Equal([$"{_parent.Id}"], Texts(await CallAsync("getmempoolancestors", $"{_child.Id}")));
        Assert.Empty((await CallAsync("getmempoolancestors", $"{_parent.Id}"))!.AsArray());
        Assert.Equal([$"{_child.Id}"], Texts(await CallAsync("getmempooldescendants", $"{_parent.Id}")));
        var verbose = await CallAsync("getmempooldescendants", $"{_parent.Id}", true);
        Fields.Check(Assert.Single(verbose!.AsObject()).Value, EntryShape);
        await FailsForStrangersAsync("getmempoolancestors");
        await FailsForStrangersAsync("getmempooldescendants");
    }

    [Fact]
    public async Task SaveMempool_NamesTheFileThatHoldsIt()
    {
        var file = Fields.Check(await CallAsync("savemempool"), "filename:s")["filename"]!.GetValue<string>();
        Assert.Equal(_chain.Loaded.Chainstate.Database.Path, file);
        Assert.Equal([_parent.Id, _child.Id], _chain.Loaded.Chainstate.Database.ReadMempool().Select(pair => pair.Transaction.Id));
        await Fields.FailsAsync(RpcErrorCode.Misc, "savemempool", () => CallAsync("savemempool", 1));
    }

    [Fact]
    public async Task Unbroadcast_UntilAPeerFetchesIt()
    {
        _chain.Loaded.Mempool.MarkUnbroadcast(_child.Id);
        Assert.True((await CallAsync("getmempoolentry", $"{_child.Id}"))!["unbroadcast"]!.GetValue<bool>());
        Assert.Equal(1, (await CallAsync("getmempoolinfo"))!["unbroadcastcount"]!.GetValue<int>());
        _chain.Loaded.Mempool.MarkBroadcast(_child.Id);
        Assert.Equal(0, (await CallAsync("getmempoolinfo"))!["unbroadcastcount"]!.GetValue<int>());
    }

    private async Task FailsForStrangersAsync(string method)
    {
        await Fields.FailsAsync(RpcErrorCode.InvalidAddressOrKey, "Transaction not in mempool", () => CallAsync(method, new string('0', 64)));
        await Fields.FailsAsync(RpcErrorCode.InvalidParameter, "txid must be of length 64 (not 3, for 'foo')", () => CallAsync(method, "foo"));
    }

    private Task<JsonNode?> CallAsync(string method, params JsonNode?[] parameters) => _client.CallAsync(method, new JsonArray(parameters), CancellationToken.None);

    private static string[] Texts(JsonNode? list) => [.. list!.AsArray().Select(item => item!.GetValue<string>())];
}
