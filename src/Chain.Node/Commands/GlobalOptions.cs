using System.CommandLine;

namespace Chain.Node.Commands;

/// <summary>The options that every command has: which node it is about, and where its files lie.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string?> Node = new("--node")
    {
        Description = "The node: its number is its P2P port and names its files. Without it NODE_ID says, else 3000.",
        Recursive = true,
        HelpName = "ID",
    };

    public static readonly Option<string?> DataDirectory = new("--datadir")
    {
        Description = "The folder of the files. Without it CHAIN_DATADIR says, else the current folder.",
        Recursive = true,
        HelpName = "FOLDER",
    };

    public static readonly Option<int?> Port = NumberOption.Create("--port", "The P2P port, where it is not the node's number.", "PORT", recursive: true);

    public static readonly Option<int?> HttpPort = NumberOption.Create(
        "--http-port", "The port of JSON-RPC on 127.0.0.1, where it is not the node's number plus 10000.", "PORT", recursive: true);

    public static NodeSettings Settings(ParseResult parsed) => NodeSettings.From(
        parsed.GetValue(Node), parsed.GetValue(DataDirectory), parsed.GetValue(Port), parsed.GetValue(HttpPort), Environment.GetEnvironmentVariable);
}
