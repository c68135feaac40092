using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands;

/// <summary><c>chain rpc</c>: calls any method of the JSON-RPC interface.</summary>
internal static class RpcCommand
{
    public static Command Create(CommandConsole console)
    {
        var method = new Argument<string>("METHOD") { HelpName = "METHOD", Description = "The method; 'help' lists them." };
        method.CompletionSources.Add(_ => RpcTable.All.Select(known => new System.CommandLine.Completions.CompletionItem(known.Name)));
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
            JsonNode values = run.Get(named) ? RpcArguments.Named(given) : RpcArguments.Positional(given);
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
}
