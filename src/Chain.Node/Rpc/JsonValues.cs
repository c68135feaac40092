using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;

namespace Chain.Node.Rpc;

/// <summary>Values inside of parameters, read by type; what does not fit is an <see cref="RpcException"/> with Core's code and words.</summary>
internal static class JsonValues
{
    /// <summary>A text.</summary>
    public static string Text(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : throw Mismatch(value, "string");

    /// <summary>Named values.</summary>
    public static JsonObject Members(JsonNode? value) => value as JsonObject ?? throw Mismatch(value, "object");

    /// <summary>A list.</summary>
    public static JsonArray List(JsonNode? value) => value as JsonArray ?? throw Mismatch(value, "array");

    /// <summary>True or false.</summary>
    public static bool Flag(JsonNode? value) =>
        value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? value.GetValue<bool>() : throw Mismatch(value, "bool");

    /// <summary>A whole number of 64 bits.</summary>
    public static long Long(JsonNode? value)
    {
        if (value?.GetValueKind() != JsonValueKind.Number) throw Mismatch(value, "number");
        return value.AsValue().TryGetValue<long>(out var number) ? number : throw OutOfRange();
    }

    /// <summary>A whole number of 32 bits.</summary>
    public static int Integer(JsonNode? value) => Long(value) is >= int.MinValue and <= int.MaxValue and var number ? (int)number : throw OutOfRange();

    /// <summary>The id of a transaction.</summary>
    public static TxId Id(JsonNode? value, string name)
    {
        var text = Text(value);
        if (TxId.TryParse(text, out var id)) return id;
        throw new RpcException(RpcErrorCode.InvalidParameter, text.Length == 64
            ? $"{name} must be hexadecimal string (not '{text}')"
            : $"{name} must be of length 64 (not {text.Length}, for '{text}')");
    }

    /// <summary>Bytes in hexadecimal.</summary>
    public static byte[] Hex(JsonNode? value, string name) => Hex(Text(value), name);

    /// <summary>Bytes in hexadecimal.</summary>
    public static byte[] Hex(string text, string name) =>
        TryHex(text) ?? throw new RpcException(RpcErrorCode.InvalidParameter, $"{name} must be hexadecimal string (not '{text}')");

    /// <summary>Bytes in hexadecimal; null where the text is not.</summary>
    public static byte[]? TryHex(string text)
    {
        var bytes = new byte[text.Length / 2];
        return Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done ? bytes : null;
    }

    /// <summary>Requires members of a JSON type, by Core's name for it (Core: RPCTypeCheckObj).</summary>
    public static void Require(JsonObject members, params ReadOnlySpan<(string Name, string Type)> expected)
    {
        foreach (var (name, type) in expected)
        {
            if (!members.TryGetPropertyValue(name, out var value) || value is null) throw new RpcException(RpcErrorCode.TypeError, $"Missing {name}");
            var actual = RpcParameter.JsonType(value);
            if (actual != type) throw new RpcException(RpcErrorCode.TypeError, $"JSON value of type {actual} for field {name} is not of expected type {type}");
        }
    }

    private static RpcException Mismatch(JsonNode? value, string expected) => new(RpcErrorCode.TypeError, RpcParameter.Mismatch(RpcParameter.JsonType(value), expected));

    private static RpcException OutOfRange() => new(RpcErrorCode.Misc, "JSON integer out of range");
}
