using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chain.Node.Commands;

/// <summary><c>chain rpc</c>: calls any method of the JSON-RPC interface.</summary>
internal static class RpcCommand
{
    public static Command Create(CommandConsole console)
    {
        var method = new Argument<string>("METHOD") { Description = "The method; 'help' lists them." };
        var parameters = new Argument<string[]>("PARAMETERS")
        {
            Description = "Its parameters; what reads as JSON (numbers, true, lists) is taken as JSON, the rest as text.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var named = new Option<bool>("-named") { Description = "The parameters are NAME=VALUE." };
        var command = new Command("rpc", "Call a method of the node's JSON-RPC interface.") { method, parameters, named };
        command.Runs(console, async (run, cancellationToken) =>
        {
            var given = run.Get(parameters) ?? [];
            JsonNode values = run.Get(named) ? Named(given) : new JsonArray([.. given.Select(Parse)]);
            var client = await run.ConnectAsync(cancellationToken).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                var result = await client.CallAsync(run.Parsed.GetRequiredValue(method), values, cancellationToken).ConfigureAwait(false);
                if (result is JsonValue value && value.TryGetValue<string>(out var text)) await run.DataAsync(result, text).ConfigureAwait(false);
                else await run.JsonAsync(result).ConfigureAwait(false);
            }
        });
        return command;
    }

    private static JsonObject Named(IEnumerable<string> parameters)
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
