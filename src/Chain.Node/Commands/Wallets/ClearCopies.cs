using Chain.Node.Snapshots;
using Chain.Node.Wallet;

namespace Chain.Node.Commands.Wallets;

/// <summary>Files with the keys of an encrypted wallet in clear, which were made before: backups and snapshots that lie in the data directory.</summary>
internal static class ClearCopies
{
    /// <summary>The paths of such files in a folder and below it; none where the wallet is not encrypted.</summary>
    public static IEnumerable<string> Find(string folder, string walletPath)
    {
        if (Read(walletPath) is not { Seal: not null, Contents: var wallet }) return [];
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        return Directory.EnumerateFiles(folder, "*", options).Where(path => Read(path) is { Seal: null } copy && IsSame(copy.Contents, wallet)).Order(StringComparer.Ordinal);
    }

    /// <summary>The commands that remove such files, as they can be pasted: a snapshot goes as a whole.</summary>
    public static string Removal(IEnumerable<string> copies, string folder)
    {
        var store = new SnapshotStore(folder);
        var place = folder == Environment.CurrentDirectory ? "" : $" --datadir {ShellWord.Quote(folder)}";
        return string.Join(" && ", copies.Select(path => store.NameOf(path) is { } name ? $"chain snapshot delete {name}{place}" : $"rm {ShellWord.Quote(path)}").Distinct());
    }

    /// <summary>Whether a wallet that is encrypted would give its place to one that is not.</summary>
    public static bool Opens(string walletPath, string copy) => Read(walletPath) is { Seal: not null } && Read(copy) is { Seal: null };

    /// <summary>Whether the one has keys of the other.</summary>
    private static bool IsSame(WalletContents copy, WalletContents wallet) =>
        (copy.SeedId is { } seed && seed == wallet.SeedId) || copy.Keys.Select(key => key.PublicKey.Hash).Intersect(wallet.Keys.Select(key => key.PublicKey.Hash)).Any();

    /// <summary>The wallet that a file holds; null where it is none, or cannot be read.</summary>
    private static WalletFile? Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            Span<byte> magic = stackalloc byte[WalletFile.Magic.Length];
            if (stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length || !magic.SequenceEqual(WalletFile.Magic) || stream.Length > WalletFile.MaxSize) return null;
            var data = new byte[stream.Length];
            stream.Position = 0;
            stream.ReadExactly(data);
            return WalletFile.Decode(data, path);
        }
        catch (Exception e) when (e is WalletException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
