using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chain.Node.Rpc;

/// <summary>
/// One parameter of a method. <paramref name="Names"/> all mean it, the first is its own; <paramref name="Options"/> are the
/// members of an object that may also be given as parameters by name (Core: OBJ_NAMED_PARAMS).
/// </summary>
public sealed record RpcParameter(ImmutableArray<string> Names, bool IsOptional, RpcType Type, ImmutableArray<string> Options)
{
    /// <summary>Its own name.</summary>
    public string Name => Names[0];

    /// <summary>
    /// Reads <c>name|othername?:type(option,option)</c>; all but the name may be left out. A question mark says that the
    /// parameter may be left out in a call.
    /// </summary>
    public static RpcParameter Parse(string text)
    {
        var (names, type) = Split(text, ':');
        var (word, options) = Split(type.TrimEnd(')'), '(');
        return new RpcParameter(
            [.. names.TrimEnd('?').Split('|')],
            names.EndsWith('?'),
            word.Length == 0 ? RpcType.Any : RpcTypes.Parse(word),
            [.. options.Split(',', StringSplitOptions.RemoveEmptyEntries)]);
    }

    /// <summary>What is wrong with the type of a value, in Core's words; null where nothing is.</summary>
    public string? FindMismatch(JsonNode? value)
    {
        if (Type.JsonType() is not { } expected || (IsOptional && value is null)) return null;
        var actual = JsonType(value);
        return actual == expected ? null : Mismatch(actual, expected);
    }

    /// <summary>Core's words for a value of a wrong type.</summary>
    public static string Mismatch(string actual, string expected) => $"JSON value of type {actual} is not of expected type {expected}";

    /// <summary>The JSON type of a value, by Core's name for it.</summary>
    public static string JsonType(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.True or JsonValueKind.False => "bool",
        { } kind => kind.ToString().ToLowerInvariant(),
    };

    /// <summary>How it stands in the line that shows a call: texts in quotation marks.</summary>
    public override string ToString() => Type is RpcType.Text or RpcType.Hex ? $"\"{Name}\"" : Name;

    private static (string Before, string After) Split(string text, char separator)
    {
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
    }
}
