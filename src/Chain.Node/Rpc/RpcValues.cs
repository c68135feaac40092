using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chain.Node.Rpc;

/// <summary>Values of a range, and texts that stand inside of a parameter, with Core's words for what they are not.</summary>
internal static class RpcValues
{
    /// <summary>A whole number from a range.</summary>
    public static long Between(this RpcParams p, int index, long least, long most) =>
        p.Long(index) is var number && number >= least && number <= most ? number : throw new RpcException(RpcErrorCode.Misc, "JSON integer out of range");

    /// <summary>A text that is an item of a list or a member of an object.</summary>
    public static string TextOf(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String
        ? node.GetValue<string>()
        : throw new RpcException(RpcErrorCode.TypeError, RpcParameter.Mismatch(RpcParameter.JsonType(node), "string"));

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
}
