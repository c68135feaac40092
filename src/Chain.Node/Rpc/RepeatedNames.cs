using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chain.Node.Rpc;

/// <summary>
/// JSON objects in which a name stands twice, which Core's parser lets in: what they mean is for the method to say. A
/// <see cref="JsonObject"/> cannot hold one, so such an object becomes the list of its members, each an object of its own:
/// the other form in which methods take outputs (Core: NormalizeOutputs).
/// </summary>
internal static class RepeatedNames
{
    /// <summary>The first name that stands twice in an object; null where none does.</summary>
    public static string? Find(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || json.GetPropertyCount() < 2) return null;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
        {
            if (!names.Add(member.Name)) return member.Name;
        }

        return null;
    }

    /// <summary>A value whose objects hold no name twice.</summary>
    public static JsonNode? ToNode(JsonElement json)
    {
        if (!StandSomewhere(json)) return Create(json);
        switch (json.ValueKind)
        {
            case JsonValueKind.Array:
                return new JsonArray([.. json.EnumerateArray().Select(ToNode)]);
            default:
                var members = json.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, ToNode(member.Value)));
                return Find(json) is null ? new JsonObject(members) : new JsonArray([.. members.Select(member => new JsonObject([member]))]);
        }
    }

    private static bool StandSomewhere(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => Find(json) is not null || json.EnumerateObject().Any(member => StandSomewhere(member.Value)),
        JsonValueKind.Array => json.EnumerateArray().Any(StandSomewhere),
        _ => false,
    };

    private static JsonNode? Create(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Object => JsonObject.Create(json),
        JsonValueKind.Array => JsonArray.Create(json),
        _ => JsonValue.Create(json),
    };
}
