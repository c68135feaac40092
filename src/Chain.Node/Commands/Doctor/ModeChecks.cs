using Chain.Node.Snapshots;

namespace Chain.Node.Commands.Doctor;

/// <summary>Whether who may read and write the files is right: secrets only their owner, the chain's own file everybody.</summary>
internal static class ModeChecks
{
    private const UnixFileMode ReadByOthers = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode WrittenByOthers = UnixFileMode.OtherWrite;

    /// <summary>What is wrong; where nothing is, that.</summary>
    public static IEnumerable<Finding> All(NodeSettings settings)
    {
        if (OperatingSystem.IsWindows()) yield break;
        List<string> open = [.. Secrets(settings).Where(path => Has(path, ReadByOthers))];
        List<string> writable = [.. Shared(settings).Where(path => Has(path, WrittenByOthers))];
        if (open.Count > 0) yield return Finding.Problem("modes", $"others on this machine can read {string.Join(", ", open)}", $"chmod 600 {Quoted(open)}");
        else if (writable.Count == 0) yield return Finding.Good("modes", "only you can read what is secret");
        if (writable.Count > 0) yield return Finding.Problem("modes of the chain", $"everybody on this machine can write {string.Join(", ", writable)}", $"chmod o-w {Quoted(writable)}");
        if (File.Exists(settings.GenesisPath) && !Has(settings.GenesisPath, ReadByOthers))
            yield return Finding.Note("mode of genesis.json", "only its owner can read it, and it is no secret", $"chmod 644 {Quoted([settings.GenesisPath])}, so that others can take part.");
        if (File.Exists(settings.ConfigurationPath) && Has(settings.ConfigurationPath, ReadByOthers) && HoldsPassword(settings.ConfigurationPath))
            yield return Finding.Problem("mode of the configuration", $"others on this machine can read the password in {settings.ConfigurationPath}", $"chmod 600 {Quoted([settings.ConfigurationPath])}");
    }

    /// <summary>Wallets with their histories and copies, the cookie, and what was typed at the prompt.</summary>
    private static IEnumerable<string> Secrets(NodeSettings settings) =>
        NodeFiles.WalletsAndCopiesOf(settings.WalletPath).Append(settings.CookiePath).Append(settings.HistoryPath).Where(File.Exists);

    private static IEnumerable<string> Shared(NodeSettings settings) => new[] { settings.GenesisPath, settings.DatabasePath, settings.ConfigurationPath }.Where(File.Exists);

    private static bool Has(string path, UnixFileMode mode) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & mode) != 0;

    private static bool HoldsPassword(string path)
    {
        try
        {
            return File.ReadLines(path).Any(line => line.TrimStart().StartsWith("rpcpassword", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Quoted(IEnumerable<string> paths) => string.Join(' ', paths.Select(ShellWord.Quote));
}
