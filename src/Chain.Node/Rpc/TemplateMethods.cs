using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.State;
using Chain.State.Storage;

namespace Chain.Node.Rpc;

/// <summary>Work for miners elsewhere: getblocktemplate (BIP22, BIP23, BIP145).</summary>
internal static class TemplateMethods
{
    /// <summary>How long who waits for a better template waits for the tip alone, and how often the pool is looked at then.</summary>
    private static readonly TimeSpan FirstLookAtPool = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan NextLooksAtPool = TimeSpan.FromSeconds(10);

    public static IEnumerable<RpcMethod> All =>
        [new("getblocktemplate", "template_request?:object", "what a miner needs to make a block, or what is wrong with the one it proposes", GetAsync)];

    private static async Task<JsonNode?> GetAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var request = p.Has(0) ? p.Members(0) : new JsonObject();
        var mode = request["mode"] switch
        {
            null => "template",
            var value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
            _ => throw InvalidMode(),
        };
        if (mode == "proposal") return await context.OnStateAsync(chain => JudgeProposal(chain, request["data"])).ConfigureAwait(false);
        var rules = RulesOf(request["rules"]);
        if (mode != "template") throw InvalidMode();
        await context.OnStateAsync(chain => RequireNetwork(context, chain)).ConfigureAwait(false);
        if (request["longpollid"] is { } id) await WaitAsync(context, id, cancellationToken).ConfigureAwait(false);
        if (!rules.Contains("segwit"))
            throw new RpcException(RpcErrorCode.InvalidParameter, "getblocktemplate must be called with the segwit rule set (call with {\"rules\": [\"segwit\"]})");
        return await context.OnStateAsync(chain => Describe(chain, chain.Templates.Get())).ConfigureAwait(false);
    }

    private static RpcException InvalidMode() => new(RpcErrorCode.InvalidParameter, "Invalid mode");

    private static HashSet<string> RulesOf(JsonNode? rules)
    {
        if (rules is not JsonArray list) return [];
        return [.. list.Select(RpcValues.TextOf)];
    }

    private static JsonNode? JudgeProposal(LoadedChain chain, JsonNode? data)
    {
        if (data?.GetValueKind() != JsonValueKind.String) throw new RpcException(RpcErrorCode.TypeError, "Missing data String key for proposal");
        if (RpcValues.HexOf(data.GetValue<string>()) is not { } bytes || Block.TryDecode(bytes) is not { } block)
            throw new RpcException(RpcErrorCode.Deserialization, "Block decode failed");
        if (chain.Chainstate.Tree.Find(block.Hash) is { } known)
            return known.IsFailed ? "duplicate-invalid" : (known.Status & BlockStatus.Validated) != 0 ? "duplicate" : "duplicate-inconclusive";
        if (block.Header.PreviousBlockHash != chain.Chainstate.Tip.Hash) return "inconclusive-not-best-prevblk";
        return BlockProposal.Test(chain.Chainstate, block) is { } violation ? JsonValue.Create(violation.RejectReason) : null;
    }

    /// <summary>A node that is behind its peers would let miners work for nothing. On a chain of one's own a node may mine alone.</summary>
    private static bool RequireNetwork(RpcContext context, LoadedChain chain)
    {
        if (chain.Params.Profile == Profiles.Private && context.Node?.Peers.Peers.Count > 0 && chain.Chainstate.IsInInitialDownload)
            throw new RpcException(RpcErrorCode.InInitialDownload, "chain is in initial sync and waiting for blocks...");
        return true;
    }

    /// <summary>Waits until the tip is another, or, after a while, the pool (BIP22: long polling).</summary>
    private static async Task WaitAsync(RpcContext context, JsonNode id, CancellationToken cancellationToken)
    {
        var (watched, poolVersion) = id.GetValueKind() == JsonValueKind.String
            ? ParseLongPollId(id.GetValue<string>())
            : await context.OnStateAsync(chain => (chain.Templates.Current.Tip, chain.Templates.LastPoolVersion)).ConfigureAwait(false);
        var patience = FirstLookAtPool;
        while (true)
        {
            var (current, changed) = await context.OnStateAsync(chain => (chain.Templates.Current, chain.Templates.TipChanged)).ConfigureAwait(false);
            if (current.Tip != watched || (patience == NextLooksAtPool && current.PoolVersion != poolVersion)) return;
            try
            {
                await changed.WaitAsync(patience, context.Chain.Clock, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                patience = NextLooksAtPool;
            }
        }
    }

    private static (BlockHash Tip, long PoolVersion) ParseLongPollId(string text)
    {
        const int hashLength = 64;
        var hash = text[..Math.Min(text.Length, hashLength)];
        if (!BlockHash.TryParse(hash, out var tip))
        {
            throw new RpcException(RpcErrorCode.InvalidParameter, hash.Length == hashLength
                ? $"longpollid must be hexadecimal string (not '{hash}')"
                : $"longpollid must be of length 64 (not {hash.Length}, for '{hash}')");
        }

        _ = long.TryParse(text.AsSpan(hashLength), NumberStyles.None, CultureInfo.InvariantCulture, out var poolVersion);
        return (tip, poolVersion);
    }

    private static JsonObject Describe(LoadedChain chain, BlockTemplate template)
    {
        var p = chain.Params;
        var height = template.Parent.Height + 1;
        var time = chain.Assembler.NextTime;
        var bits = ProofOfWork.RequiredBits(template.Parent, time, p);
        var hasSegwit = height >= p.SegwitHeight;

        // Before segregated witness limits are told in bytes and in signature operations that count once.
        var scale = hasSegwit ? 1 : Transaction.WitnessScaleFactor;
        var rules = new JsonArray("csv");
        if (hasSegwit) rules.Add((JsonNode)"!segwit");
        if (hasSegwit && height >= p.TaprootHeight) rules.Add((JsonNode)"taproot");
        var json = new JsonObject
        {
            ["capabilities"] = new JsonArray("proposal"),
            ["version"] = BlockAssembler.BlockVersion,
            ["rules"] = rules,
            ["vbavailable"] = new JsonObject(),
            ["vbrequired"] = 0,
            ["previousblockhash"] = template.Parent.Hash.ToString(),
            ["transactions"] = Transactions(template.Entries, scale),
            ["coinbaseaux"] = new JsonObject(),
            ["coinbasevalue"] = chain.Assembler.NextReward(template.Fees).Satoshis,
            ["longpollid"] = template.LongPollId,
            ["target"] = RpcJson.Work(Target.FromCompact(bits).Value),
            ["mintime"] = HeaderRules.MedianTimePast(template.Parent) + 1L,
            ["mutable"] = new JsonArray("time", "transactions", "prevblock"),
            ["noncerange"] = "00000000ffffffff",
            ["sigoplimit"] = p.MaxBlockSigOpsCost / scale,
            ["sizelimit"] = p.MaxBlockWeight / scale,
        };
        if (hasSegwit) json["weightlimit"] = p.MaxBlockWeight;
        json["curtime"] = time;
        json["bits"] = bits.ToString("x8", CultureInfo.InvariantCulture);
        json["height"] = height;
        if (hasSegwit) json["default_witness_commitment"] = Convert.ToHexStringLower(BlockProposal.CommitmentScript(template.Entries).Span);
        return json;
    }

    private static JsonArray Transactions(IReadOnlyList<MempoolEntry> entries, int scale)
    {
        var places = new Dictionary<TxId, int>();
        var list = new JsonArray();
        foreach (var entry in entries)
        {
            var transaction = entry.Transaction;
            list.Add((JsonNode)new JsonObject
            {
                ["data"] = Convert.ToHexStringLower(transaction.Raw.Span),
                ["txid"] = transaction.Id.ToString(),
                ["hash"] = transaction.WitnessHash.ToString(),
                ["depends"] = new JsonArray([.. transaction.Inputs.Where(input => places.ContainsKey(input.PreviousOutput.TxId)).Select(input => JsonValue.Create(places[input.PreviousOutput.TxId]))]),
                ["fee"] = entry.Fee.Satoshis,
                ["sigops"] = entry.SigOpsCost / scale,
                ["weight"] = transaction.Weight,
            });
            places.Add(transaction.Id, list.Count);
        }

        return list;
    }
}
