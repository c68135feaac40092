using Chain.Node.Commands;
using Chain.Node.Commands.Net;
using Chain.State.Storage;

namespace Chain.Node.Snapshots;

/// <summary>Puts a snapshot in the place of what a folder holds. The nodes in it must have ended; those that it does not know keep their files.</summary>
internal static class SnapshotRestoring
{
    /// <summary>Copies a snapshot beside the data and checks every file on the way. Throws where one is not what was saved.</summary>
    public static async Task<string> StageAsync(string dataDirectory, string snapshot, SnapshotManifest manifest, string name, Action<double> tell, CancellationToken cancellationToken)
    {
        foreach (var file in manifest.Files) SnapshotChecks.CheckFile(Path.Combine(snapshot, file.Name), file, name);
        RestoreJournal.ClearStages(dataDirectory);
        SnapshotChecks.CheckRoom(dataDirectory, manifest, SnapshotChecks.FreeBytes(dataDirectory));
        long done = 0;
        var stage = RestoreJournal.CreateStage(dataDirectory);
        try
        {
            foreach (var file in manifest.Files)
            {
                var path = Path.Combine(snapshot, file.Name);
                SnapshotChecks.CheckFile(path, file, name);
                var (size, hash) = await PrivateFile.CopyHashedAsync(path, Path.Combine(stage, file.Name), file.Size, NodeFiles.IsSecret(file.Name), cancellationToken).ConfigureAwait(false);
                if (size != file.Size || hash != file.Sha256) throw SnapshotManifest.Damaged(name, $"its file {file.Name} is not what was saved");
                tell((double)(done += size) / Math.Max(1, manifest.Size));
            }

            return stage;
        }
        catch
        {
            Directory.Delete(stage, recursive: true);
            throw;
        }
    }

    /// <summary>Swaps: from its first step on it can only be finished, by this process or the next.</summary>
    public static async Task SwapAsync(CommandRun run, SnapshotManifest manifest, string stage, CancellationToken cancellationToken)
    {
        var folder = run.Settings.DataDirectory;
        var nodes = manifest.Nodes.Select(node => NetFolder.SettingsOf(run.Settings, node.Id)).ToList();
        var locks = new List<DatabaseLock>();
        try
        {
            foreach (var node in nodes) locks.Add(await ChainFolder.LockAsync(node, httpPort: 0, run.Clock, cancellationToken).ConfigureAwait(false));
            var put = manifest.Files.Select(file => file.Name).ToList();
            var remove = nodes.SelectMany(NodeFiles.Of).Select(path => Path.GetFileName(path)).Except(put).ToList();
            var journal = new RestoreJournal(RestoreJournal.CurrentVersion, Path.GetFileName(stage), remove, put, [.. nodes.Select(node => Path.GetFileName(node.DatabasePath))]);
            journal.Begin(folder);
        }
        finally
        {
            foreach (var held in locks) held.Dispose();
        }
    }
}
