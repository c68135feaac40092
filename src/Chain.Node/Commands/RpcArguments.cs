using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chain.Node.Commands;

/// <summary>Parameters of a method as words: what reads as JSON (numbers, true, lists) is taken as JSON, the rest as text.</summary>
internal static class RpcArguments
{
    private const string NamedOption = "-named";

    /// <summary>A line as it is typed at a prompt: a method and its parameters, named ones where -named stands before or behind the method.</summary>
    public static (string Method, JsonNode Parameters) OfLine(string line)
    {
        if (HasOpenQuote(line)) throw CommandException.Usage("A quotation mark is open in that line, which was not called: close it, and type the line again.");
        var words = System.CommandLine.Parsing.CommandLineParser.SplitCommandLine(line).ToList();
        var isNamed = words.IndexOf(NamedOption) is 0 or 1 && words.Remove(NamedOption);
        if (words is not [{ Length: > 0 } method, .. var parameters]) throw CommandException.Usage("That is no call: it is written METHOD PARAMETERS. 'help' lists the methods.");
        return (method, isNamed ? Named(parameters) : Positional(parameters));
    }

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

    /// <summary>Quotation marks are those that the splitting of lines knows: double ones, whatever stands before them.</summary>
    private static bool HasOpenQuote(string line) => line.Count(c => c == '"') % 2 != 0;

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
