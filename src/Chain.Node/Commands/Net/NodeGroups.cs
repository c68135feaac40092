using System.Globalization;

namespace Chain.Node.Commands.Net;

/// <summary>Groups of nodes as people write them: <c>3000,3001/3002</c>.</summary>
internal static class NodeGroups
{
    /// <summary>Reads two groups or more, none of them empty and no node in two.</summary>
    public static List<List<int>> Parse(string text, NetFile file)
    {
        var groups = text.Split('/').Select(group => group.Split(',', StringSplitOptions.TrimEntries).Select(id => ParseNode(id, file)).ToList()).ToList();
        if (groups.Count < 2) throw CommandException.Usage($"'{text}' is one group: write two or more with / between them, such as {Example(file)}.");
        if (groups.SelectMany(group => group).GroupBy(id => id).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw CommandException.Usage($"Node {twice.Key} stands in '{text}' twice.");
        return groups;
    }

    /// <summary>Reads one node, which must be of the network.</summary>
    public static int ParseNode(string text, NetFile file) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && file.Nodes.Any(node => node.Id == id)
            ? id
            : throw CommandException.Usage($"'{text}' is no node of this network: it has {string.Join(", ", file.Nodes.Select(node => node.Id))}.");

    /// <summary>A division of the network's own nodes, for messages.</summary>
    public static string Example(NetFile file) => file.Nodes.Count < 2
        ? "3000,3001/3002"
        : $"{string.Join(',', file.Nodes.SkipLast(1).Select(node => node.Id))}/{file.Nodes[^1].Id}";
}
