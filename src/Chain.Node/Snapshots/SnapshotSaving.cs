using System.Text.Json.Nodes;
using Chain.Node.Commands;
using Chain.Node.Commands.Net;

namespace Chain.Node.Snapshots;

/// <summary>Saves nodes of a folder as one snapshot, whether they run or not: each is copied as it is at one moment of its own.</summary>
internal static class SnapshotSaving
{
    /// <summary>Saves; where it does not come to its end, nothing is left of it and the snapshot that was there stays.</summary>
    public static async Task<SnapshotManifest> SaveAsync(CommandRun run, SnapshotStore store, string name, IReadOnlyList<NodeSettings> nodes, Action<double> tell, CancellationToken cancellationToken)
    {
        var parts = new double[nodes.Count];
        var folder = store.Begin(name);
        try
        {
            var saved = await Task.WhenAll(nodes.Select((node, i) => SaveNodeAsync(run, node, folder, part =>
            {
                parts[i] = part;
                tell(parts.Average());
            }, cancellationToken))).ConfigureAwait(false);
            foreach (var path in nodes.SelectMany(NodeFiles.NetworkFilesOf).Concat(SharedFiles(run.Settings))) PrivateFile.Copy(path, Path.Combine(folder, Path.GetFileName(path)));
            var files = new List<SnapshotFile>();
            foreach (var path in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
            {
                var (size, hash) = await PrivateFile.HashAsync(path, cancellationToken).ConfigureAwait(false);
                files.Add(new SnapshotFile(Path.GetFileName(path), size, hash));
            }

            var genesis = ChainFolder.GetParams(nodes[0]).Genesis.Hash.ToString();
            var manifest = new SnapshotManifest(SnapshotManifest.CurrentVersion, name, run.Clock.GetUtcNow(), genesis, saved, files);
            manifest.Write(folder);
            cancellationToken.ThrowIfCancellationRequested();
            store.Commit(folder, name);
            return manifest;
        }
        catch
        {
            store.Abandon(folder);
            throw;
        }
    }

    /// <summary>What all nodes of a folder share.</summary>
    public static IEnumerable<string> SharedFiles(NodeSettings settings) =>
        new[] { settings.GenesisPath, Path.Combine(settings.DataDirectory, NetFile.FileName) }.Where(File.Exists);

    private static async Task<SnapshotNode> SaveNodeAsync(CommandRun run, NodeSettings node, string folder, Action<double> tell, CancellationToken cancellationToken)
    {
        var client = await ChainFolder.ConnectAsync(node, run.Clock, cancellationToken).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            var answer = (await client.FollowAsync("savesnapshot", new JsonArray(folder), tell, cancellationToken).ConfigureAwait(false))!;
            return new SnapshotNode(node.NodeId, answer["height"]!.GetValue<int>(), answer["tip"]!.GetValue<string>(), answer["coins"]!.GetValue<string>(), answer["waiting"]!.GetValue<int>());
        }
    }
}
