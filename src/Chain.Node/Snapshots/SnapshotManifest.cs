using System.Text.Json;
using System.Text.Json.Serialization;
using Chain.Node.Wallet;

namespace Chain.Node.Snapshots;

/// <summary>A node in a snapshot: where its chain stood, the hash of its coins (hash_serialized_3), and how many transactions waited.</summary>
internal sealed record SnapshotNode(int Id, int Height, string Tip, string Coins, int Waiting);

/// <summary>A file in a snapshot: its name, its length in bytes, and its SHA-256.</summary>
internal sealed record SnapshotFile(string Name, long Size, string Sha256);

/// <summary>What a snapshot says of itself, in <c>manifest.json</c>: its nodes, and every file with its hash.</summary>
internal sealed record SnapshotManifest(int Version, string Name, DateTimeOffset Created, string Genesis, IReadOnlyList<SnapshotNode> Nodes, IReadOnlyList<SnapshotFile> Files)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "manifest.json";

    private const long LongestFile = 64_000_000;

    /// <summary>The version that is written.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The bytes of all its files.</summary>
    [JsonIgnore]
    public long Size => Files.Sum(file => file.Size);

    /// <summary>Reads the manifest of a snapshot's folder. Throws where it is damaged or of another version.</summary>
    public static SnapshotManifest Read(string folder, string name)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            if (new FileInfo(path) is { Exists: true } info && (info.LinkTarget is not null || info.Length > LongestFile)) throw new JsonException("it is a link, or far too long");
            var manifest = JsonSerializer.Deserialize(File.ReadAllBytes(path), SnapshotJson.Default.SnapshotManifest) ?? throw new JsonException("it is empty");
            if (manifest.Version != CurrentVersion)
                throw new CommandException($"The snapshot {name} was written by another version of this program (format {manifest.Version}, this one reads {CurrentVersion}).");
            return SnapshotChecks.FindFault(manifest) is { } fault ? throw new JsonException(fault) : manifest;
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException)
        {
            throw Damaged(name, $"{FileName} does not read: {e.Message}", e);
        }
    }

    /// <summary>Writes it into a folder. Throws where it could not be read again, as where a node of an earlier version has saved files that are none of its own.</summary>
    public void Write(string folder)
    {
        if (SnapshotChecks.FindFault(this) is { } fault)
            throw new CommandException($"The snapshot {Name} could not be restored: {fault}. It was not saved. Move files away that are not the program's own, and save again.");
        AtomicFile.Write(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, SnapshotJson.Default.SnapshotManifest));
    }

    /// <summary>What to tell where a snapshot is not what was saved.</summary>
    public static CommandException Damaged(string name, string what, Exception? cause = null)
    {
        var message = $"The snapshot {name} is damaged: {what}. Nothing was changed. Restore another one ('chain snapshot list'), or delete it with 'chain snapshot delete {name}'.";
        return cause is null ? new CommandException(message) : new CommandException(message, cause);
    }

    /// <summary>A name in a folder, and no way out of it.</summary>
    public static bool IsPlainName(string name) => name.Length > 0 && name[0] != '.' && Path.GetFileName(name) == name;
}

/// <summary>The names in the files.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SnapshotManifest))]
[JsonSerializable(typeof(RestoreJournal))]
internal sealed partial class SnapshotJson : JsonSerializerContext;
