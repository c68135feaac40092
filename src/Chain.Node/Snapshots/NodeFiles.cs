using Chain.Node.Commands.Net;

namespace Chain.Node.Snapshots;

/// <summary>Which files of a data directory are a node's own and make up its state: no locks, cookies, logs or settings.</summary>
internal static class NodeFiles
{
    private static readonly string[] NoState = [".lock", ".tmp"];

    /// <summary>Beside a database while it is open, or after a kill; what a copy of it must not meet.</summary>
    private static readonly string[] DatabaseCompanions = ["-wal", "-shm", "-journal"];

    /// <summary>The wallets of a node, loaded or not, with their histories, and the list of those that are loaded at its start.</summary>
    public static IReadOnlyList<string> WalletsOf(string walletPath)
    {
        var (folder, name) = (Path.GetDirectoryName(walletPath)!, Path.GetFileNameWithoutExtension(walletPath));
        if (!Directory.Exists(folder)) return [];
        return [.. Directory.EnumerateFiles(folder, name + "*").Where(path => IsWallet(Path.GetFileName(path), name)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Whether only its owner may read a file of a data directory; all but the chain itself is.</summary>
    public static bool IsSecret(string name) =>
        name is not (Core.Consensus.GenesisFile.FileName or NetFile.FileName) && !(name.StartsWith("blockchain_", StringComparison.Ordinal) && name.EndsWith(".db", StringComparison.Ordinal));

    /// <summary>The addresses that others told of, and the bans.</summary>
    public static IReadOnlyList<string> NetworkFilesOf(NodeSettings node) =>
        [.. new[] { NetworkFiles.BanListPathOf(node), NetworkFiles.PeersPathOf(node) }.Where(File.Exists)];

    /// <summary>All files that there are of a node.</summary>
    public static IEnumerable<string> Of(NodeSettings node) =>
        DatabaseCompanions.Prepend("").Select(suffix => node.DatabasePath + suffix).Where(File.Exists).Concat(WalletsOf(node.WalletPath)).Concat(NetworkFilesOf(node));

    /// <summary>Node 3000's must not be taken for those of node 30001.</summary>
    private static bool IsWallet(string file, string name) =>
        file[name.Length..] is ['.' or '_', ..] && !NoState.Any(suffix => file.EndsWith(suffix, StringComparison.Ordinal));
}
