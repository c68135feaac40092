using System.CommandLine;
using System.Text.Json.Nodes;

namespace Chain.Node.Commands.Net;

/// <summary><c>chain net down</c>: ends the nodes of the network in order, the central one last; their data stays.</summary>
internal static class NetDownCommand
{
    public static Command Create(CommandConsole console)
    {
        var command = new Command("down", """
            Stop the nodes of the network, the central one last, and wait until their files are closed. Their data stays.

            Examples:
              chain net down                     the network of the current folder
              chain net up                       the same again, with all its data
              chain net down --datadir ~/class   that of another folder
            """);
        command.Runs(console, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        NetMember.RefuseNode(run, "'chain stop --node ID' ends one.");
        var (folder, file) = await NetFolder.TakeNetAsync(run, cancellationToken).ConfigureAwait(false);
        using var held = folder;
        var stopped = await StopAsync(run, file, cancellationToken).ConfigureAwait(false);
        var json = new JsonObject { ["folder"] = folder.Path, ["stopped"] = new JsonArray([.. stopped.Order().Select(id => JsonValue.Create(id))]) };
        var text = stopped.Count switch
        {
            0 => "No node ran.",
            1 => $"Stopped node {stopped[0]}.",
            _ => $"Stopped {stopped.Count} nodes: {string.Join(", ", stopped.Order())}.",
        };
        await run.DataAsync(json, text).ConfigureAwait(false);
        run.Say($"Their data stays in {folder.Path}: 'chain net up' starts them again.");
    }

    /// <summary>Ends all nodes that run, the central one last. Gives which did.</summary>
    public static async Task<List<int>> StopAsync(CommandRun run, NetFile file, CancellationToken cancellationToken)
    {
        var stopped = new List<int>();
        foreach (var id in file.Nodes.Select(node => node.Id).Reverse())
        {
            if (await NetStop.StopAsync(NetFolder.SettingsOf(run.Settings, id), run.Clock, cancellationToken).ConfigureAwait(false)) stopped.Add(id);
        }

        return stopped;
    }
}
