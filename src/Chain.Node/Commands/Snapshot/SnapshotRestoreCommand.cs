using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Commands.Net;
using Chain.Node.Commands.Wallets;
using Chain.Node.Snapshots;

namespace Chain.Node.Commands.Snapshot;

/// <summary><c>chain snapshot restore</c>: puts a snapshot in the place of what there is.</summary>
internal static class SnapshotRestoreCommand
{
    private static readonly Argument<string> Name = SnapshotCommand.Name();

    public static Command Create(CommandConsole console)
    {
        var command = new Command("restore", """
            Go back to a snapshot. Nodes that run are stopped and started again. What came since is gone, keys made since among it: 'chain snapshot save' keeps it before.

            Examples:
              chain snapshot save before       keep what is there now
              chain snapshot restore funded    back to that one
              chain snapshot restore before    and forth again
            """) { Name };
        command.Runs(console, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var name = run.Get(Name)!;
        _ = SnapshotCommand.Store(run).Get(name);
        run.Reached = "Nothing was restored.";
        using var folder = await NetFolder.TakeAsync(run, cancellationToken).ConfigureAwait(false);
        var snapshot = SnapshotCommand.Store(run).Get(name);
        var manifest = SnapshotManifest.Read(snapshot, name);

        // All is checked and waits on the disk before the first node is stopped.
        var stage = await ProgressLine.ShowAsync(run, "checking", tell =>
            SnapshotRestoring.StageAsync(folder.Path, snapshot, manifest, name, tell, cancellationToken)).ConfigureAwait(false);
        var opened = manifest.Files.Select(file => file.Name).Where(file => ClearCopies.Opens(Path.Combine(folder.Path, file), Path.Combine(stage, file))).ToList();
        var before = NetFile.Find(folder.Path);
        var stopped = new List<int>();
        try
        {
            var ids = manifest.Nodes.Select(node => node.Id).Union(before?.Nodes.Select(node => node.Id) ?? []);
            foreach (var id in ids.Reverse())
            {
                // A stop that has begun is waited for: what is to run again must first have ended.
                cancellationToken.ThrowIfCancellationRequested();
                if (await NetStop.StopAsync(NetFolder.SettingsOf(run.Settings, id), run.Clock, CancellationToken.None).ConfigureAwait(false)) stopped.Add(id);
            }

            await SnapshotRestoring.SwapAsync(run, manifest, stage, cancellationToken).ConfigureAwait(false);
        }
        catch when (!File.Exists(Path.Combine(folder.Path, RestoreJournal.FileName)) && Directory.Exists(stage))
        {
            // Nothing was changed yet: what ran runs again.
            Directory.Delete(stage, recursive: true);
            if (before is not null && stopped.Count > 0) _ = await NetStart.RunAsync(run, before, [.. stopped.Order()], CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        run.Reached = "The snapshot is restored.";
        foreach (var file in opened) run.Complain($"{file} was encrypted and is not any more, as it was when {name} was saved: its private keys lie there in clear. 'chain wallet encrypt' encrypts them.");
        if (before?.Nodes.Select(node => node.Id).Except(manifest.Nodes.Select(node => node.Id)).ToList() is { Count: > 0 } later)
        {
            // One of a node by itself says nothing of a network, which is as it was then.
            var stays = NetFile.Find(folder.Path)?.Nodes.Any(node => later.Contains(node.Id)) == true;
            run.Warn($"{(later.Count == 1 ? "Node" : "Nodes")} {string.Join(", ", later)} came after the snapshot, which changes nothing of what they have. " + (stays
                ? "Where their chain is the longer one, the others follow it again."
                : "The network has them no more; 'chain net up' with that many nodes takes them in again, and the longer chain with them where they have one."));
        }

        await FinishAsync(run, manifest, stopped, cancellationToken).ConfigureAwait(false);
    }

    private static async Task FinishAsync(CommandRun run, SnapshotManifest manifest, List<int> stopped, CancellationToken cancellationToken)
    {
        var text = $"Restored {manifest.Name}: {string.Join(", ", manifest.Nodes.Select(node => $"{node.Id} at height {node.Height}"))}.";
        var net = NetFile.Find(run.Settings.DataDirectory);
        var again = net is null ? [] : net.Nodes.Select(node => node.Id).Intersect(stopped).ToList();
        var json = SnapshotListCommand.ToJson(manifest);
        json["started"] = new JsonArray([.. again.Select(id => JsonValue.Create(id))]);
        if (again.Count == 0)
        {
            await run.DataAsync(json, text).ConfigureAwait(false);
            run.Warn(net is not null ? "Start the nodes with 'chain net up'." : stopped.Count > 0 ? $"Node {stopped[0]} was stopped: start it again as it was, with 'chain startnode'." : "Start the node with 'chain startnode'.");
            return;
        }

        run.Say(text);
        var views = await StartAsync(run, net!, again, cancellationToken).ConfigureAwait(false);
        if (run.Manners.IsJson) await run.JsonAsync(json).ConfigureAwait(false);
        else await NetTable.ShowAsync(run, net!, await NodeView.OfAllAsync(run.Settings, net!.Nodes.Select(node => node.Id), run.Clock, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        run.Say($"Started {views.Length} again.");
    }

    private static async Task<NodeView[]> StartAsync(CommandRun run, NetFile net, List<int> ids, CancellationToken cancellationToken)
    {
        try
        {
            return (await NetStart.RunAsync(run, net, ids, cancellationToken).ConfigureAwait(false)).Views;
        }
        catch
        {
            run.Warn("The snapshot is restored, and its nodes do not run: start them with 'chain net up'.");
            throw;
        }
    }
}
