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
        var input = new Option<bool>("-stdin") { Description = "Further parameters are the lines of stdin: so no secret stands on the command line." };
        var command = new Command("rpc", """
            Call a method of the node's JSON-RPC interface.

            Examples:
              chain rpc getblockcount
              chain rpc getblock HASH 2                              'chain rpc help getblock' says what it takes
              chain rpc -named getblock blockhash=HASH verbosity=0
            """) { method, parameters, named, input };
        command.Runs(console, async (run, cancellationToken) =>
        {
            var given = run.Get(parameters) ?? [];
            if (given.Length > 0 && Secrets.IsSecret(run.Parsed.GetRequiredValue(method)))
                run.Warn("What stands on a command line can be seen by others on this machine, and stays in the shell's history: give secrets on stdin, with -stdin.");
            if (run.Get(input)) given = [.. given, .. await ReadLinesAsync(run.Console.Input, cancellationToken).ConfigureAwait(false)];
            JsonNode values = run.Get(named) ? RpcArguments.Named(given) : RpcArguments.Positional(given);
            var client = await run.ConnectAsync(cancellationToken).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                var result = await RpcAdvice.CallAsync(client, run.Parsed.GetRequiredValue(method), values, cancellationToken).ConfigureAwait(false);
                if (result is JsonValue value && value.TryGetValue<string>(out var text)) await run.DataAsync(result, text).ConfigureAwait(false);
                else await run.JsonAsync(result).ConfigureAwait(false);
            }
        });
        return command;
    }

    private static async Task<List<string>> ReadLinesAsync(TextReader input, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        while (await input.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line) lines.Add(line);
        return lines;
    }
}
