using System.Text.Json;
using System.Text.Json.Serialization;
using Chain.Node.Wallet;

namespace Chain.Node.Commands.Net;

/// <summary>A node of a local network: its number, which gives its ports, and whether it mines.</summary>
internal sealed record NetNode(int Id, bool Mines);

/// <summary>What a node's messages to another, or to all where none is named, are held back.</summary>
internal sealed record NetDelay(int From, int? To, int Milliseconds);

/// <summary>A network of local nodes as <c>net.json</c> in its folder keeps it. The first node is the central one.</summary>
internal sealed record NetFile(int Version, IReadOnlyList<NetNode> Nodes, IReadOnlyList<IReadOnlyList<int>> Partition, IReadOnlyList<NetDelay> Delays)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "net.json";

    private const int CurrentVersion = 1;

    /// <summary>A network that is whole.</summary>
    public static NetFile Of(IEnumerable<NetNode> nodes) => new(CurrentVersion, [.. nodes], [], []);

    /// <summary>Reads the network of a folder; null where it has none. Throws where the file is damaged or of another version.</summary>
    public static NetFile? Find(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            if (!File.Exists(path)) return null;
            var file = JsonSerializer.Deserialize(File.ReadAllBytes(path), NetJson.Default.NetFile) ?? throw new JsonException("it is empty");
            if (file.Version != CurrentVersion)
                throw new CommandException($"{path} was written by another version of this program (format {file.Version}, this one reads {CurrentVersion}).");
            return file.IsSound ? file : throw new JsonException("its nodes do not fit together");
        }
        catch (JsonException e)
        {
            throw new CommandException($"{path}, which says which nodes the network has, is damaged: {e.Message} Restore it with 'chain snapshot restore NAME', or remove it and make the network anew with 'chain net up'.", e);
        }
    }

    /// <summary>Writes it in the place of what was there, whole or not at all.</summary>
    public void Save(string folder) => AtomicFile.Write(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, NetJson.Default.NetFile), isSecret: false);

    /// <summary>The network in which a node mines, or does not; null where that is so already, or it has no such node.</summary>
    public NetFile? With(int id, bool mines) => Nodes.Any(node => node.Id == id && node.Mines != mines)
        ? this with { Nodes = [.. Nodes.Select(node => node.Id == id ? node with { Mines = mines } : node)] }
        : null;

    /// <summary>The group of a node: those that it can reach, itself among them.</summary>
    public IReadOnlyList<int> GroupOf(int id) => Partition.FirstOrDefault(group => group.Contains(id)) ?? [.. Nodes.Select(node => node.Id)];

    /// <summary>The nodes that a node cannot reach.</summary>
    public IEnumerable<int> UnreachableFrom(int id) => Nodes.Select(node => node.Id).Except(GroupOf(id));

    private bool IsSound =>
        Nodes.Count > 0 && Nodes.All(node => node is { Id: >= 1 and <= NodeSettings.HighestId }) && Nodes.DistinctBy(node => node.Id).Count() == Nodes.Count
        && (Partition.Count == 0 || Partition.SelectMany(group => group).Order().SequenceEqual(Nodes.Select(node => node.Id).Order()));
}

/// <summary>The names in the file.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(NetFile))]
internal sealed partial class NetJson : JsonSerializerContext;
