using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>Methods that read the pool of waiting transactions (Core: rpc/mempool.cpp).</summary>
internal static class MempoolMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("getmempoolinfo", "", "how much is waiting", (c, _, _) => Read(c, GetInfo)),
        new("getrawmempool", "verbose?:bool mempool_sequence?:bool", "the waiting transactions: their ids, or what is known of each", (c, p, _) => Read(c, chain => GetRaw(chain, p))),
        new("getmempoolentry", "txid:hex", "what is known of a waiting transaction", (c, p, _) => Read(c, chain => Describe(chain.Mempool, Find(chain, p)))),
        new("getmempoolancestors", "txid:hex verbose?:bool", "the waiting transactions that one depends on", (c, p, _) => Read(c, chain => List(chain, Mempool.AncestorsOf(Find(chain, p)), p.Flag(1, fallback: false)))),
        new("getmempooldescendants", "txid:hex verbose?:bool", "the waiting transactions that depend on one", (c, p, _) => Read(c, chain => List(chain, Mempool.DescendantsOf(Find(chain, p)), p.Flag(1, fallback: false)))),
        new("gettxspendingprevout", "outputs:array", "the waiting transactions that spend outputs", (c, p, _) => Read(c, chain => FindSpenders(chain, p.List(0))))
        {
            Details = "outputs: objects of txid and vout. The answer has the same, each with spendingtxid where one spends it.",
        },
        new("savemempool", "", "writes the waiting transactions to the database, which also happens at the end of a node", (c, _, _) => Read(c, Save)),
    ];

    private static async Task<JsonNode?> Read(RpcContext context, Func<LoadedChain, JsonNode?> read) =>
        await context.OnStateAsync(read).ConfigureAwait(false);

    private static MempoolEntry Find(LoadedChain chain, RpcParams p) =>
        chain.Mempool.FindEntry(p.TxId(0)) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Transaction not in mempool");

    private static JsonObject GetInfo(LoadedChain chain)
    {
        var pool = chain.Mempool;
        return new JsonObject
        {
            ["loaded"] = true,
            ["size"] = pool.Count,
            ["bytes"] = pool.Total.Size,
            ["usage"] = pool.Bytes,
            ["total_fee"] = RpcJson.Money(pool.Total.Fees),
            ["maxmempool"] = pool.Policy.MaxBytes,
            ["mempoolminfee"] = RpcJson.Money(pool.MinFeeRate),
            ["minrelaytxfee"] = RpcJson.Money(pool.Policy.MinRelayFeeRate),
            ["incrementalrelayfee"] = RpcJson.Money(pool.Policy.IncrementalRelayFeeRate),
            ["unbroadcastcount"] = pool.Unbroadcast.Count,
            ["fullrbf"] = pool.Policy.ReplaceWithoutSignal,
        };
    }

    private static JsonArray FindSpenders(LoadedChain chain, JsonArray outputs)
    {
        if (outputs.Count == 0) throw new RpcException(RpcErrorCode.InvalidParameter, "Invalid parameter, outputs are missing");
        var places = outputs.Select(output => ReadPlace(JsonValues.Members(output))).ToList();
        return new JsonArray([.. places.Select(place => (JsonNode)Spender(place, chain.Mempool.FindSpender(place)))]);
    }

    private static OutPoint ReadPlace(JsonObject output)
    {
        JsonValues.Require(output, ("txid", "string"), ("vout", "number"));
        if (output.FirstOrDefault(member => member.Key is not ("txid" or "vout")).Key is { } other) throw new RpcException(RpcErrorCode.TypeError, $"Unexpected key {other}");
        var index = JsonValues.Integer(output["vout"]);
        return index >= 0
            ? new OutPoint(JsonValues.Id(output["txid"], "txid"), (uint)index)
            : throw new RpcException(RpcErrorCode.InvalidParameter, "Invalid parameter, vout cannot be negative");
    }

    private static JsonObject Spender(OutPoint place, MempoolEntry? spender)
    {
        var json = new JsonObject { ["txid"] = place.TxId.ToString(), ["vout"] = place.Index };
        if (spender is not null) json["spendingtxid"] = spender.Transaction.Id.ToString();
        return json;
    }

    private static JsonNode GetRaw(LoadedChain chain, RpcParams p)
    {
        var verbose = p.Flag(0, fallback: false);
        if (!p.Flag(1, fallback: false)) return List(chain, chain.Mempool.InOrder(), verbose);
        if (verbose) throw new RpcException(RpcErrorCode.InvalidParameter, "Verbose results cannot contain mempool sequence values.");
        return new JsonObject { ["txids"] = List(chain, chain.Mempool.InOrder(), verbose: false), ["mempool_sequence"] = chain.Mempool.Version + 1 };
    }

    private static JsonNode List(LoadedChain chain, IEnumerable<MempoolEntry> entries, bool verbose) => verbose
        ? new JsonObject(entries.Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.Transaction.Id.ToString(), Describe(chain.Mempool, entry))))
        : new JsonArray([.. entries.Select(entry => JsonValue.Create(entry.Transaction.Id.ToString()))]);

    private static JsonObject Describe(Mempool pool, MempoolEntry entry) => new()
    {
        ["vsize"] = entry.VirtualSize,
        ["weight"] = entry.Transaction.Weight,
        ["time"] = entry.Time,
        ["height"] = entry.Height,
        ["descendantcount"] = entry.Descendants.Count,
        ["descendantsize"] = entry.Descendants.Size,
        ["ancestorcount"] = entry.Ancestors.Count,
        ["ancestorsize"] = entry.Ancestors.Size,
        ["wtxid"] = entry.Transaction.WitnessHash.ToString(),
        ["fees"] = new JsonObject
        {
            ["base"] = RpcJson.Money(entry.Fee),
            ["modified"] = RpcJson.Money(entry.ModifiedFee),
            ["ancestor"] = RpcJson.Money(entry.Ancestors.Fees),
            ["descendant"] = RpcJson.Money(entry.Descendants.Fees),
        },
        ["depends"] = Ids(entry.Parents),
        ["spentby"] = Ids(entry.Children),
        ["bip125-replaceable"] = Mempool.IsReplaceable(entry),
        ["unbroadcast"] = pool.Unbroadcast.Contains(entry.Transaction.Id),
    };

    private static JsonArray Ids(IEnumerable<MempoolEntry> entries) =>
        new([.. entries.OrderBy(entry => entry.Sequence).Select(entry => JsonValue.Create(entry.Transaction.Id.ToString()))]);

    private static JsonObject Save(LoadedChain chain)
    {
        chain.Mempool.Save();
        return new JsonObject { ["filename"] = chain.Chainstate.Database.Path };
    }
}
