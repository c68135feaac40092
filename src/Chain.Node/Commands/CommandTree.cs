using System.CommandLine;
using Chain.Node.Commands.Doctor;
using Chain.Node.Commands.Net;
using Chain.Node.Commands.Show;
using Chain.Node.Commands.Snapshot;
using Chain.Node.Commands.Wallets;

namespace Chain.Node.Commands;

/// <summary>All commands, and what a line of arguments means to them.</summary>
internal static class CommandTree
{
    private static readonly string[] AskingForHelp = ["--help", "-h", "-?", "/h", "/?", "--version"];

    /// <summary>All commands in the order in which help lists them.</summary>
    private static readonly (string Name, Func<CommandConsole, Command> Create)[] Commands =
    [
        ("createwallet", CreateWalletCommand.Create),
        ("listaddresses", ListAddressesCommand.Create),
        ("createblockchain", CreateBlockchainCommand.Create),
        ("init", InitCommand.Create),
        ("getbalance", GetBalanceCommand.Create),
        ("send", SendCommand.Create),
        ("printchain", PrintChainCommand.Create),
        ("reindexutxo", ReindexUtxoCommand.Create),
        ("startnode", StartNodeCommand.Create),
        ("dev", DevCommand.Create),
        ("wallet", WalletCommand.Create),
        ("show", ShowCommand.Create),
        ("stop", StopCommand.Create),
        ("mine", MineCommand.Create),
        ("miner", MinerCommand.Create),
        ("faucet", FaucetCommand.Create),
        ("reorg", ReorgCommand.Create),
        ("rpc", RpcCommand.Create),
        ("net", NetCommand.Create),
        ("snapshot", SnapshotCommand.Create),
        ("attach", AttachCommand.Create),
        ("doctor", DoctorCommand.Create),
        ("completions", CompletionsCommand.Create),
        ("help", HelpCommand.Create),
    ];

    private static IEnumerable<Option> Options =>
    [
        GlobalOptions.Node, GlobalOptions.DataDirectory, GlobalOptions.Port,
        GlobalOptions.HttpPort, GlobalOptions.HttpBind, GlobalOptions.CookieFile, GlobalOptions.Configuration, GlobalOptions.Wallet,
        .. Manners.Options,
    ];

    /// <summary>
    /// Reads a line of arguments. One that begins with a command and makes sense needs no more than that command; to make all of
    /// them, and their help, takes longer than most of them do.
    /// </summary>
    public static ParseResult Parse(CommandConsole console, IReadOnlyList<string> arguments)
    {
        var first = arguments.Count == 0 ? default : Commands.FirstOrDefault(command => command.Name == arguments[0]);
        if (first.Create is not null && !arguments.Any(AskingForHelp.Contains))
        {
            var only = new Command("chain") { first.Create(console) };
            foreach (var option in Options) only.Add(option);
            if (only.Parse(arguments) is { Errors.Count: 0, UnmatchedTokens.Count: 0 } parsed) return parsed;
        }

        return Create(console).Parse(arguments);
    }

    /// <summary>All of it.</summary>
    public static RootCommand Create(CommandConsole console)
    {
        var root = new RootCommand(
            """
            A Bitcoin-style blockchain of your own. 'chain COMMAND --help' has examples of each command.

            Examples:
              chain dev                                                a chain to try things on, with ten funded accounts
              chain send --from alice --to bob --amount 1 --wait       pay there, from another terminal
              chain createblockchain --address ADDRESS                 a chain of your own; 'chain createwallet' makes ADDRESS
            """);
        foreach (var option in Options) root.Add(option);
        foreach (var (_, create) in Commands) root.Add(create(console));
        ShortHelp.Use(root, console);
        SuggestAction.Use(root, console.Output);
        return root;
    }
}
