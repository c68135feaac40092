using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Node.Rpc;

/// <summary>Methods that need little of the node.</summary>
internal static class UtilMethods
{
    private const int LongestTarget = 1008;
    private const string TransactionIndexName = "txindex";

    /// <summary>Core's time spans: how fast what was seen is forgotten, and how many periods of how many blocks are told apart.</summary>
    private static readonly (string Name, double Decay, int Periods, int Scale)[] Horizons = [("short", 0.962, 12, 1), ("medium", 0.9952, 24, 2), ("long", 0.99931, 42, 24)];

    private static readonly string[] FeeModes = ["unset", "economical", "conservative"];

    public static IEnumerable<RpcMethod> All =>
    [
        new("validateaddress", "address:string", "tells whether a text is an address of this chain, and what it pays", (c, p, _) => Answer(Validate(p.Text(0), c.Chain.Params.AddressFormat))),
        new("estimatesmartfee", "conf_target:number estimate_mode?:string", "estimates the fee rate with which a transaction is in the chain after so many blocks", (_, p, _) => Answer(EstimateFee(p)))
        {
            Details = $"conf_target: from 1 to {LongestTarget} blocks.\nestimate_mode: {string.Join(", ", FeeModes)}.\nThis node keeps no record of what was paid, so that it answers that it knows no rate.",
        },
        new("estimaterawfee", "conf_target:number threshold?:number", "tells of each time span what would be known of fee rates", (_, p, _) => Answer(EstimateRawFee(p))) { Category = RpcMethod.Hidden },
        new("getindexinfo", "index_name?:string", "tells how far the indexes are that are kept beside the chain: txindex, of transactions, spends and scripts", async (c, p, _) => await c.OnStateAsync(chain => GetIndexInfo(chain, p)).ConfigureAwait(false)),
    ];

    private static Task<JsonNode?> Answer(JsonNode? node) => Task.FromResult(node);

    private static JsonObject Validate(string text, AddressFormat format)
    {
        if (Address.TryParse(text, format, out var address) != AddressError.None)
        {
            var (message, places) = AddressCheck.Explain(text, format);
            return new JsonObject
            {
                ["isvalid"] = false,
                ["error_locations"] = new JsonArray([.. places.Select(place => (JsonNode)place)]),
                ["error"] = message,
            };
        }

        var json = new JsonObject
        {
            ["isvalid"] = true,
            ["address"] = address.ToString(),
            ["scriptPubKey"] = Convert.ToHexStringLower(StandardScripts.PayTo(address)),
        };
        if (IsScript(address) is { } isScript) json["isscript"] = isScript;
        json["iswitness"] = address.Kind == AddressKind.WitnessProgram;
        if (address.Kind != AddressKind.WitnessProgram) return json;
        json["witness_version"] = address.WitnessVersion;
        json["witness_program"] = Convert.ToHexStringLower(address.Payload.Span);
        return json;
    }

    /// <summary>Whether a script may stand behind an address; null where only later rules will say (Core: DescribeAddressVisitor).</summary>
    private static bool? IsScript(Address address) => (address.Kind, address.WitnessVersion, address.Payload.Length) switch
    {
        (AddressKind.PublicKeyHash, _, _) or (AddressKind.WitnessProgram, 0, 20) => false,
        (AddressKind.ScriptHash, _, _) or (AddressKind.WitnessProgram, 0 or 1, 32) => true,
        _ => null,
    };

    private static int Target(RpcParams p) => p.Integer(0) is >= 1 and <= LongestTarget and var target
        ? target
        : throw new RpcException(RpcErrorCode.InvalidParameter, $"Invalid conf_target, must be between 1 and {LongestTarget}");

    private static JsonObject EstimateRawFee(RpcParams p)
    {
        var target = Target(p);
        if (p.Number(1, fallback: 0.95) is < 0 or > 1) throw new RpcException(RpcErrorCode.InvalidParameter, "Invalid threshold");
        return new JsonObject(Horizons.Where(horizon => target <= horizon.Periods * horizon.Scale).Select(horizon => KeyValuePair.Create(horizon.Name, (JsonNode?)new JsonObject
        {
            ["decay"] = horizon.Decay,
            ["scale"] = horizon.Scale,
            ["errors"] = new JsonArray("Insufficient data or no feerate found which meets threshold"),
        })));
    }

    private static JsonObject GetIndexInfo(LoadedChain chain, RpcParams p)
    {
        var json = new JsonObject();
        if (p.Has(0) && p.Text(0) is not ("" or TransactionIndexName)) return json;
        var index = new JsonObject { ["synced"] = chain.Index.IsSynced, ["best_block_height"] = chain.Index.Position?.Height ?? 0 };
        if (chain.Index.IsGivenUp) index["given_up"] = true;
        json[TransactionIndexName] = index;
        return json;
    }

    private static JsonObject EstimateFee(RpcParams p)
    {
        _ = Target(p);
        if (p.Has(1) && !FeeModes.Contains(p.Text(1), StringComparer.OrdinalIgnoreCase))
            throw new RpcException(RpcErrorCode.InvalidParameter, $"Invalid estimate_mode parameter, must be one of: \"{string.Join("\", \"", FeeModes)}\"");
        return new JsonObject { ["errors"] = new JsonArray("Insufficient data or no feerate found"), ["blocks"] = 0 };
    }
}
