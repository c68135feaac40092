using System.Globalization;
using Chain.Core.Consensus;
using Chain.Node.Commands.Net;
using Chain.Node.Snapshots;
using Chain.State.Storage;

namespace Chain.Node.Commands.Doctor;

/// <summary>Whether the node's database is what was written, and how it comes back where it is not.</summary>
internal static class DatabaseChecks
{
    /// <summary>A large database is not looked at to its end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>What was found; null where there is no database, or this user may only read it.</summary>
    public static async Task<Finding?> FindAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (!File.Exists(run.Settings.DatabasePath)) return null;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Patience);
            var check = await Task.Run(() => DatabaseCheck.Look(run.Settings.DatabasePath, limit.Token), CancellationToken.None).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (check.Damage is { } damage) return Finding.Problem("database", $"{run.Settings.DatabasePath} is damaged: {damage}", Advice(run.Settings));
            var blocks = $"{check.Blocks} {(check.Blocks == 1 ? "block" : "blocks")}";
            return Finding.Good("database", check.IsWhole
                ? $"its pages are sound, and so are its {blocks}"
                : string.Create(CultureInfo.InvariantCulture, $"it is large, and sound as far as {Patience.TotalSeconds:0} seconds let it be looked at: {(check.Blocks > 0 ? $"its pages, and the newest {blocks}" : "a part of its pages")}"));
        }
        catch (DatabaseException e) when (e.IsReadOnly)
        {
            return null;
        }
        catch (DatabaseException e)
        {
            return Finding.Problem("database", $"it could not be looked at: {e.Message}", "Mend that, and call 'chain doctor' again.");
        }
    }

    /// <summary>The commands that bring the chain back, as they can be pasted, and another way where there is a snapshot.</summary>
    public static string Advice(NodeSettings settings)
    {
        var net = FindNet(settings) is { } file && file.Nodes.Any(node => node.Id == settings.NodeId);
        var folder = settings.DataDirectory == Environment.CurrentDirectory ? "" : $" --datadir {ShellWord.Quote(settings.DataDirectory)}";
        var node = settings.NodeId == NodeSettings.CentralNode ? "" : $" --node {settings.NodeId}";
        var away = FreeName($"{settings.DatabasePath}.damaged");
        var files = NodeFiles.DatabaseOf(settings);
        string[] steps =
        [
            .. !IsHeld(settings) ? Array.Empty<string>() : [net ? $"chain net down{folder}" : $"chain stop{node}{folder}"],
            $"mkdir {ShellWord.Quote(away)}",
            $"mv {string.Join(' ', files.Select(ShellWord.Quote))} {ShellWord.Quote(away)}",
            net ? $"chain net up{folder}" : $"chain startnode{node}{folder}",
        ];
        var names = Directory.Exists(settings.DataDirectory) ? new SnapshotStore(settings.DataDirectory).Names : [];
        return $"{string.Join(" && ", steps)}"
            + (File.Exists(settings.GenesisPath) ? " — that moves it away, and the blocks come from other nodes of the chain." : $" — that moves it away, and the blocks come from other nodes of the chain; but {GenesisFile.FileName} is missing here: copy it from one of them first.")
            + (names.Count == 0 ? " Where no other node has them, they are lost, and the wallet stays." : $" Or go back to a snapshot, with its wallets: chain snapshot restore {names[^1]}{folder}");
    }

    private static string FreeName(string path)
    {
        var free = path;
        for (var i = 2; Path.Exists(free); i++) free = string.Create(CultureInfo.InvariantCulture, $"{path}{i}");
        return free;
    }

    private static bool IsHeld(NodeSettings settings)
    {
        using var free = DatabaseLock.TryShare(settings.DatabasePath);
        return free is null;
    }

    private static NetFile? FindNet(NodeSettings settings)
    {
        try
        {
            return NetFile.Find(settings.DataDirectory);
        }
        catch (Exception e) when (e is CommandException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
