using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>From when on an import looks for payments, and how the imports that failed are told (Core: GetImportTimestamp).</summary>
internal static class WalletImportTimes
{
    /// <summary>The time in a request: Unix seconds, or "now" for that of the tip. No block is later than the latest that a header can name.</summary>
    internal static long TimeOf(JsonObject request, LoadedChain chain)
    {
        if (request["timestamp"] is not { } value) throw new RpcException(RpcErrorCode.TypeError, "Missing required timestamp field for key");
        if (value.GetValueKind() == JsonValueKind.Number) return Math.Clamp(JsonValues.Long(value), 1, uint.MaxValue);
        if (value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() == "now") return HeaderRules.MedianTimePast(chain.Chainstate.Tip);
        throw new RpcException(RpcErrorCode.TypeError, $"Expected number or \"now\" timestamp value for key. got type {RpcParameter.JsonType(value)}");
    }

    /// <summary>Where to begin a scan for imports of a time; null where no block is so late, or nothing was imported.</summary>
    internal static int? FirstHeight(LoadedChain chain, long? earliest)
    {
        if (earliest is not { } time) return null;
        var height = WalletScan.FirstHeight(chain, DateTimeOffset.FromUnixTimeSeconds(time));
        return height <= chain.Chainstate.Tip.Height ? height : null;
    }

    /// <summary>The answer for one import that failed.</summary>
    internal static JsonObject Failure(RpcException e) =>
        new() { ["success"] = false, ["error"] = new JsonObject { ["code"] = e.Code, ["message"] = e.Message } };
}
