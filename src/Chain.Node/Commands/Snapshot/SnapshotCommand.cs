using System.CommandLine;
using Chain.Node.Commands.Net;
using Chain.Node.Snapshots;

namespace Chain.Node.Commands.Snapshot;

/// <summary><c>chain snapshot</c>: the state of the whole network, or of one node, kept under a name.</summary>
internal static class SnapshotCommand
{
    public static Command Create(CommandConsole console)
    {
        var command = new Command("snapshot", """
            Keep the state of the network under a name, and go back to it: blocks, coins, waiting transactions and wallets of every node.

            Examples:
              chain snapshot save funded       also while the nodes run
              chain snapshot restore funded    back to it; nodes that run are stopped and started again
              chain snapshot list              what there is
            """)
        {
            SnapshotSaveCommand.Create(console),
            SnapshotRestoreCommand.Create(console),
            SnapshotListCommand.Create(console),
            SnapshotDeleteCommand.Create(console),
        };
        return command;
    }

    /// <summary>The argument that names a snapshot.</summary>
    public static Argument<string> Name() => new("NAME") { Description = "The snapshot's name: letters, digits, - _ and ." };

    /// <summary>The snapshots of a run's folder.</summary>
    public static SnapshotStore Store(CommandRun run) => new(run.Settings.DataDirectory);

    /// <summary>The nodes that a snapshot is of: those of the folder's network, else the one that the command is about.</summary>
    public static List<NodeSettings> Nodes(CommandRun run) => NetFile.Find(run.Settings.DataDirectory) is { } net
        ? [.. net.Nodes.Select(node => NetFolder.SettingsOf(run.Settings, node.Id))]
        : [run.Settings];

    /// <summary>A length in bytes for people.</summary>
    public static string Bytes(long size) => size < 1_000_000 ? $"{(size + 999) / 1000} kB" : $"{size / 1_000_000} MB";
}
