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
        var progress = new JointProgress(nodes.Count, tell);
        var folder = store.Begin(name);
        try
        {
            var saved = await SaveNodesAsync(run, nodes, folder, progress, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Saves all at once; where one fails, the others need not come to their end, but nobody writes any more when this throws.</summary>
    private static async Task<SnapshotNode[]> SaveNodesAsync(CommandRun run, IReadOnlyList<NodeSettings> nodes, string folder, JointProgress progress, CancellationToken cancellationToken)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        return await Task.WhenAll(nodes.Select(async (node, i) =>
        {
            try
            {
                return await SaveNodeAsync(run, node, folder, part => progress.Tell(i, part), failed.Token).ConfigureAwait(false);
            }
            catch
            {
                await failed.CancelAsync().ConfigureAwait(false);
                throw;
            }
        })).ConfigureAwait(false);
    }

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
