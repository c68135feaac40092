using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands;

/// <summary><c>chain attach</c>: a prompt at which methods of the node are called, with history and completion.</summary>
internal static class AttachCommand
{
    private const string Prompt = "chain> ";

    public static Command Create(CommandConsole console)
    {
        var command = new Command(
            "attach",
            """
            A prompt at which the node's methods are called: METHOD PARAMETERS, as 'chain rpc' takes them, or
            -named METHOD NAME=VALUE. Tab completes, Up and Down
            find earlier lines, 'exit' or Ctrl-D ends it. Lines from a pipe are called one by one.

            Examples:
              chain attach
              echo getblockcount | chain attach
              chain attach --node 3001
            """);
        command.Runs(console, RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var client = await run.ConnectAsync(cancellationToken).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            var isTyped = run.Console is { IsInputTerminal: true, IsOutputTerminal: true };
            var history = new PromptHistory(isTyped ? run.Settings.HistoryPath : null);
            var words = await WordsAsync(client, cancellationToken).ConfigureAwait(false);
            if (isTyped) run.Say($"{(client.IsRemote ? $"Attached to node {run.Settings.NodeId}." : $"No node runs here: working on {run.Settings.DatabasePath} itself.")} 'help' lists what can be called; 'exit' ends.");
            var status = 0;
            while (!cancellationToken.IsCancellationRequested)
            {
                var line = isTyped
                    ? new LineEditor(Prompt, history.Lines, before => before.TrimStart().Contains(' ', StringComparison.Ordinal) && !before.TrimStart().StartsWith("help ", StringComparison.Ordinal) ? [] : words).Read(run.Console.Output, cancellationToken)
                    : TerminalKeys.ReadLine(run.Console.Input, cancellationToken);
                if (line is null || line.Trim() is "exit" or "quit") break;
                if (line.Trim().Length == 0) continue;
                history.Add(line.Trim());
                status = await CallAsync(run, client, line.Trim(), cancellationToken).ConfigureAwait(false) is var result && result != 0 ? result : status;
            }

            // At the prompt the person has seen what failed; a script asks for the status.
            return isTyped ? 0 : status;
        }
    }

    private static async Task<int> CallAsync(CommandRun run, INodeClient client, string line, CancellationToken cancellationToken)
    {
        try
        {
            var (method, parameters) = RpcArguments.OfLine(line);
            var result = await RpcAdvice.CallAsync(client, method, parameters, cancellationToken).ConfigureAwait(false);
            if (result is JsonValue value && value.TryGetValue<string>(out var text)) await run.DataAsync(result, text).ConfigureAwait(false);
            else await run.JsonAsync(result).ConfigureAwait(false);
            return 0;
        }
        catch (Exception e) when (e is RpcException or CommandException)
        {
            var (message, status) = Failures.Explain(e);
            await run.Console.Error.WriteLineAsync(run.Manners.IsJson ? ErrorText.Json(message, status, (e as CommandException)?.Done, [], details: null) : Failures.Line(message)).ConfigureAwait(false);
            return status;
        }
    }

    /// <summary>The names of the methods, which are what help's lines begin with.</summary>
    private static async Task<IReadOnlyList<string>> WordsAsync(INodeClient client, CancellationToken cancellationToken)
    {
        var help = (await client.GetAsync("help", cancellationToken).ConfigureAwait(false)).GetValue<string>();
        return [.. help.Split('\n').Where(line => line.Length > 0 && char.IsAsciiLetterLower(line[0])).Select(line => line.Split(' ')[0]), "exit"];
    }
}
