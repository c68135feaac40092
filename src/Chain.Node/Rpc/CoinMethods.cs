using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>Methods that read the coins.</summary>
internal static class CoinMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("gettxout", "txid:hex n:number include_mempool?:bool", "gives an output that is not spent; null where there is none", (c, p, _) => ChainMethods.Read(c, chain => GetTxOut(chain, p)))
        {
            Details = "include_mempool: whether waiting transactions count, which spend and create outputs; true without it.",
        },
        new("gettxoutsetinfo", "hash_type?:string hash_or_height? use_index?:bool", "counts all outputs that are not spent, and hashes them", GetSetInfoAsync)
        {
            Details = "hash_type: hash_serialized_3 (the default), muhash or none.\nhash_or_height: only the coins as of the tip are kept, so that another block cannot be asked for.\n"
                + "disk_size: bytes of the whole database, which holds the coins beside the blocks.",
        },
    ];

    private static JsonObject? GetTxOut(LoadedChain chain, RpcParams p)
    {
        var id = p.TxId(0);
        var index = p.Long(1);
        if (index is < 0 or > uint.MaxValue) throw new RpcException(RpcErrorCode.Misc, "JSON integer out of range");
        var outPoint = new OutPoint(id, (uint)index);
        var coin = p.Flag(2, fallback: true) ? chain.Mempool.Find(outPoint) : chain.Chainstate.Coins.Find(outPoint);
        if (coin is null) return null;
        return new JsonObject
        {
            ["bestblock"] = chain.Chainstate.Tip.Hash.ToString(),
            ["confirmations"] = Math.Max(0, chain.Chainstate.Tip.Height - coin.Height + 1),
            ["value"] = RpcJson.Money(coin.Amount),
            ["scriptPubKey"] = RpcJson.ScriptPubKey(coin.Output.ScriptPubKey, chain.Params),
            ["coinbase"] = coin.IsCoinbase,
        };
    }

    private static async Task<JsonNode?> GetSetInfoAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var name = p.Has(0) ? p.Text(0) : "hash_serialized_3";
        var kind = name switch
        {
            "hash_serialized_3" => CoinHash.Serialized,
            "muhash" => CoinHash.MuHash,
            "none" => CoinHash.None,
            _ => throw new RpcException(RpcErrorCode.InvalidParameter, $"'{name}' is not a valid hash_type"),
        };
        if (p.Has(1)) throw new RpcException(RpcErrorCode.InvalidParameter, "Querying specific block heights requires coinstatsindex");
        var (tip, statistics) = await CoinMoments.LookAsync(context, moment => (moment.Tip, CoinStatistics.Of(moment, kind, context.Tell, cancellationToken)), cancellationToken).ConfigureAwait(false);
        var json = new JsonObject
        {
            ["height"] = tip.Height,
            ["bestblock"] = tip.Hash.ToString(),
            ["txouts"] = statistics.Coins,
            ["bogosize"] = statistics.BogoSize,
        };
        if (kind != CoinHash.None) json[name] = statistics.Hash.ToString();
        json["total_amount"] = RpcJson.Money(statistics.Total);
        json["transactions"] = statistics.Transactions;
        json["disk_size"] = new FileInfo(context.Chain.Chainstate.Database.Path).Length;
        return json;
    }
}
