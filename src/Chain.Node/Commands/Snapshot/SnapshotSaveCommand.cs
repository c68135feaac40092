using System.CommandLine;
using Chain.Node.Commands.Net;
using Chain.Node.Snapshots;

namespace Chain.Node.Commands.Snapshot;

/// <summary><c>chain snapshot save</c>: keeps the state of the network, also while it runs.</summary>
internal static class SnapshotSaveCommand
{
    private static readonly Argument<string> Name = SnapshotCommand.Name();

    public static Command Create(CommandConsole console)
    {
        var command = new Command("save", """
            Keep the state of the network, or of the node where there is no network, under a name; a snapshot of that name is replaced once the new one is whole. It holds private keys.

            Examples:
              chain snapshot save funded
              chain snapshot save funded --datadir ~/class
              chain snapshot save lone --node 3001
            """) { Name };
        command.Runs(console, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var name = SnapshotStore.CheckName(run.Get(Name)!);
        _ = SnapshotCommand.Nodes(run).Select(ChainFolder.GetParams).ToList();
        var store = SnapshotCommand.Store(run);
        run.Reached = store.Find(name) is null ? "Nothing was saved." : $"Nothing was saved: the snapshot {name} is what it was before.";
        using var folder = await NetFolder.TakeAsync(run, cancellationToken).ConfigureAwait(false);
        var replaces = store.Find(name) is not null;
        var manifest = await ProgressLine.ShowAsync(run, "saving", tell =>
            SnapshotSaving.SaveAsync(run, store, name, SnapshotCommand.Nodes(run), tell, cancellationToken)).ConfigureAwait(false);
        run.Reached = $"The snapshot {name} is saved.";
        var heights = string.Join(", ", manifest.Nodes.Select(node => $"{node.Id} at height {node.Height}"));
        await run.DataAsync(SnapshotListCommand.ToJson(manifest), $"Saved {name}: {heights}; {SnapshotCommand.Bytes(manifest.Size)}.").ConfigureAwait(false);
        run.Say($"{(replaces ? "It replaces the one of that name. " : "")}Go back to it with 'chain snapshot restore {name}'. It holds the wallets' private keys.");
    }
}
