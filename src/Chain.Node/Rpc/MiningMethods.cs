using System.Globalization;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>Methods about mining, and blocks that were mined elsewhere (Core: rpc/mining.cpp).</summary>
internal static class MiningMethods
{
    private const int DefaultHashRateBlocks = 120;

    public static IEnumerable<RpcMethod> All =>
    [
        new("getmininginfo", "", "the state of mining", (c, _, _) => Read(c, GetInfo)),
        new("getnetworkhashps", "nblocks?:number height?:number", "hashes a second of all miners together, from the work and the times of the last blocks", (c, p, _) => Read(c, chain => GetHashRate(chain, p))),
        new("prioritisetransaction", "txid:hex dummy?:number fee_delta:number", "treats a transaction as if it paid so many satoshis more, or less", (c, p, _) => Read(c, chain => Prioritise(chain, p))),
        new("getprioritisedtransactions", "", "what was prioritised, by transaction", (c, _, _) => Read(c, GetPrioritised)),
        new("submitblock", "hexdata:hex dummy?", "hands over a block; null where it is taken, otherwise the reason", SubmitAsync),
        new("submitheader", "hexdata:hex", "hands over a header, whose block may follow", (c, p, _) => Read(c, chain => SubmitHeader(chain, p))),
        new("setgenerate", "generate:bool genproclimit?:number", "lets this node mine to its miner's address, on so many threads, or not", (c, p, _) => Task.FromResult(SetGenerate(c, p))),
    ];

    private static async Task<JsonNode?> Read(RpcContext context, Func<LoadedChain, JsonNode?> read) =>
        await context.OnStateAsync(read).ConfigureAwait(false);

    private static JsonObject GetInfo(LoadedChain chain)
    {
        var tip = chain.Chainstate.Tip;
        var json = new JsonObject { ["blocks"] = tip.Height };
        if (chain.Assembler.Last is (var weight, var transactions))
        {
            json["currentblockweight"] = weight;
            json["currentblocktx"] = transactions;
        }

        AddTarget(json, tip.Header.Bits);
        json["networkhashps"] = HashRate(chain.Chainstate, DefaultHashRateBlocks, tip);
        json["pooledtx"] = chain.Mempool.Count;
        json["chain"] = chain.Params.Profile;
        var next = new JsonObject { ["height"] = tip.Height + 1 };
        AddTarget(next, ProofOfWork.RequiredBits(tip, chain.Assembler.NextTime, chain.Params));
        json["next"] = next;
        json["warnings"] = "";
        return json;
    }

    private static void AddTarget(JsonObject json, uint bits)
    {
        json["bits"] = bits.ToString("x8", CultureInfo.InvariantCulture);
        json["difficulty"] = RpcJson.Difficulty(bits);
        json["target"] = RpcJson.Work(Target.FromCompact(bits).Value);
    }

    private static JsonValue GetHashRate(LoadedChain chain, RpcParams p)
    {
        var count = p.Integer(0, fallback: DefaultHashRateBlocks);
        var height = p.Integer(1, fallback: -1);
        if (count is < -1 or 0) throw new RpcException(RpcErrorCode.InvalidParameter, "Invalid nblocks. Must be a positive number or -1.");
        var last = height == -1 ? chain.Chainstate.Tip : chain.Chainstate.Tree.FindActive(height);
        if (last is null) throw new RpcException(RpcErrorCode.InvalidParameter, "Block does not exist at specified height");
        return JsonValue.Create(HashRate(chain.Chainstate, count == -1 ? last.Height % chain.Params.RetargetInterval + 1 : count, last));
    }

    /// <summary>The work of so many blocks by the time between the earliest and the latest of them (Core: GetNetworkHashPS).</summary>
    public static double HashRate(Chainstate chainstate, int count, BlockNode last)
    {
        var first = chainstate.Tree.FindActive(last.Height - Math.Min(count, last.Height))!;
        var (earliest, latest) = (last.Header.Time, last.Header.Time);
        for (var node = last; node != first; node = node.Parent!)
        {
            earliest = Math.Min(earliest, node.Parent!.Header.Time);
            latest = Math.Max(latest, node.Parent!.Header.Time);
        }

        return earliest == latest ? 0 : (double)(last.TotalWork - first.TotalWork) / (latest - earliest);
    }

    private static JsonValue Prioritise(LoadedChain chain, RpcParams p)
    {
        var id = p.TxId(0);
        var feeDelta = p.Long(2);
        if (p.Node(1) is JsonValue dummy && (!dummy.TryGetValue<double>(out var priority) || priority != 0))
            throw new RpcException(RpcErrorCode.InvalidParameter, "Priority is no longer supported, dummy argument to prioritisetransaction must be 0.");
        chain.Mempool.Prioritise(id, feeDelta);
        return JsonValue.Create(true);
    }

    private static JsonObject GetPrioritised(LoadedChain chain)
    {
        var result = new JsonObject();
        foreach (var (id, feeDelta) in chain.Mempool.Priorities)
        {
            var entry = chain.Mempool.FindEntry(id);
            var json = new JsonObject { ["fee_delta"] = feeDelta, ["in_mempool"] = entry is not null };
            if (entry is not null) json["modified_fee"] = entry.ModifiedFee;
            result[id.ToString()] = json;
        }

        return result;
    }

    private static async Task<JsonNode?> SubmitAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        if (p.Hex(0) is not { } bytes || Block.TryDecode(bytes) is not { } block) throw new RpcException(RpcErrorCode.Deserialization, "Block decode failed");
        if (block.Transactions.IsEmpty || !block.Transactions[0].IsCoinbase)
            throw new RpcException(RpcErrorCode.Deserialization, "Block does not start with a coinbase");
        var result = await context.Owner.InvokeAsync(() => context.Submit(BlockProposal.Complete(context.Chain.Chainstate, block))).ConfigureAwait(false);
        return result.Outcome switch
        {
            BlockOutcome.Accepted => await context.OnStateAsync(chain => chain.Chainstate.Tree.IsActive(result.Node!)).ConfigureAwait(false) ? null : JsonValue.Create("inconclusive"),
            BlockOutcome.Duplicate => JsonValue.Create("duplicate"),
            _ => JsonValue.Create(result.Violation!.RejectReason),
        };
    }

    private static JsonNode? SubmitHeader(LoadedChain chain, RpcParams p)
    {
        if (p.Hex(0) is not { } bytes || bytes.Length < BlockHeader.Size || BlockHeader.TryDecode(bytes.AsMemory(0, BlockHeader.Size)) is not { } header)
            throw new RpcException(RpcErrorCode.Deserialization, "Block header decode failed");
        return chain.Headers.Submit(header) switch
        {
            null => null,
            { Error: RuleError.ParentMissing } => throw new RpcException(RpcErrorCode.VerifyError, $"Must submit previous header ({header.PreviousBlockHash}) first"),
            var violation => throw new RpcException(RpcErrorCode.VerifyError, violation.RejectReason),
        };
    }

    private static JsonNode? SetGenerate(RpcContext context, RpcParams p)
    {
        var mining = context.RequireNode().Mining;
        if (!p.Flag(0))
        {
            mining.Stop();
            return null;
        }

        // As it was in Core: -1 is all processors, 0 is none.
        var threads = p.Integer(1, fallback: -1);
        var order = mining.Order ?? throw new RpcException(RpcErrorCode.InvalidParameter, "No address to mine to: start the node with --miner ADDRESS, or call startminer with one");
        if (threads == 0) mining.Stop();
        else mining.Start(order with { Threads = threads < 0 ? Environment.ProcessorCount : Math.Min(threads, MiningOrder.MostThreads) });
        return null;
    }
}
