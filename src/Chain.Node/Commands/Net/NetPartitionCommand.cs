using System.CommandLine;

namespace Chain.Node.Commands.Net;

/// <summary><c>chain net partition</c>: divides the network into groups that cannot reach each other.</summary>
internal static class NetPartitionCommand
{
    private static readonly Argument<string> Groups = new("GROUPS") { Description = "The groups with / between them, their nodes with commas; every node stands in one." };

    public static Command Create(CommandConsole console)
    {
        var command = new Command("partition", """
            Divide the network into groups that cannot reach each other, until 'chain net heal'. It lasts beyond 'net down' and 'net up'.

            Examples:
              chain net partition 3000,3001/3002   cut node 3002 off
              chain mine 3 --node 3000             a branch on one side …
              chain mine 2 --node 3002             … and one on the other
            """) { Groups };
        command.Runs(console, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        NetMember.RefuseNode(run, "The groups name the nodes: 3000,3001/3002.");
        var (folder, file) = await NetFolder.TakeNetAsync(run, cancellationToken).ConfigureAwait(false);
        using var held = folder;
        var groups = NodeGroups.Parse(run.Get(Groups)!, file);
        if (file.Nodes.FirstOrDefault(node => !groups.Any(group => group.Contains(node.Id))) is { } left)
            throw CommandException.Usage($"Node {left.Id} stands in no group. Name every node, such as {NodeGroups.Example(file)}.");
        file = file with { Partition = groups };

        // Written first: a node that is started meanwhile must find it.
        file.Save(folder.Path);
        var ids = file.Nodes.Select(node => node.Id).ToList();
        await NetLinks.ApplyPartitionAsync(run, file, ids, cancellationToken).ConfigureAwait(false);
        await NetTable.ShowAsync(run, file, await NodeView.OfAllAsync(run.Settings, ids, run.Clock, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        run.Say($"{groups.Count} groups, none of which reaches another, until 'chain net heal'. Mine on both sides: 'chain mine 3 --node {groups[0][0]}', 'chain mine 2 --node {groups[^1][0]}'.");
    }
}
