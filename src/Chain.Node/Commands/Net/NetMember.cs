using System.CommandLine;
using System.Globalization;
using System.Net;

namespace Chain.Node.Commands.Net;

/// <summary>What the network of a folder means for a command about one node: which node it is where nobody says, and whom it turns to.</summary>
internal static class NetMember
{
    /// <summary>
    /// The settings of the command, or those of the network's central node, where no node was named and the folder knows nothing of
    /// the one that is meant then.
    /// </summary>
    public static NodeSettings Follow(NodeSettings settings, ParseResult parsed, Action<string> say)
    {
        if (settings.IsNodeIdGiven || File.Exists(settings.DatabasePath) || IsForItself(parsed) || Find(settings) is not { } net || net.Nodes.Any(node => node.Id == settings.NodeId)) return settings;
        var central = net.Nodes[0].Id;
        say($"Using node {central}, the central one of the network in {settings.DataDirectory}; --node names another.");
        return settings with { NodeId = central, IsNodeIdGiven = true };
    }

    /// <summary>
    /// Where the node is reached to which one of this folder turns, or a command that has none of its own: the central one of the
    /// folder's network, also from a node that is no member; from the central one another member; the usual place where there is no
    /// network.
    /// </summary>
    public static IPEndPoint CentralOf(NodeSettings settings)
    {
        var id = Find(settings) is { } net
            ? net.Nodes.FirstOrDefault(node => node.Id != settings.NodeId)?.Id ?? settings.NodeId
            : NodeSettings.CentralNode;
        return new IPEndPoint(IPAddress.Loopback, id);
    }

    /// <summary>Throws where --node was given to a command that is about all nodes.</summary>
    public static void RefuseNode(CommandRun run, string instead)
    {
        if (run.Get(GlobalOptions.Node) is { } node)
            throw CommandException.Usage($"--node {node} names one node, and 'chain net {run.Parsed.CommandResult.Command.Name}' is about all nodes of a network: leave it out. {instead}");
    }

    /// <summary>The number of the first node of a network that is made; null where nobody names one.</summary>
    public static int? FirstNode(CommandRun run, int? basePort)
    {
        if (run.Get(GlobalOptions.Node) is { } node && basePort is { } port && node != port.ToString(CultureInfo.InvariantCulture))
            throw CommandException.Usage($"--node {node} and --base-port {port} both say which is the first node: leave one out.");
        return basePort ?? (run.Settings.IsNodeIdGiven ? run.Settings.NodeId : null);
    }

    /// <summary>Whether the command is about all nodes, or makes or starts one.</summary>
    private static bool IsForItself(ParseResult parsed)
    {
        for (var at = parsed.CommandResult; at is not null; at = at.Parent as System.CommandLine.Parsing.CommandResult)
        {
            if (at.Command.Name is "net" or "snapshot" or "dev" or "createblockchain" or "init" or "startnode" or "completions") return true;
        }

        return false;
    }

    /// <summary>The network; a file that does not read says so where the network is asked for.</summary>
    private static NetFile? Find(NodeSettings settings)
    {
        try
        {
            return NetFile.Find(settings.DataDirectory);
        }
        catch (Exception e) when (e is CommandException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
