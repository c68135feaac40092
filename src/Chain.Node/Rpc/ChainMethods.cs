using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>Methods that read blocks and the chain.</summary>
internal static class ChainMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("getblockcount", "", "gives the height of the tip", (c, _, _) => Read(c, chain => JsonValue.Create(chain.Chainstate.Tip.Height))),
        new("getbestblockhash", "", "gives the hash of the tip", (c, _, _) => Read(c, chain => JsonValue.Create(chain.Chainstate.Tip.Hash.ToString()))),
        new("getdifficulty", "", "gives how many times harder the tip was to find than the easiest block of Bitcoin's main network",
            (c, _, _) => Read(c, chain => JsonValue.Create(RpcJson.Difficulty(chain.Chainstate.Tip.Header.Bits)))),
        new("getblockhash", "height:number", "gives the hash of the block at a height of the chain", (c, p, _) => Read(c, chain => JsonValue.Create(AtHeight(chain, p.Integer(0)).Hash.ToString()))),
        new("getblockheader", "blockhash:hex verbose?:bool", "gives a block's header", (c, p, _) => Read(c, chain => GetBlockHeader(chain, p)))
        {
            Details = "verbose: true (the default) to decode it, false for its 80 bytes in hexadecimal.",
        },
        new("getblock", "blockhash:hex verbosity|verbose?", "gives a block", (c, p, _) => Read(c, chain => GetBlock(chain, p)))
        {
            Details = "verbosity: 0 for its bytes in hexadecimal, 1 (the default) for its header and the ids of its transactions,\n"
                + "2 for the transactions with their fees, 3 also for the outputs that they spend (prevout).",
        },
        new("getblockchaininfo", "", "describes the state of the chain", (c, _, _) => Read(c, GetInfo)),
        new("getdeploymentinfo", "blockhash?:hex", "tells which rule changes are active for the block after this one, or after the tip", (c, p, _) => Read(c, chain => GetDeployments(chain, p))),
        new("getgenesis", "", "gives the chain as a file: what genesis.json holds", (c, _, _) => Read(c, chain => JsonValue.Create(GenesisFile.Write(chain.Params)))),
    ];

    /// <summary>Runs a method on the chain and the pool.</summary>
    public static async Task<JsonNode?> Read(RpcContext context, Func<LoadedChain, JsonNode?> read) =>
        await context.OnStateAsync(read).ConfigureAwait(false);

    /// <summary>The block with the hash that a parameter gives.</summary>
    public static BlockNode GetNode(LoadedChain chain, BlockHash hash) =>
        chain.Chainstate.Tree.Find(hash)
        ?? throw (chain.Headers.Find(hash) is null ? new RpcException(RpcErrorCode.InvalidAddressOrKey, "Block not found") : NotKept());

    /// <summary>Throws where a block was refused at once, so that only its header was kept.</summary>
    public static void CheckKept(LoadedChain chain, BlockNode node)
    {
        if (chain.Chainstate.FindRawBlock(node) is null) throw NotKept();
    }

    /// <summary>In the words of Core 28; those of earlier versions stand behind, since clients look for them.</summary>
    private static RpcException NotKept() => new(RpcErrorCode.Misc, "Block not available (not fully downloaded): Block not found on disk");

    private static BlockNode AtHeight(LoadedChain chain, int height) =>
        chain.Chainstate.Tree.FindActive(height) ?? throw new RpcException(RpcErrorCode.InvalidParameter, "Block height out of range");

    private static JsonNode GetBlockHeader(LoadedChain chain, RpcParams p)
    {
        var node = GetNode(chain, p.BlockHash(0, "hash"));
        return p.Flag(1, fallback: true)
            ? BlockJson.Header(chain.Chainstate, node)
            : JsonValue.Create(Convert.ToHexStringLower(node.Header.ToByteArray()));
    }

    private static JsonNode GetBlock(LoadedChain chain, RpcParams p)
    {
        var hash = p.BlockHash(0);
        var verbosity = p.Verbosity(1, fallback: 1);
        var node = GetNode(chain, hash);
        CheckKept(chain, node);
        return verbosity <= 0 ? JsonValue.Create(Convert.ToHexStringLower(chain.Chainstate.GetRawBlock(node))) : BlockJson.Block(chain.Chainstate, node, verbosity);
    }

    private static JsonObject GetInfo(LoadedChain chain)
    {
        var tip = chain.Chainstate.Tip;
        var headers = chain.Chainstate.Tree.BestHeight;
        return new JsonObject
        {
            ["chain"] = chain.Params.Profile,
            ["blocks"] = tip.Height,
            ["headers"] = headers,
            ["bestblockhash"] = tip.Hash.ToString(),
            ["bits"] = BlockJson.Bits(tip.Header),
            ["target"] = BlockJson.TargetOf(tip.Header),
            ["difficulty"] = RpcJson.Difficulty(tip.Header.Bits),
            ["time"] = tip.Header.Time,
            ["mediantime"] = HeaderRules.MedianTimePast(tip),
            ["verificationprogress"] = Math.Min(1, (tip.Height + 1) / (headers + 1.0)),
            ["initialblockdownload"] = chain.Chainstate.IsInInitialDownload,
            ["chainwork"] = RpcJson.Work(tip.TotalWork),
            ["size_on_disk"] = new FileInfo(chain.Chainstate.Database.Path).Length,
            ["pruned"] = false,
            ["softforks"] = Deployments(tip, chain.Params),
            ["warnings"] = "",
        };
    }

    private static JsonObject GetDeployments(LoadedChain chain, RpcParams p)
    {
        var node = p.Has(0) ? GetNode(chain, p.BlockHash(0)) : chain.Chainstate.Tip;
        return new JsonObject { ["hash"] = node.Hash.ToString(), ["height"] = node.Height, ["deployments"] = Deployments(node, chain.Params) };
    }

    /// <summary>The rule changes with a height of their own: all are buried, since no vote of miners decides about them here.</summary>
    private static JsonObject Deployments(BlockNode node, ChainParams p)
    {
        (string Name, int Height)[] all =
        [
            ("bip34", p.Bip34Height), ("bip66", p.Bip66Height), ("bip65", p.Bip65Height), ("csv", p.CsvHeight), ("segwit", p.SegwitHeight), ("taproot", p.TaprootHeight),
        ];
        return new JsonObject(all.Where(fork => fork.Height != ChainParams.Never).Select(fork => KeyValuePair.Create(fork.Name, (JsonNode?)new JsonObject
        {
            ["type"] = "buried",
            ["active"] = node.Height + 1 >= fork.Height,
            ["height"] = fork.Height,
        })));
    }
}
