using System.CommandLine;

namespace Chain.Node.Commands;

/// <summary>All commands, and how one line of arguments becomes a status.</summary>
public static class CommandLine
{
    /// <summary>The tree of commands, each writing data to <paramref name="output"/> and words about it to <paramref name="error"/>.</summary>
    public static RootCommand Create(TextWriter output, TextWriter error, TimeProvider clock)
    {
        var console = new CommandConsole(output, error, clock);
        var root = new RootCommand(
            """
            A Bitcoin-style blockchain of your own.

            Examples:
              chain createwallet                                   make an address
              chain createblockchain --address ADDRESS             make a chain whose first 10 coins go there
              chain send --from ADDRESS --to OTHER --amount 4 --mine   pay, and mine the block with the payment
            """)
        {
            GlobalOptions.Node, GlobalOptions.DataDirectory, GlobalOptions.Port,
            GlobalOptions.HttpPort, GlobalOptions.HttpBind, GlobalOptions.CookieFile, GlobalOptions.Configuration,
            CreateWalletCommand.Create(console),
            ListAddressesCommand.Create(console),
            CreateBlockchainCommand.Create(console),
            InitCommand.Create(console),
            GetBalanceCommand.Create(console),
            SendCommand.Create(console),
            PrintChainCommand.Create(console),
            ReindexUtxoCommand.Create(console),
            StartNodeCommand.Create(console),
            RpcCommand.Create(console),
        };
        return root;
    }

    /// <summary>
    /// Runs one line of arguments. Whatever goes wrong is one line on stderr; the status is 0 for success, 2 for arguments
    /// that make no sense, 130 for Ctrl-C, and otherwise the error's own.
    /// </summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, TimeProvider clock, CancellationToken cancellationToken)
    {
        var parsed = Create(output, error, clock).Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is not System.CommandLine.Help.HelpAction)
        {
            // Where a word is unknown, that a known one is missing follows from it.
            var message = parsed.UnmatchedTokens is [var unknown, ..] ? $"Unrecognized command or argument '{unknown}'." : parsed.Errors[0].Message;
            await error.WriteLineAsync(Failures.Line($"{message} Try 'chain {Path(parsed)}--help'.")).ConfigureAwait(false);
            return CommandException.UsageStatus;
        }

        try
        {
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = output,
                Error = error,
            };
            return await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            var failure = Failures.Explain(e);
            if (failure.Message.Length > 0) await error.WriteLineAsync(Failures.Line(failure.Message)).ConfigureAwait(false);
            return failure.Status;
        }
    }

    private static string Path(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";
}
