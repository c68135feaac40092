using System.Text.Json.Nodes;
using Chain.Core.Coins;
using Chain.Core.Consensus;
using Chain.Core.Descriptors;
using Chain.Core.Primitives;
using Chain.Core.Signing;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>The method that looks through all coins for those of descriptors (Core: scantxoutset).</summary>
internal static class ScanMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("scantxoutset", "action:string scanobjects?:array", "looks through all outputs that are not spent for those that descriptors describe", RunAsync)
        {
            Details = "action: start, abort, or status.\nscanobjects: descriptors, or objects of desc and range, the last position of a wildcard or a list of the first and the last; 0 to 1000 without it.",
        },
    ];

    private static async Task<JsonNode?> RunAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        switch (p.Text(0))
        {
            case "status":
                return context.Scan.Percent is { } percent ? new JsonObject { ["progress"] = percent } : null;
            case "abort":
                return JsonValue.Create(context.Scan.Abort());
            case "start":
                if (!context.Scan.TryBegin()) throw new RpcException(RpcErrorCode.InvalidParameter, "Scan already in progress, use action \"abort\" or \"status\"");
                try
                {
                    if (!p.Has(1)) throw new RpcException(RpcErrorCode.Misc, "scanobjects argument is required for the start action");
                    var wanted = Wanted.Of(p.List(1), context.Chain.Params);
                    return await CoinMoments.LookAsync(context, moment => Scan(moment, wanted, context.Scan, cancellationToken), cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    context.Scan.End();
                }

            default:
                throw new RpcException(RpcErrorCode.InvalidParameter, $"Invalid action '{p.Text(0)}'");
        }
    }

    private static JsonObject Scan(CoinMoment moment, Wanted wanted, CoinScan scan, CancellationToken cancellationToken)
    {
        var unspents = new JsonArray();
        long count = 0, total = 0;
        foreach (var (place, coin) in moment.Coins.ReadAll())
        {
            if (place is not { } outPoint || coin is null) continue;
            if (++count % 8192 == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();

                // Coins lie in the order of their ids, whose first byte is as good as a measure.
                scan.Report(outPoint.TxId.Hash.ToByteArray()[0] * 100 / 256);
                if (scan.IsAborted) break;
            }

            if (wanted.FindDescriptor(coin.Output.ScriptPubKey) is not { } descriptor) continue;
            total += coin.Output.Value;
            unspents.Add((JsonNode)Unspent(moment.Tip, outPoint, coin, descriptor));
        }

        return new JsonObject
        {
            ["success"] = !scan.IsAborted,
            ["txouts"] = count,
            ["height"] = moment.Tip.Height,
            ["bestblock"] = moment.Tip.Hash.ToString(),
            ["unspents"] = unspents,
            ["total_amount"] = RpcJson.Money(total),
        };
    }

    private static JsonObject Unspent(BlockNode tip, OutPoint outPoint, Coin coin, string descriptor) => new()
    {
        ["txid"] = outPoint.TxId.ToString(),
        ["vout"] = outPoint.Index,
        ["scriptPubKey"] = ScriptJson.Hex(coin.Output.ScriptPubKey),
        ["desc"] = descriptor,
        ["amount"] = RpcJson.Money(coin.Amount),
        ["coinbase"] = coin.IsCoinbase,
        ["height"] = coin.Height,
        ["blockhash"] = tip.GetAncestor(coin.Height).Hash.ToString(),
        ["confirmations"] = tip.Height - coin.Height + 1,
    };

    /// <summary>The locking scripts that are looked for, and what is known of each.</summary>
    private sealed class Wanted(ChainParams p)
    {
        private readonly Dictionary<string, SigningKeys> _scripts = [];

        public static Wanted Of(JsonArray objects, ChainParams p)
        {
            var wanted = new Wanted(p);
            foreach (var item in objects) wanted.Add(item);
            return wanted;
        }

        /// <summary>A descriptor of a script that is looked for; null for any other.</summary>
        public string? FindDescriptor(ReadOnlyMemory<byte> script) => _scripts.TryGetValue(ScriptJson.Hex(script), out var keys)
            ? DescriptorInference.Infer(script, p.AddressFormat, keys).ToString()
            : null;

        private void Add(JsonNode? item)
        {
            foreach (var (script, keys) in DescriptorKeys.Expand(item, p)) _scripts[ScriptJson.Hex(script)] = keys;
        }
    }
}
