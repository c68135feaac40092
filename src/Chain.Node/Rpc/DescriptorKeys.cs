using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Signing;

namespace Chain.Node.Rpc;

/// <summary>Descriptors that a caller gives along, for the scripts and keys behind them (Core: EvalDescriptorStringOrObject).</summary>
internal static class DescriptorKeys
{
    private const uint DefaultLast = 1_000;

    /// <summary>The locking scripts of a descriptor, or of an object of one and a range, with what is known of each.</summary>
    public static IEnumerable<(byte[] Script, SigningKeys Keys)> Expand(JsonNode? item, ChainParams p)
    {
        var (first, last) = (0u, DefaultLast);
        string text;
        if (item is JsonObject members)
        {
            text = members["desc"] is { } desc ? JsonValues.Text(desc) : throw Invalid("Descriptor needs to be provided in scan object");
            if (members["range"] is { } range) (first, last) = DescriptorMethods.ReadRange(range);
        }
        else
        {
            if (RpcParameter.JsonType(item) != "string") throw Invalid("Scan object needs to be either a string or an object");
            text = JsonValues.Text(item);
        }

        var descriptor = DescriptorMethods.Parse(text, p);
        if (!descriptor.IsRange) (first, last) = (0, 0);
        for (var position = first; position <= last; position++)
        {
            var keys = new SigningKeys();
            var scripts = descriptor.Expand(position, keys)
                ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, $"Cannot derive script without private keys: '{text}'");
            foreach (var script in scripts) yield return (script, keys);
        }
    }

    /// <summary>Adds what all of several descriptors tell.</summary>
    public static void AddAll(JsonArray items, ChainParams p, SigningKeys keys)
    {
        foreach (var (_, found) in items.SelectMany(item => Expand(item, p))) keys.AddAll(found);
    }

    private static RpcException Invalid(string message) => new(RpcErrorCode.InvalidParameter, message);
}
