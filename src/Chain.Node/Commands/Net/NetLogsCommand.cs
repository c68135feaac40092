using System.CommandLine;
using System.Text.Json.Nodes;

namespace Chain.Node.Commands.Net;

/// <summary><c>chain net logs</c>: what the nodes of the network logged last, and what they log from now on.</summary>
internal static class NetLogsCommand
{
    private const int UsualLines = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private static readonly Argument<string?> Id = new("ID") { Description = "The node; all of them without it.", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Option<bool> Follow = new("--follow", "-f") { Description = "Go on with what is logged from now on, until Ctrl-C." };

    private static readonly Option<int?> Lines = NumberOption.Create("--lines", $"How many lines of each; {UsualLines} without it.", "N");

    static NetLogsCommand() => Lines.Aliases.Add("-n");

    public static Command Create(CommandConsole console)
    {
        var command = new Command("logs", """
            Show what the nodes of the network logged last.

            Examples:
              chain net logs                all of them, each line with the node's number
              chain net logs 3001 -n 50     more of one
              chain net logs -f             go on until Ctrl-C
            """) { Id, Follow, Lines };
        command.Runs(console, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var file = NetFolder.GetFile(run.Settings);
        if (run.Get(Lines) is < 0) throw CommandException.Usage($"--lines {run.Get(Lines)} is no number of lines.");
        var ids = (run.Get(Id) ?? run.Get(GlobalOptions.Node)) is { } text ? [NodeGroups.ParseNode(text, file)] : file.Nodes.Select(node => node.Id).ToList();
        var logs = ids.Select(id => (Id: id, Log: new NodeLogFile(NetFolder.LogOf(run.Settings, id)))).ToList();

        // Each line begins with its time, so that their order is that of the text.
        var last = logs.SelectMany(node => node.Log.Last(run.Get(Lines) ?? UsualLines).Select(line => (node.Id, line)));
        foreach (var (id, line) in ids.Count == 1 ? last : last.OrderBy(pair => pair.line, StringComparer.Ordinal)) await ShowAsync(run, ids.Count, id, line).ConfigureAwait(false);
        while (run.Get(Follow))
        {
            foreach (var (id, log) in logs)
            {
                foreach (var line in log.More()) await ShowAsync(run, ids.Count, id, line).ConfigureAwait(false);
            }

            await Task.Delay(Pause, run.Clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private static Task ShowAsync(CommandRun run, int nodes, int id, string line) => run.Manners.IsJson
        ? run.Console.Output.WriteLineAsync(new JsonObject { ["node"] = id, ["line"] = line }.ToJsonString(CommandRun.OneLine))
        : run.Console.Output.WriteLineAsync(nodes == 1 ? line : $"{id} {line}");
}
