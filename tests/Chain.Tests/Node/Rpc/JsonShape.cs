using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chain.Tests.Node.Rpc;

/// <summary>
/// The documented form of an answer: words <c>name:type</c> for exactly the members that it has, in any order. The types are
/// string, number, bool, array, object, hash (64 hexadecimal digits), hex and money (a number with 8 decimals).
/// </summary>
internal static class JsonShape
{
    public static void Assert(JsonNode? json, string shape)
    {
        var expected = shape.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToDictionary(word => word.Split(':')[0], word => word.Split(':')[1]);
        var members = json!.AsObject();
        Xunit.Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), members.Select(member => member.Key).Order(StringComparer.Ordinal));
        foreach (var (name, value) in members) Xunit.Assert.True(Fits(value, expected[name]), $"{name} is no {expected[name]}: {value?.ToJsonString() ?? "null"}");
    }

    private static bool Fits(JsonNode? value, string type)
    {
        var kind = value?.GetValueKind();
        return type switch
        {
            "string" => kind == JsonValueKind.String,
            "number" => kind == JsonValueKind.Number,
            "bool" => kind is JsonValueKind.True or JsonValueKind.False,
            "array" => kind == JsonValueKind.Array,
            "object" => kind == JsonValueKind.Object,
            "hash" => kind == JsonValueKind.String && value!.GetValue<string>() is { Length: 64 } text && text.All(char.IsAsciiHexDigitLower),
            "hex" => kind == JsonValueKind.String && value!.GetValue<string>().All(char.IsAsciiHexDigitLower),
            "money" => kind == JsonValueKind.Number && value!.ToJsonString().Split('.') is [_, { Length: 8 }],
            _ => throw new ArgumentException($"'{type}' is no type", nameof(type)),
        };
    }
}
