using System.Text.Json.Nodes;

namespace Chain.Tests.Node;

/// <summary>Which names a document has, in the form of <see cref="JsonNames"/>.</summary>
internal static class JsonNamesOf
{
    private const int LengthOfId = 64;

    /// <summary>What a document has too much and too little of the names that it should have; empty where it has just them.</summary>
    public static string Difference(JsonNode json, string names)
    {
        var expected = names.Split(' ');
        var found = Names(json).ToHashSet();
        var missing = expected.Where(name => !name.EndsWith('?') && !found.Contains(name));
        var more = found.Except(expected.Select(name => name.TrimEnd('?'))).Order(StringComparer.Ordinal);
        return string.Join(' ', missing.Select(name => "-" + name).Concat(more.Select(name => "+" + name)));
    }

    private static IEnumerable<string> Names(JsonNode json) => json switch
    {
        JsonArray { Count: > 0 } list when list.All(item => item is JsonObject) => list.SelectMany(item => item!.AsObject().Select(pair => $"[].{pair.Key}")),
        JsonArray => ["[]"],
        JsonObject { Count: > 0 } values when values.All(pair => pair.Key.Length == LengthOfId) => values.SelectMany(pair => pair.Value!.AsObject().Select(inner => $"*.{inner.Key}")),
        JsonObject members => members.SelectMany(pair => pair.Value is JsonArray { Count: > 0 } list && list.All(item => item is JsonObject)
            ? list.SelectMany(item => item!.AsObject().Select(inner => $"{pair.Key}[].{inner.Key}"))
            : [pair.Key]),
        _ => ["value"],
    };
}
