using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;

namespace Chain.Node.Rpc;

/// <summary>Reads outputs of transactions as requests name them: an object with <c>txid</c> and <c>vout</c>.</summary>
internal static class WalletInputs
{
    internal static OutPoint ReadOutPoint(JsonNode? item)
    {
        if (item is not JsonObject json) throw new RpcException(RpcErrorCode.TypeError, "JSON value is not an object as expected");
        var id = ReadTxId(json);
        if (json["vout"] is not { } value) throw new RpcException(RpcErrorCode.TypeError, "Missing vout");
        if (value.GetValueKind() != JsonValueKind.Number) throw new RpcException(RpcErrorCode.TypeError, $"JSON value of type {RpcTypeName(value)} for field vout is not of expected type number");
        if (!value.AsValue().TryGetValue<int>(out var index)) throw new RpcException(RpcErrorCode.Misc, "JSON integer out of range");
        return index >= 0 ? new OutPoint(id, (uint)index) : throw new RpcException(RpcErrorCode.InvalidParameter, "Invalid parameter, vout cannot be negative");
    }

    private static TxId ReadTxId(JsonObject json)
    {
        if (json["txid"] is not { } value) throw new RpcException(RpcErrorCode.TypeError, "Missing txid");
        if (value.GetValueKind() != JsonValueKind.String) throw new RpcException(RpcErrorCode.TypeError, $"JSON value of type {RpcTypeName(value)} for field txid is not of expected type string");
        var text = value.GetValue<string>();
        if (TxId.TryParse(text, out var id)) return id;
        throw new RpcException(RpcErrorCode.InvalidParameter, text.Length == 64
            ? $"txid must be hexadecimal string (not '{text}')"
            : $"txid must be of length 64 (not {text.Length}, for '{text}')");
    }

    private static string RpcTypeName(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.True or JsonValueKind.False => "bool",
        var kind => kind.ToString().ToLowerInvariant(),
    };
}
