using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Node.Wallet;
using Chain.State.Storage;

namespace Chain.Node.Dev;

/// <summary>
/// What a running development chain leaves for the user's other commands: which node it is and where its files lie. One file for
/// each node, in a folder that is the user's alone.
/// </summary>
internal sealed record DevNote(int NodeId, string Folder, bool IsTemporary)
{
    private const string Prefix = "dev_";
    private const string Extension = ".json";

    /// <summary>The cookie, where it is not the node's own; else null.</summary>
    internal string? CookiePath { get; init; }

    /// <summary>The address on which HTTP is listened for.</summary>
    internal IPAddress HttpBind { get; init; } = IPAddress.Loopback;

    private string DatabasePath => Path.Combine(Folder, NodeSettings.DatabaseName(NodeId));

    /// <summary>The notes that lie there, by node; those that do not read are no notes.</summary>
    internal static IReadOnlyList<DevNote> ReadAll(Func<string, string?> environment) => UserFolder.Find(environment) is { } folder
        ? [.. Directory.EnumerateFiles(folder, Prefix + "*" + Extension).Select(TryRead).OfType<DevNote>().OrderBy(note => note.NodeId)]
        : [];

    /// <summary>
    /// Whether the node runs: it holds its database. A note alone says nothing, since a node that was killed leaves it.
    /// </summary>
    internal bool IsRunning()
    {
        if (!File.Exists(DatabasePath)) return false;
        try
        {
            using var free = DatabaseLock.TryTake(DatabasePath, Environment.ProcessId, httpPort: 0);
            return free is null;
        }
        catch (DatabaseException)
        {
            return false;
        }
    }

    /// <summary>The settings with which a command reaches it.</summary>
    internal NodeSettings Apply(NodeSettings settings) => settings with
    {
        NodeId = NodeId,
        IsNodeIdGiven = true,
        DataDirectory = Folder,
        HttpBind = HttpBind,
        GivenCookiePath = settings.GivenCookiePath ?? CookiePath,
    };

    /// <summary>Leaves it for others.</summary>
    internal void Write(Func<string, string?> environment) => AtomicFile.Write(
        PathIn(UserFolder.Open(environment)),
        System.Text.Encoding.UTF8.GetBytes(new JsonObject
        {
            ["node"] = NodeId,
            ["folder"] = Folder,
            ["temporary"] = IsTemporary,
            ["cookie"] = CookiePath,
            ["bind"] = HttpBind.ToString(),
        }.ToJsonString()));

    /// <summary>Takes it back, and the files of a chain that shall not stay; false where those stay, see <see cref="WouldStay"/>.</summary>
    internal bool Remove(Func<string, string?> environment)
    {
        if (UserFolder.Find(environment) is { } folder) File.Delete(PathIn(folder));
        return !IsTemporary || !Directory.Exists(Folder) || DevFolder.TryDelete(Folder);
    }

    /// <summary>Whether the folder should go with it and does not: it is not beyond doubt that it was made for that.</summary>
    internal bool WouldStay() => IsTemporary && Directory.Exists(Folder) && !DevFolder.IsOwn(Folder);

    private string PathIn(string folder) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{NodeId}{Extension}"));

    private static DevNote? TryRead(string path)
    {
        try
        {
            if (JsonNode.Parse(File.ReadAllText(path)) is not JsonObject json
                || json["node"]?.GetValue<int>() is not { } node || json["folder"]?.GetValue<string>() is not { } folder) return null;
            return new DevNote(node, folder, json["temporary"]?.GetValue<bool>() ?? false)
            {
                CookiePath = json["cookie"]?.GetValue<string>(),
                HttpBind = IPAddress.TryParse(json["bind"]?.GetValue<string>(), out var bind) ? bind : IPAddress.Loopback,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
