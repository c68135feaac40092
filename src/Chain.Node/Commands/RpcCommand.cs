using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chain.Node.Commands;

/// <summary><c>chain rpc</c>: calls any method of the JSON-RPC interface.</summary>
internal static class RpcCommand
{
    /// <summary>For people: what need not be escaped is not.</summary>
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(CommandConsole console)
    {
        var method = new Argument<string>("METHOD") { Description = "The method; 'help' lists them." };
        var parameters = new Argument<string[]>("PARAMETERS")
        {
            Description = "Its parameters; what reads as JSON (numbers, true, lists) is taken as JSON, the rest as text.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("rpc", "Call a method of the node's JSON-RPC interface.") { method, parameters };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = GlobalOptions.Settings(parsed);
            var client = await ChainFolder.ConnectAsync(settings, console.Clock, cancellationToken).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                JsonArray values = [.. (parsed.GetValue(parameters) ?? []).Select(Parse)];
                var result = await client.CallAsync(parsed.GetRequiredValue(method), values, cancellationToken).ConfigureAwait(false);
                await console.Output.WriteLineAsync(result switch
                {
                    null => "null",
                    JsonValue value when value.TryGetValue<string>(out var text) => text,
                    _ => result.ToJsonString(Indented),
                }).ConfigureAwait(false);
            }
        });
        return command;
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
