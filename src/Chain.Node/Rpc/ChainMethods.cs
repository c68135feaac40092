using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>Methods that read the chain.</summary>
internal static class ChainMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("getblockcount", "", "the height of the tip", (c, _, _) => Read(c, chain => JsonValue.Create(chain.Chainstate.Tip.Height))),
        new("getbestblockhash", "", "the hash of the tip", (c, _, _) => Read(c, chain => JsonValue.Create(chain.Chainstate.Tip.Hash.ToString()))),
        new("getblockhash", "height", "the hash of the block at a height", (c, p, _) => Read(c, chain => JsonValue.Create(AtHeight(chain, p.Integer(0)).Hash.ToString()))),
        new("getblockheader", "blockhash verbose?", "a block's header, decoded or in hexadecimal", (c, p, _) => Read(c, chain => GetBlockHeader(chain, p))),
        new("getblock", "blockhash verbosity?", "a block: 0 in hexadecimal, 1 with ids, 2 with transactions", (c, p, _) => Read(c, chain => GetBlock(chain, p))),
        new("getblockchaininfo", "", "the state of the chain", (c, _, _) => Read(c, GetInfo)),
        new("gettxout", "txid n include_mempool?", "an unspent output; null where there is none", (c, p, _) => Read(c, chain => GetTxOut(chain, p))),
        new("getgenesis", "", "the chain as a file: what genesis.json holds", (c, _, _) => Read(c, chain => JsonValue.Create(GenesisFile.Write(chain.Params)))),
        new("reindexutxo", "", "rebuilds coins and address index from the blocks, compares, and repairs", (c, _, _) => Read(c, chain => Reindex(chain, wasDamaged: c.Node is null && chain.CoinsWereDamaged))),
    ];

    private static async Task<JsonNode?> Read(RpcContext context, Func<LoadedChain, JsonNode?> read) =>
        await context.OnStateAsync(read).ConfigureAwait(false);

    private static BlockNode AtHeight(LoadedChain chain, int height) =>
        chain.Chainstate.Tree.FindActive(height) ?? throw new RpcException(RpcErrorCode.InvalidParameter, "Block height out of range");

    private static BlockNode GetNode(LoadedChain chain, BlockHash hash) =>
        chain.Chainstate.Tree.Find(hash) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Block not found");

    private static JsonNode GetBlockHeader(LoadedChain chain, RpcParams p)
    {
        var node = GetNode(chain, p.BlockHash(0));
        return p.Flag(1, fallback: true)
            ? RpcJson.Header(chain.Chainstate, node)
            : JsonValue.Create(Convert.ToHexStringLower(node.Header.ToByteArray()));
    }

    private static JsonNode GetBlock(LoadedChain chain, RpcParams p)
    {
        var node = GetNode(chain, p.BlockHash(0));
        var verbosity = p.Integer(1, fallback: 1);
        if (chain.Chainstate.FindRawBlock(node) is not { } raw) throw new RpcException(RpcErrorCode.Misc, "Block not available (it was refused)");
        return verbosity <= 0
            ? JsonValue.Create(Convert.ToHexStringLower(raw))
            : RpcJson.Block(chain.Chainstate, node, chain.Chainstate.GetBlock(node), withTransactions: verbosity >= 2);
    }

    private static JsonObject GetInfo(LoadedChain chain)
    {
        var tip = chain.Chainstate.Tip;
        return new JsonObject
        {
            ["chain"] = chain.Params.Profile,
            ["blocks"] = tip.Height,
            ["headers"] = chain.Chainstate.Tree.Nodes.Max(node => node.IsFailed ? 0 : node.Height),
            ["bestblockhash"] = tip.Hash.ToString(),
            ["difficulty"] = RpcJson.Difficulty(tip.Header.Bits),
            ["time"] = tip.Header.Time,
            ["mediantime"] = HeaderRules.MedianTimePast(tip),
            ["verificationprogress"] = 1,
            ["initialblockdownload"] = false,
            ["chainwork"] = RpcJson.Work(tip.TotalWork),
            ["size_on_disk"] = new FileInfo(chain.Chainstate.Database.Path).Length,
            ["pruned"] = false,
            ["warnings"] = "",
        };
    }

    private static JsonObject? GetTxOut(LoadedChain chain, RpcParams p)
    {
        var index = p.Integer(1);
        if (index < 0) throw new RpcException(RpcErrorCode.InvalidParameter, "vout cannot be negative");
        var outPoint = new OutPoint(p.TxId(0), (uint)index);
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

    /// <summary>Where a command opened a database whose coins were damaged, they have been made anew already.</summary>
    private static JsonObject Reindex(LoadedChain chain, bool wasDamaged)
    {
        var result = CoinAudit.Run(chain.Chainstate);
        return new JsonObject
        {
            ["blocks"] = result.Blocks,
            ["coins"] = result.Coins,
            ["total"] = RpcJson.Money(result.Total),
            ["missing"] = result.Missing,
            ["needless"] = result.Needless,
            ["different"] = result.Different,
            ["index"] = result.Index,
            ["differences"] = result.Differences,
            ["damaged"] = wasDamaged,
        };
    }
}
