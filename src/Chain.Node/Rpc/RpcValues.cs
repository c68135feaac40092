using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chain.Node.Rpc;

/// <summary>Whole numbers of a range among parameters, and texts inside of them, with Core's words for what they are not.</summary>
internal static class RpcValues
{
    /// <summary>
    /// A whole number; a fallback where none was given. One with a point or an exponent, or out of range, is an
    /// <see cref="RpcException"/>, as in Core.
    /// </summary>
    public static long Int64(this RpcParams p, int index, long? fallback = null, long least = long.MinValue, long most = long.MaxValue)
    {
        if (!p.Has(index) && fallback is { } value) return value;
        if (p.Node(index) is not { } node || node.GetValueKind() != JsonValueKind.Number) throw WrongType(p.Node(index), "number");
        return long.TryParse(node.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new RpcException(RpcErrorCode.Misc, "JSON integer out of range");
    }

    /// <summary>The same for 32 bits.</summary>
    public static int Int32(this RpcParams p, int index, int? fallback = null) => (int)p.Int64(index, fallback, int.MinValue, int.MaxValue);

    /// <summary>A text that is an item of a list or a member of an object.</summary>
    public static string TextOf(JsonNode? node) =>
        node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : throw WrongType(node, "string");

    /// <summary>The bytes of a text in hexadecimal; null where it is none.</summary>
    public static byte[]? HexOf(string text)
    {
        try
        {
            return Convert.FromHexString(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static RpcException WrongType(JsonNode? node, string expected) =>
        new(RpcErrorCode.TypeError, $"JSON value of type {TypeOf(node?.GetValueKind())} is not of expected type {expected}");

    private static string TypeOf(JsonValueKind? kind) => kind switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.True or JsonValueKind.False => "bool",
        _ => kind.Value.ToString().ToLowerInvariant(),
    };
}
