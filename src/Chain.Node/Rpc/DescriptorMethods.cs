using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Descriptors;
using Chain.Core.Scripts;
using Chain.Core.Signing;

namespace Chain.Node.Rpc;

/// <summary>Methods about descriptors (Core: getdescriptorinfo, deriveaddresses).</summary>
internal static class DescriptorMethods
{
    private const long MostPositions = 1_000_000;

    public static IEnumerable<RpcMethod> All =>
    [
        new("getdescriptorinfo", "descriptor:string", "tells what a descriptor is, and its checksum", (c, p, _) => Answer(GetInfo(p.Text(0), c.Chain.Params))),
        new("deriveaddresses", "descriptor:string range?", "lists the addresses of a descriptor, whose checksum must stand behind it", (c, p, _) => Answer(Derive(p, c.Chain.Params)))
        {
            Details = "range: the last position of a wildcard, or a list of the first and the last.",
        },
    ];

    /// <summary>Reads a descriptor. What is wrong with it is an <see cref="RpcException"/>.</summary>
    public static Descriptor Parse(string text, ChainParams p, bool requireChecksum = false) =>
        DescriptorParser.TryParse(text, DescriptorFormat.Of(p.AddressFormat, p.WifVersion), requireChecksum, out var descriptor, out var error)
            ? descriptor
            : throw new RpcException(RpcErrorCode.InvalidAddressOrKey, error);

    /// <summary>Reads a descriptor; null where the text is none.</summary>
    public static Descriptor? TryParse(string text, ChainParams p) =>
        DescriptorParser.TryParse(text, DescriptorFormat.Of(p.AddressFormat, p.WifVersion), requireChecksum: false, out var descriptor, out _) ? descriptor : null;

    /// <summary>The first and the last position (Core: ParseDescriptorRange).</summary>
    public static (uint First, uint Last) ReadRange(JsonNode range)
    {
        long first = 0, last;
        if (range is JsonArray { Count: 2 } pair)
        {
            (first, last) = (JsonValues.Long(pair[0]), JsonValues.Long(pair[1]));
            if (first > last) throw Invalid("Range specified as [begin,end] must not have begin after end");
        }
        else
        {
            if (RpcParameter.JsonType(range) != "number") throw Invalid("Range must be specified as end or as [begin,end]");
            last = JsonValues.Long(range);
        }

        if (first < 0) throw Invalid("Range should be greater or equal than 0");
        if (last is < 0 or > int.MaxValue) throw Invalid("End of range is too high");
        return last < first + MostPositions ? ((uint)first, (uint)last) : throw Invalid("Range is too large");
    }

    private static Task<JsonNode?> Answer(JsonNode? node) => Task.FromResult(node);

    private static JsonObject GetInfo(string text, ChainParams p)
    {
        var descriptor = Parse(text, p);
        return new JsonObject
        {
            ["descriptor"] = descriptor.ToString(),
            ["checksum"] = DescriptorChecksum.TryCompute(text.Split('#')[0]),
            ["isrange"] = descriptor.IsRange,
            ["issolvable"] = descriptor.IsSolvable,
            ["hasprivatekeys"] = descriptor.HasPrivateKeys,
        };
    }

    private static JsonArray Derive(RpcParams p, ChainParams chain)
    {
        var (first, last) = p.Has(1) ? ReadRange(p.Node(1)!) : (0, 0);
        var descriptor = Parse(p.Text(0), chain, requireChecksum: true);
        if (!descriptor.IsRange && p.Has(1)) throw Invalid("Range should not be specified for an un-ranged descriptor");
        if (descriptor.IsRange && !p.Has(1)) throw Invalid("Range must be specified for a ranged descriptor");
        var addresses = new JsonArray();
        for (var position = first; position <= last; position++)
        {
            var scripts = descriptor.Expand(position, new SigningKeys()) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Cannot derive script without private keys");
            foreach (var script in scripts)
            {
                // Of combo(), the bare key has no address and is left out.
                if (scripts.Count > 1 && ScriptTemplates.Recognize(script) == ScriptTemplate.PublicKey) continue;
                addresses.Add((JsonNode)(ScriptJson.FindAddress(script, chain)?.ToString()
                    ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Descriptor does not have a corresponding address")));
            }
        }

        return addresses;
    }

    private static RpcException Invalid(string message) => new(RpcErrorCode.InvalidParameter, message);
}
