using System.CommandLine;
using System.Net;
using Chain.Node.Wallet;

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
        "--http-port", "The port of JSON-RPC, where it is not the node's number plus 10000.", "PORT", recursive: true);

    public static readonly Option<string?> HttpBind = new("--http-bind")
    {
        Description = "The address to listen on for JSON-RPC; 127.0.0.1 without it. It is not encrypted, and who has a password there has the wallet: "
            + "not for networks in which others are.",
        Recursive = true,
        HelpName = "ADDRESS",
    };

    public static readonly Option<string?> CookieFile = new("--cookie-file")
    {
        Description = "The file that lets commands in at the running node; .cookie_ID in the data directory without it.",
        Recursive = true,
        HelpName = "FILE",
    };

    public static readonly Option<string?> Configuration = new("--conf")
    {
        Description = $"The configuration: who may call the node, its peers, what its pool takes, its wallets; {ConfigurationFile.FileName} in the data directory without it.",
        Recursive = true,
        HelpName = "FILE",
    };

    public static readonly Option<string?> Wallet = new("--wallet")
    {
        Description = "The wallet that is meant, where the node has further ones beside its own.",
        Recursive = true,
        HelpName = "NAME",
    };

    public static NodeSettings Settings(ParseResult parsed)
    {
        var settings = NodeSettings.From(
            parsed.GetValue(Node), parsed.GetValue(DataDirectory), parsed.GetValue(Port), parsed.GetValue(HttpPort), Environment.GetEnvironmentVariable);
        return settings with
        {
            WalletName = NameOfWallet(parsed.GetValue(Wallet) ?? ""),
            HttpBind = Address(parsed.GetValue(HttpBind)),
            GivenCookiePath = FullPath(parsed.GetValue(CookieFile)),
            GivenConfigurationPath = ExistingFile(parsed.GetValue(Configuration)),
        };
    }

    private static string NameOfWallet(string name) =>
        WalletSet.IsValidName(name) ? name : throw CommandException.Usage($"--wallet {name} is no name of a wallet: it has letters, digits, blanks, and . - _");

    private static IPAddress Address(string? text) =>
        text is null ? IPAddress.Loopback : IPAddress.TryParse(text, out var address) ? address : throw CommandException.Usage($"--http-bind {text} is no IP address.");

    private static string? ExistingFile(string? path) =>
        path is null || File.Exists(path) ? FullPath(path) : throw CommandException.Usage($"--conf {path}: there is no such file. Name one that is there, or leave --conf out.");

    private static string? FullPath(string? path) => path is null ? null : Path.GetFullPath(path);
}
