using System.Globalization;
using System.Security.Cryptography;
using Chain.Node.Wallet;

namespace Chain.Node.Snapshots;

/// <summary>
/// The snapshots of a data directory, in <c>snapshots/NAME/NUMBER</c>. One that is saved again gets the next number: it is there
/// with the rename of its folder, whole, and only then the one before goes. What a kill leaves is cleared away at the next save.
/// </summary>
internal sealed class SnapshotStore(string dataDirectory)
{
    private const string FolderName = "snapshots";
    private const string Saving = ".saving-";
    private const string Deleted = ".deleted-";
    private const int LongestName = 64;

    private readonly string _root = Path.Combine(dataDirectory, FolderName);

    /// <summary>The names of the snapshots, in order.</summary>
    public IReadOnlyList<string> Names => !Directory.Exists(_root)
        ? []
        : [.. Directory.EnumerateDirectories(_root).Select(path => Path.GetFileName(path)).Where(name => Find(name) is not null).Order(StringComparer.Ordinal)];

    /// <summary>Throws where a snapshot cannot have this name.</summary>
    public static string CheckName(string name) =>
        IsName(name)
            ? name
            : throw CommandException.Usage($"'{name}' cannot be a snapshot's name: it has letters, digits, - _ and ., at most {LongestName}, and does not begin with a dot.");

    /// <summary>Whether a snapshot can have this name, which leads nowhere else.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>The folder of a snapshot; null where there is none.</summary>
    public string? Find(string name) => Versions(name) is [.., var newest] ? newest.Path : null;

    /// <summary>The folder of a snapshot, which must be there, and no link that leads elsewhere.</summary>
    public string Get(string name)
    {
        var folder = Require(name);
        foreach (var path in (string[])[Path.GetDirectoryName(folder)!, folder])
        {
            if (new DirectoryInfo(path).LinkTarget is { } target)
                throw new CommandException($"The snapshot {name} is a link to {target}, and only what lies in {_root} itself is restored. Nothing was changed. Copy that folder to {path}, if you trust it.");
        }

        return folder;
    }

    /// <summary>The snapshot that a file is of; null of one that lies elsewhere.</summary>
    public string? NameOf(string path)
    {
        var parts = Path.GetRelativePath(_root, path).Split(Path.DirectorySeparatorChar);
        return parts.Length > 2 && Find(parts[0]) is not null ? parts[0] : null;
    }

    private string Require(string name) => Find(CheckName(name)) ?? throw new CommandException(
        $"There is no snapshot {name} in {_root}. {(Names.Count == 0 ? "Save one with 'chain snapshot save NAME'" : $"There are: {string.Join(", ", Names)}")}.");

    /// <summary>Makes the folder into which a snapshot is written. Only who holds the data directory may.</summary>
    public string Begin(string name)
    {
        Clean();
        var folder = Path.Combine(_root, CheckName(name), Saving + RandomName());
        PrivateFile.CreateFolder(_root);
        PrivateFile.CreateFolder(Path.GetDirectoryName(folder)!);
        PrivateFile.CreateFolder(folder);
        return folder;
    }

    /// <summary>Makes what was written the snapshot of its name, in the place of the one that was there.</summary>
    public void Commit(string folder, string name)
    {
        AtomicFile.FlushDirectory(folder);
        var before = Versions(name);
        var own = Path.GetDirectoryName(folder)!;
        Directory.Move(folder, Path.Combine(own, (before is [.., var newest] ? newest.Number + 1 : 1).ToString(CultureInfo.InvariantCulture)));
        AtomicFile.FlushDirectory(own);
        AtomicFile.FlushDirectory(_root);
        AtomicFile.FlushDirectory(dataDirectory);
        foreach (var old in before) TryDelete(old.Path);
    }

    /// <summary>Gives up what was written. What cannot be cleared away now is at the next save.</summary>
    public void Abandon(string folder)
    {
        TryDelete(folder);
        Clean();
    }

    /// <summary>Deletes a snapshot, at once or not at all.</summary>
    public void Delete(string name)
    {
        _ = Require(name);
        var away = Path.Combine(_root, Deleted + RandomName());
        Directory.Move(Path.Combine(_root, name), away);
        AtomicFile.FlushDirectory(_root);
        TryDelete(away);
    }

    private void Clean()
    {
        if (!Directory.Exists(_root)) return;
        foreach (var path in Directory.GetDirectories(_root))
        {
            if (Path.GetFileName(path).StartsWith(Deleted, StringComparison.Ordinal))
            {
                TryDelete(path);
                continue;
            }

            foreach (var left in Directory.GetDirectories(path, Saving + "*").Concat(Versions(Path.GetFileName(path)).SkipLast(1).Select(version => version.Path))) TryDelete(left);
            if (!Directory.EnumerateFileSystemEntries(path).Any()) TryDelete(path);
        }
    }

    private List<(int Number, string Path)> Versions(string name)
    {
        var folder = Path.Combine(_root, name);
        if (name.StartsWith('.') || !Directory.Exists(folder)) return [];
        return [.. Directory.EnumerateDirectories(folder)
            .Select(path => (Number: int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0, path))
            .Where(version => version.Number > 0)
            .OrderBy(version => version.Number)];
    }

    private static string RandomName() => RandomNumberGenerator.GetHexString(8, lowercase: true);

    private static void TryDelete(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A node may still be writing there whose command was ended: the next save clears it away.
        }
    }
}
