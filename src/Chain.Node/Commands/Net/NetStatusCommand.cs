using System.CommandLine;

namespace Chain.Node.Commands.Net;

/// <summary><c>chain net status</c>: what each node of the network says.</summary>
internal static class NetStatusCommand
{
    public static Command Create(CommandConsole console)
    {
        var command = new Command("status", """
            Show each node of the network, and whether they agree.

            Examples:
              chain net status                     the network of the current folder
              chain net status --json              for programs
              chain net status --datadir ~/class   that of another folder
            """);
        command.Runs(console, async (run, cancellationToken) =>
        {
            NetMember.RefuseNode(run, "'chain show tip --node ID' and 'chain show peers --node ID' show one.");
            var file = NetFolder.GetFile(run.Settings);
            var views = await NodeView.OfAllAsync(run.Settings, file.Nodes.Select(node => node.Id), run.Clock, cancellationToken).ConfigureAwait(false);
            await NetTable.ShowAsync(run, file, views).ConfigureAwait(false);
            foreach (var step in NextSteps(file, views)) run.Say(step);
        });
        return command;
    }

    /// <summary>What to do about what is not as it should be, where the table's last line does not say it.</summary>
    private static IEnumerable<string> NextSteps(NetFile file, NodeView[] views)
    {
        var running = views.Where(view => view.IsRunning).ToList();
        foreach (var silent in views.Where(view => view is { IsRunning: false, IsStopped: false }))
            yield return $"Node {silent.Id} does not answer: 'chain net logs {silent.Id}' shows what it says; 'chain net down' and 'chain net up' start all anew.";
        if (running.Count > 0 && views.Any(view => view.IsStopped)) yield return "'chain net up' starts what does not run.";
        if (file.Partition.Count > 0) yield break;
        if (running.Count > 1 && running.Exists(view => view.Peers == 0)) yield return "'chain net heal' connects those that have no peers.";
        else if (NodeView.CountTips(views) > 1) yield return $"Nodes that just got a block agree in a moment. Where they do not, 'chain net heal' connects them anew and prefers one of branches of equal work.";
    }
}
