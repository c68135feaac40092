using Chain.Node.Commands.Net;
using Chain.Node.Wallet;

namespace Chain.Node.Snapshots;

/// <summary>Which files of a data directory are a node's own and make up its state: no locks, cookies, logs or settings.</summary>
internal static class NodeFiles
{
    private static readonly string[] NoState = [".lock", ".tmp"];

    /// <summary>Beside a database while it is open, or after a kill; what a copy of it must not meet.</summary>
    private static readonly string[] DatabaseCompanions = ["-wal", "-shm", "-journal"];

    /// <summary>
    /// The wallets of a node, loaded or not, with their histories, and the list of those that are loaded at its start. What others
    /// leave beside them, as editors do, is not among them.
    /// </summary>
    public static IReadOnlyList<string> WalletsOf(string walletPath) =>
        [.. BesideWallet(walletPath, WalletSet.IsFile)];

    /// <summary>The same and their copies, of whatever name: they may hold keys too.</summary>
    public static IReadOnlyList<string> WalletsAndCopiesOf(string walletPath) =>
        [.. BesideWallet(walletPath, (file, stem) => file[stem.Length..] is ['.' or '_', ..] && !NoState.Any(suffix => file.EndsWith(suffix, StringComparison.Ordinal)))];

    /// <summary>Whether only its owner may read a file of a data directory; all but the chain itself is.</summary>
    public static bool IsSecret(string name) =>
        name is not (Core.Consensus.GenesisFile.FileName or NetFile.FileName) && !(name.StartsWith("blockchain_", StringComparison.Ordinal) && name.EndsWith(".db", StringComparison.Ordinal));

    /// <summary>The addresses that others told of, and the bans.</summary>
    public static IReadOnlyList<string> NetworkFilesOf(NodeSettings node) =>
        [.. new[] { NetworkFiles.BanListPathOf(node), NetworkFiles.PeersPathOf(node) }.Where(File.Exists)];

    /// <summary>The database, with what lies beside it while it is open.</summary>
    public static IEnumerable<string> DatabaseOf(NodeSettings node) => DatabaseCompanions.Prepend("").Select(suffix => node.DatabasePath + suffix).Where(File.Exists);

    /// <summary>All files that there are of a node.</summary>
    public static IEnumerable<string> Of(NodeSettings node) => DatabaseOf(node).Concat(WalletsOf(node.WalletPath)).Concat(NetworkFilesOf(node));

    private static IEnumerable<string> BesideWallet(string walletPath, Func<string, string, bool> isWanted)
    {
        var (folder, stem) = (Path.GetDirectoryName(walletPath)!, Path.GetFileNameWithoutExtension(walletPath));
        if (!Directory.Exists(folder)) return [];
        return Directory.EnumerateFiles(folder, stem + "*").Where(path => isWanted(Path.GetFileName(path), stem)).Order(StringComparer.Ordinal);
    }
}
