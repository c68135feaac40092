using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>The documented shape of an answer, and of an error.</summary>
internal static class Fields
{
    /// <summary>
    /// An object has just these fields, in words <c>name:kind</c>, or <c>name?:kind</c> where it may be absent. Kinds: n number, i
    /// whole number, s text, h hexadecimal, h64 a hash, b true or false, a list, o object.
    /// </summary>
    public static JsonObject Check(JsonNode? node, string shape)
    {
        var json = Assert.IsType<JsonObject>(node);
        var fields = shape.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(word => word.Split(':')).ToDictionary(pair => pair[0].TrimEnd('?'), pair => (IsOptional: pair[0].EndsWith('?'), Kind: pair[1]));
        Assert.Empty(json.Select(pair => pair.Key).Except(fields.Keys));
        foreach (var (name, (isOptional, kind)) in fields)
        {
            if (isOptional && !json.ContainsKey(name)) continue;
            Assert.True(json.ContainsKey(name), $"the field {name} is missing in {json.ToJsonString()}");
            Assert.True(IsOfKind(json[name], kind), $"{name} is no {kind}: {json[name]?.ToJsonString()}");
        }

        return json;
    }

    /// <summary>A call fails with a code and a message that contains a text.</summary>
    public static async Task FailsAsync(int code, string text, Func<Task> call)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(call);
        var actual = failure switch
        {
            RpcFailure rpc => rpc.Code,
            global::Chain.Node.Rpc.RpcException rpc => rpc.Code,
            _ => throw new InvalidOperationException("No error of a method.", failure),
        };
        Assert.True(actual == code && failure.Message.Contains(text, StringComparison.Ordinal), $"{code} '{text}' was expected: {failure.Message}");
    }

    private static bool IsOfKind(JsonNode? node, string kind) => (node?.GetValueKind(), kind) switch
    {
        (JsonValueKind.Number, "n") => true,
        (JsonValueKind.Number, "i") => decimal.TryParse(node!.ToJsonString(), out var number) && number % 1 == 0,
        (JsonValueKind.String, "s") => true,
        (JsonValueKind.String, "h") => IsHex(node!.GetValue<string>()),
        (JsonValueKind.String, "h64") => node!.GetValue<string>() is { Length: 64 } hash && IsHex(hash),
        (JsonValueKind.True or JsonValueKind.False, "b") or (JsonValueKind.Array, "a") or (JsonValueKind.Object, "o") => true,
        _ => false,
    };

    private static bool IsHex(string text) => text.Length % 2 == 0 && text.All(char.IsAsciiHexDigitLower);
}
