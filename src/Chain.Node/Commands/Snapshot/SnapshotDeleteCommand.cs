using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Commands.Net;

namespace Chain.Node.Commands.Snapshot;

/// <summary><c>chain snapshot delete</c>: removes a snapshot.</summary>
internal static class SnapshotDeleteCommand
{
    private static readonly Argument<string> Name = SnapshotCommand.Name();

    public static Command Create(CommandConsole console)
    {
        var command = new Command("delete", """
            Delete a snapshot. The data itself stays as it is.

            Examples:
              chain snapshot delete funded
              chain snapshot delete funded --datadir ~/class
              chain snapshot list                              what is left
            """) { Name };
        command.Runs(console, async (run, cancellationToken) =>
        {
            var name = run.Get(Name)!;
            _ = SnapshotCommand.Store(run).Get(name);
            using var folder = await NetFolder.TakeAsync(run, cancellationToken).ConfigureAwait(false);
            SnapshotCommand.Store(run).Delete(name);
            await run.DataAsync(new JsonObject { ["deleted"] = name }, $"Deleted the snapshot {name}.").ConfigureAwait(false);
            run.Say("'chain snapshot list' shows what is left.");
        });
        return command;
    }
}
