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
            await NetTable.ShowAsync(run, file, await NodeView.OfAllAsync(run.Settings, file.Nodes.Select(node => node.Id), run.Clock, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        });
        return command;
    }
}
