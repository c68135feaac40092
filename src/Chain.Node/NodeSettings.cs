using System.Globalization;
using System.Net;

namespace Chain.Node;

/// <summary>
/// Which node this is and where its files lie: NODE_ID gives the P2P port, the HTTP port above it, and the names of database,
/// wallet and cookie, all in the data directory. Flags override each.
/// </summary>
public sealed record NodeSettings
{
    /// <summary>The variable that names a node.</summary>
    public const string NodeIdVariable = "NODE_ID";

    /// <summary>The variable that names the data directory.</summary>
    public const string DataDirectoryVariable = "CHAIN_DATADIR";

    /// <summary>The node to which others connect first, and what a node is where nobody says otherwise.</summary>
    public const int CentralNode = 3000;

    private const int HttpPortOffset = 10_000;

    /// <summary>The highest number of a node: its HTTP port lies above.</summary>
    public const int HighestId = ushort.MaxValue - HttpPortOffset;

    /// <summary>The node's number.</summary>
    public required int NodeId { get; init; }

    /// <summary>Whether somebody named the node, or it is the default.</summary>
    public bool IsNodeIdGiven { get; init; }

    /// <summary>The folder of all files.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The P2P port from a flag; null for the node's own.</summary>
    public int? Port { get; init; }

    /// <summary>The HTTP port from a flag; null for the node's own.</summary>
    public int? GivenHttpPort { get; init; }

    /// <summary>The address on which HTTP is listened for.</summary>
    public IPAddress HttpBind { get; init; } = IPAddress.Loopback;

    /// <summary>The cookie from a flag; null for the node's own.</summary>
    public string? GivenCookiePath { get; init; }

    /// <summary>The configuration file from a flag; null for the data directory's.</summary>
    public string? GivenConfigurationPath { get; init; }

    /// <summary>The wallet that commands mean; "" is the default one.</summary>
    public string WalletName { get; init; } = "";

    /// <summary>The HTTP port: JSON-RPC.</summary>
    public int HttpPort => GivenHttpPort ?? HttpPortOf(NodeId);

    /// <summary>The database.</summary>
    public string DatabasePath => Path.Combine(DataDirectory, DatabaseName(NodeId));

    /// <summary>The wallet.</summary>
    public string WalletPath => Path.Combine(DataDirectory, $"Wallets_{NodeId}.dat");

    /// <summary>The file of the wallet that commands mean.</summary>
    public string CommandWalletPath => WalletName.Length == 0 ? WalletPath : Path.Combine(DataDirectory, $"Wallets_{NodeId}_{WalletName}.dat");

    /// <summary>What a command shows to a running node to be let in.</summary>
    public string CookiePath => GivenCookiePath ?? Path.Combine(DataDirectory, $".cookie_{NodeId}");

    /// <summary>What was typed at <c>chain attach</c>.</summary>
    public string HistoryPath => Path.Combine(DataDirectory, $".history_{NodeId}");

    /// <summary>The configuration, which need not be there.</summary>
    public string ConfigurationPath => GivenConfigurationPath ?? Path.Combine(DataDirectory, ConfigurationFile.FileName);

    /// <summary>The address at which a command on this machine finds the HTTP port.</summary>
    public IPAddress HttpAddress =>
        HttpBind.Equals(IPAddress.Any) ? IPAddress.Loopback : HttpBind.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : HttpBind;

    /// <summary>The chain as a file.</summary>
    public string GenesisPath => Path.Combine(DataDirectory, Core.Consensus.GenesisFile.FileName);

    /// <summary>The file name of a node's database.</summary>
    public static string DatabaseName(int nodeId) => string.Create(CultureInfo.InvariantCulture, $"blockchain_{nodeId}.db");

    /// <summary>The HTTP port of a node that was given no other.</summary>
    public static int HttpPortOf(int nodeId) => nodeId + HttpPortOffset;

    /// <summary>Puts together what flags and environment say; flags are null where they are not given.</summary>
    public static NodeSettings From(string? node, string? dataDirectory, int? port, int? httpPort, Func<string, string?> environment)
    {
        var text = node ?? environment(NodeIdVariable);
        if (string.IsNullOrWhiteSpace(text)) text = null;
        var id = CentralNode;
        if (text is not null && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id is >= 1 and <= HighestId))
            throw NoNode(text, node is null ? NodeIdVariable : "--node");
        var folder = dataDirectory ?? environment(DataDirectoryVariable);
        if (File.Exists(folder)) throw CommandException.Usage($"{(dataDirectory is null ? DataDirectoryVariable : "--datadir")} {folder} is a file: name the folder in which the files are, or shall be.");
        return new NodeSettings
        {
            NodeId = id,
            IsNodeIdGiven = text is not null,
            DataDirectory = Path.GetFullPath(string.IsNullOrWhiteSpace(folder) ? Environment.CurrentDirectory : folder),
            // Port 0 takes a free one, which the log then names; commands must know the HTTP port before.
            Port = CheckPort(port, "--port", least: 0),
            GivenHttpPort = CheckPort(httpPort, "--http-port", least: 1),
        };
    }

    private static CommandException NoNode(string text, string name) => CommandException.Usage(text.Contains(':', StringComparison.Ordinal)
        ? $"'{text}' is no node: {name} is the port number alone, such as {CentralNode}, of a node on this machine. --datadir names the folder that it runs from."
        : $"'{text}' is no node: {name} is a port number from 1 to {HighestId}, such as {CentralNode}.");

    private static int? CheckPort(int? port, string flag, int least) =>
        port is null || (port >= least && port <= ushort.MaxValue) ? port : throw CommandException.Usage($"{flag} {port} is no port: it is a number from 1 to {ushort.MaxValue}.");
}
