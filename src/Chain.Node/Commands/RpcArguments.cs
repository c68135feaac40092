using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chain.Node.Commands;

/// <summary>Parameters of a method as words: what reads as JSON (numbers, true, lists) is taken as JSON, the rest as text.</summary>
internal static class RpcArguments
{
    /// <summary>Parameters in their order.</summary>
    public static JsonArray Positional(IEnumerable<string> words) => [.. words.Select(Parse)];

    /// <summary>Parameters written NAME=VALUE.</summary>
    public static JsonObject Named(IEnumerable<string> parameters)
    {
        var values = new JsonObject();
        foreach (var parameter in parameters)
        {
            var at = parameter.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) throw CommandException.Usage($"'{parameter}' is not NAME=VALUE, which -named asks for.");
            if (!values.TryAdd(parameter[..at], Parse(parameter[(at + 1)..]))) throw CommandException.Usage($"'{parameter[..at]}' is given twice.");
        }

        return values;
    }

    /// <summary>A hash is text even where it has only digits: only what is shorter is looked at as a number.</summary>
    private static JsonNode? Parse(string text)
    {
        if (text.Length >= 40 && text.All(char.IsAsciiHexDigit)) return JsonValue.Create(text);
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
