using Chain.Node.Wallet;

namespace Chain.Node.Commands.Wallets;

/// <summary>Files with the keys of an encrypted wallet in clear, which were made before: backups and snapshots that lie in the data directory.</summary>
internal static class ClearCopies
{
    /// <summary>The paths of such files in a folder and below it.</summary>
    public static IEnumerable<string> Find(string folder, string walletPath)
    {
        var wallet = Read(walletPath)?.Contents;
        if (wallet is null) return [];
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        return Directory.EnumerateFiles(folder, "*", options).Where(path => Read(path) is { Seal: null } copy && IsSame(copy.Contents, wallet)).Order(StringComparer.Ordinal);
    }

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
