using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>Methods that count what blocks hold.</summary>
internal static class StatisticsMethods
{
    private const int Month = 30 * 24 * 60 * 60;

    public static IEnumerable<RpcMethod> All =>
    [
        new("getblockstats", "hash_or_height stats?:array", "counts what a block holds; amounts are in satoshis, rates per virtual byte", (c, p, _) => ChainMethods.Read(c, chain => GetBlockStats(chain, p)))
        {
            Details = "hash_or_height: a block's hash, or its height in the chain.\nstats: the names of the figures that are wanted; all without it.",
        },
        new("getchaintxstats", "nblocks?:number blockhash?:hex", "counts the transactions of the chain, and how many came in a second", (c, p, _) => ChainMethods.Read(c, chain => GetChainTxStats(chain, p)))
        {
            Details = "nblocks: over how many blocks the rate is taken; a month's without it.\nblockhash: the last of them; the tip without it.",
        },
    ];

    private static JsonObject GetBlockStats(LoadedChain chain, RpcParams p)
    {
        var node = HashOrHeight(chain, p);
        var wanted = p.Has(1) ? p.List(1).Select(Name).Distinct().Order(StringComparer.Ordinal).ToList() : [];
        ChainMethods.CheckKept(chain, node);
        var block = chain.Chainstate.GetBlock(node);
        if (SpentCoins.TryFind(chain.Chainstate, node, block) is not { } spent) throw new RpcException(RpcErrorCode.Misc, "Undo data not available");
        var all = new BlockStatistics(node, block, spent, createsCoins: node.Height > 0 || chain.Params.GenesisSpendable).ToJson(chain.Params);
        if (wanted.Count == 0) return all;
        var unknown = wanted.FirstOrDefault(name => !all.ContainsKey(name));
        if (unknown is not null) throw new RpcException(RpcErrorCode.InvalidParameter, $"Invalid selected statistic '{unknown}'");
        return new JsonObject(wanted.Select(name => KeyValuePair.Create(name, all[name]?.DeepClone())));
    }

    private static string Name(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String
        ? value.GetValue<string>()
        : throw new RpcException(RpcErrorCode.TypeError, RpcParameter.Mismatch(RpcParameter.JsonType(value), "string"));

    private static BlockNode HashOrHeight(LoadedChain chain, RpcParams p)
    {
        if (p.Node(0)?.GetValueKind() != JsonValueKind.Number) return ChainMethods.GetNode(chain, p.BlockHash(0));
        var height = p.Integer(0);
        if (height < 0) throw new RpcException(RpcErrorCode.InvalidParameter, $"Target block height {height} is negative");
        return chain.Chainstate.Tree.FindActive(height)
            ?? throw new RpcException(RpcErrorCode.InvalidParameter, $"Target block height {height} after current tip {chain.Chainstate.Tip.Height}");
    }

    private static JsonObject GetChainTxStats(LoadedChain chain, RpcParams p)
    {
        var chainstate = chain.Chainstate;
        var last = p.Has(1) ? ChainMethods.GetNode(chain, p.BlockHash(1)) : chainstate.Tip;
        if (!chainstate.Tree.IsActive(last)) throw new RpcException(RpcErrorCode.InvalidParameter, "Block is not in main chain");
        var count = p.Integer(0, fallback: Math.Max(0, Math.Min(Month / chain.Params.TargetSpacing, last.Height - 1)));
        if (count < 0 || (count > 0 && count >= last.Height))
            throw new RpcException(RpcErrorCode.InvalidParameter, "Invalid block count: should be between 0 and the block's height - 1");
        var json = new JsonObject
        {
            ["time"] = last.Header.Time,
            ["txcount"] = chainstate.CountTransactions(last),
            ["window_final_block_hash"] = last.Hash.ToString(),
            ["window_final_block_height"] = last.Height,
            ["window_block_count"] = count,
        };
        if (count == 0) return json;
        var first = chainstate.Tree.FindActive(last.Height - count)!;
        var interval = (long)HeaderRules.MedianTimePast(last) - HeaderRules.MedianTimePast(first);
        var transactions = chainstate.CountTransactions(last) - chainstate.CountTransactions(first);
        json["window_interval"] = interval;
        json["window_tx_count"] = transactions;
        if (interval > 0) json["txrate"] = (double)transactions / interval;
        return json;
    }
}
