using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Chain.Node.Snapshots;

namespace Chain.Node.Commands.Snapshot;

/// <summary><c>chain snapshot list</c>: the snapshots that there are, or one of them, checked.</summary>
internal static class SnapshotListCommand
{
    private static readonly Argument<string?> Name = new("NAME") { Description = "One snapshot, all of whose files are then checked.", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create(CommandConsole console)
    {
        var command = new Command("list", """
            List the snapshots; of one that is named, check every file.

            Examples:
              chain snapshot list          what there is
              chain snapshot list funded   where its nodes stood, and whether it is sound
              chain snapshot list --json   for programs
            """) { Name };
        command.Runs(console, RunAsync);
        return command;
    }

    /// <summary>A snapshot with the names that stay.</summary>
    public static JsonObject ToJson(SnapshotManifest manifest) => new()
    {
        ["name"] = manifest.Name,
        ["created"] = manifest.Created.ToUnixTimeSeconds(),
        ["genesis"] = manifest.Genesis,
        ["size"] = manifest.Size,
        ["files"] = manifest.Files.Count,
        ["nodes"] = new JsonArray([.. manifest.Nodes.Select(node => new JsonObject
        {
            ["node"] = node.Id,
            ["height"] = node.Height,
            ["tip"] = node.Tip,
            ["coins"] = node.Coins,
            ["mempool"] = node.Waiting,
        })]),
    };

    private static async Task RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var store = SnapshotCommand.Store(run);
        if (run.Get(Name) is { } name)
        {
            var folder = store.Get(name);
            var manifest = SnapshotManifest.Read(folder, name);
            foreach (var file in manifest.Files)
            {
                var path = Path.Combine(folder, file.Name);
                SnapshotChecks.CheckFile(path, file, name);
                if (await PrivateFile.HashAsync(path, cancellationToken).ConfigureAwait(false) != (file.Size, file.Sha256)) throw SnapshotManifest.Damaged(name, $"its file {file.Name} is not what was saved");
            }

            await run.DataAsync(ToJson(manifest), screen =>
            {
                screen.Table(["node", " height", "tip", " mempool", "coins"], [.. manifest.Nodes.Select(node => (IReadOnlyList<string>)[$"{node.Id}", $"{node.Height}", Net.NetTable.Short(node.Tip), $"{node.Waiting}", Net.NetTable.Short(node.Coins)])]);
                screen.Line($"{name} of {Time(manifest)}: all {manifest.Files.Count} files, {SnapshotCommand.Bytes(manifest.Size)}, are what was saved.");
            }).ConfigureAwait(false);
            return;
        }

        var all = store.Names.Select(known => TryRead(run, store, known)).OfType<SnapshotManifest>().ToList();
        await run.DataAsync(new JsonArray([.. all.Select(ToJson)]), screen =>
        {
            if (all.Count > 0) screen.Table(["name", "saved", "nodes", "heights", " size"], [.. all.Select(Row)]);
        }).ConfigureAwait(false);
        if (all.Count == 0 && store.Names.Count == 0) run.Say("No snapshot yet: 'chain snapshot save NAME' makes one.");
    }

    /// <summary>One that cannot be used is told, and hides no other.</summary>
    private static SnapshotManifest? TryRead(CommandRun run, SnapshotStore store, string name)
    {
        try
        {
            return SnapshotManifest.Read(store.Get(name), name);
        }
        catch (Exception e) when (e is CommandException or IOException or UnauthorizedAccessException)
        {
            run.Complain(e is CommandException ? e.Message : $"The snapshot {name} cannot be read: {e.Message}");
            return null;
        }
    }

    private static IReadOnlyList<string> Row(SnapshotManifest manifest) =>
    [
        manifest.Name, Time(manifest), string.Join(' ', manifest.Nodes.Select(node => node.Id)),
        string.Join(' ', manifest.Nodes.Select(node => node.Height)), SnapshotCommand.Bytes(manifest.Size),
    ];

    private static string Time(SnapshotManifest manifest) => manifest.Created.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
