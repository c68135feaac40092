using System.Globalization;
using System.Text.RegularExpressions;
using Chain.Core.Consensus;
using Chain.Node.Commands.Net;

namespace Chain.Node.Snapshots;

/// <summary>
/// What a snapshot may be, wherever it comes from: files of nodes and nothing else, so that one that somebody else has made can
/// neither lead out of its folder nor bring settings, nor fill the disk.
/// </summary>
internal static partial class SnapshotChecks
{
    private const int MostNodes = 1_000;
    private const int MostFiles = 100_000;
    private const int LengthOfHash = 64;

    /// <summary>What a manifest says that makes no sense; null where all does.</summary>
    public static string? FindFault(SnapshotManifest manifest)
    {
        if (manifest.Nodes.Count is 0 or > MostNodes || manifest.Files.Count > MostFiles) return "the number of its nodes or files makes no sense";
        if (manifest.Nodes.Any(node => node is null) || manifest.Files.Any(file => file is null)) return "one of its nodes or files is none";
        if (!SnapshotStore.IsName(manifest.Name) || !IsHash(manifest.Genesis)) return "its name or its chain makes no sense";
        if (manifest.Nodes.Any(node => node.Id is < 1 or > NodeSettings.HighestId || node.Height < 0 || node.Waiting < 0 || !IsHash(node.Tip) || !IsHash(node.Coins))) return "its nodes make no sense";
        var ids = manifest.Nodes.Select(node => node.Id).ToHashSet();
        var names = manifest.Files.Select(file => file.Name).ToHashSet();
        if (ids.Count < manifest.Nodes.Count || names.Count < manifest.Files.Count) return "it names a node or a file twice";
        if (names.FirstOrDefault(name => NodeOf(name) is not { } id || (id > 0 && !ids.Contains(id))) is { } foreign) return $"its names make no sense: '{Printable(foreign)}' is no file of its nodes";
        if (ids.FirstOrDefault(id => !names.Contains(NodeSettings.DatabaseName(id))) is > 0 and var without) return $"the database of node {without} is not among its files";
        return FindFault(manifest.Files);
    }

    /// <summary>Whether a file belongs to nodes, and may be put into a data directory or taken out of it by a restore.</summary>
    public static bool IsOfNodes(string? name) => name is not null && NodeOf(name) is not null;

    /// <summary>Throws where what lies there is not what a snapshot holds: a link, or a file of another length.</summary>
    public static void CheckFile(string path, SnapshotFile file, string snapshot)
    {
        var info = new FileInfo(path);
        if (info.LinkTarget is not null) throw SnapshotManifest.Damaged(snapshot, $"its file {file.Name} is a link");
        if (!info.Exists) throw SnapshotManifest.Damaged(snapshot, $"its file {file.Name} is gone");
        if (info.Length != file.Size) throw SnapshotManifest.Damaged(snapshot, $"its file {file.Name} is not what was saved");
    }

    /// <summary>Throws where the disk has no room for a copy beside what is there.</summary>
    public static void CheckRoom(string folder, SnapshotManifest manifest, long free)
    {
        if (manifest.Size > free)
            throw new CommandException($"The snapshot {manifest.Name} has {manifest.Size:N0} bytes, and the disk of {folder} has room for {free:N0}. Nothing was changed. Free some space and try again.");
    }

    /// <summary>The bytes that are free on the disk of a folder.</summary>
    public static long FreeBytes(string folder) => new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;

    private static string? FindFault(IReadOnlyList<SnapshotFile> files)
    {
        if (files.Any(file => file.Size < 0 || !IsHash(file.Sha256))) return "a length or a hash of its files makes no sense";
        var left = long.MaxValue;
        return files.All(file => (left -= file.Size) >= 0) ? null : "the lengths of its files make no sense";
    }

    /// <summary>The node to which a file belongs; 0 where it belongs to all; null where it is no file of nodes.</summary>
    private static int? NodeOf(string name)
    {
        if (name is GenesisFile.FileName or NetFile.FileName) return 0;
        if (!SnapshotManifest.IsPlainName(name) || OfNode().Match(name) is not { Success: true } match) return null;
        return int.TryParse(match.Groups["id"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id is >= 1 and <= NodeSettings.HighestId ? id : null;
    }

    private static bool IsHash(string text) => text.Length == LengthOfHash && text.All(char.IsAsciiHexDigitLower);

    /// <summary>A name that somebody else has chosen may not write to the terminal what it wants.</summary>
    internal static string Printable(string name) => new([.. name.Take(LengthOfHash).Select(c => char.IsControl(c) ? '?' : c)]);

    [GeneratedRegex(@"^(blockchain_(?<id>[0-9]+)\.db(-wal|-shm|-journal)?|Wallets_(?<id>[0-9]+)[._][\p{L}\p{N} ._-]*|(banlist|peers)_(?<id>[0-9]+)\.json)\z", RegexOptions.CultureInvariant)]
    private static partial Regex OfNode();
}
