using System.CommandLine;
using System.CommandLine.Invocation;

namespace Chain.Node.Commands;

/// <summary>How one line of arguments becomes a status.</summary>
public static class CommandLine
{
    /// <summary>
    /// Runs one line of arguments. Whatever goes wrong is one line on stderr; the status is 0 for success, 2 for arguments
    /// that make no sense, 124 where the time given was over, 130 for Ctrl-C, and otherwise the error's own.
    /// </summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, TimeProvider clock, CancellationToken cancellationToken)
    {
        var console = new CommandConsole(output, error, null, clock)
        {
            IsOutputTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected,
            IsErrorTerminal = ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected,
            IsInputTerminal = !Console.IsInputRedirected,
        };
        return await RunAsync(arguments, console, cancellationToken).ConfigureAwait(false);
    }

    internal static async Task<int> RunAsync(IReadOnlyList<string> arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        var parsed = CommandTree.Parse(console, arguments);
        try
        {
            // What is only asked for help, or for how a word goes on, need not be complete; a command that only gathers others shows them.
            if (IsGroupAlone(parsed)) return await RunAsync([.. arguments, "--help"], console, cancellationToken).ConfigureAwait(false);
            if (IsWrong(parsed)) throw CommandException.Usage(Complaint(parsed));
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = console.Output,
                Error = console.Error,
            };
            var status = await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
            if (console.Notes.Count > 0) await console.Error.WriteLineAsync(ErrorText.Notes(console.Notes)).ConfigureAwait(false);
            return status;
        }
        catch (Exception e)
        {
            return await TellAsync(console, e, parsed).ConfigureAwait(false);
        }
    }

    private static async Task<int> TellAsync(CommandConsole console, Exception e, ParseResult parsed)
    {
        var (message, status) = Failures.Explain(e);
        if (status != CommandException.UsageStatus) message = NamedCommands.Place(message, parsed);
        var details = Manners.WantsDetails(parsed) ? e.ToString() : null;
        var asJson = Manners.WantsJson(parsed);
        if (message.Length > 0 || (asJson && details is not null))
            await console.Error.WriteLineAsync(asJson ? ErrorText.Json(message, status, (e as CommandException)?.Done, console.Notes, details) : Failures.Line(message)).ConfigureAwait(false);
        if (details is not null && !asJson) await console.Error.WriteLineAsync(details).ConfigureAwait(false);
        return status;
    }

    /// <summary>Whether a line names a group of commands and nothing else.</summary>
    private static bool IsGroupAlone(ParseResult parsed) =>
        parsed.Errors.Count > 0 && parsed.UnmatchedTokens.Count == 0 && parsed.Action is null or ParseErrorAction
        && parsed.CommandResult.Command.Subcommands.Count > 0 && parsed.CommandResult.Command.Action is null
        && parsed.Errors.All(error => error.SymbolResult == parsed.CommandResult);

    private static bool IsWrong(ParseResult parsed) =>
        parsed.Action is ShortHelp ? parsed.UnmatchedTokens.Count > 0 : parsed.Errors.Count > 0 && parsed.Action is null or ParseErrorAction;

    /// <summary>What is wrong with a line of arguments: where a word is unknown, that a known one is missing follows from it.</summary>
    private static string Complaint(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var next = $"'chain {Path(parsed.CommandResult)}--help' tells what there is.";
        if (parsed.UnmatchedTokens is not [var unknown, ..]) return $"{parsed.Errors[0].Message} {next}";
        var isOption = unknown.StartsWith('-');
        var meant = Spelling.FindMeant(unknown, isOption ? OptionsOf(parsed.CommandResult) : command.Subcommands.Where(known => !known.Hidden).Select(known => known.Name));
        var what = isOption ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        return $"Unrecognized {what} '{unknown}'. {(meant.Count == 0 ? "" : $"Did you mean {string.Join(" or ", meant.Select(name => $"'{name}'"))}? ")}{next}";
    }

    /// <summary>The names of the options that a command takes, with those of the commands above that hold for it too.</summary>
    private static IEnumerable<string> OptionsOf(System.CommandLine.Parsing.CommandResult result)
    {
        var all = result.Command.Options.ToList();
        for (var above = result.Parent as System.CommandLine.Parsing.CommandResult; above is not null; above = above.Parent as System.CommandLine.Parsing.CommandResult)
            all.AddRange(above.Command.Options.Where(option => option.Recursive));
        return all.Where(option => !option.Hidden).SelectMany(option => option.Aliases.Prepend(option.Name)).Where(name => name.StartsWith("--", StringComparison.Ordinal));
    }

    private static string Path(System.CommandLine.Parsing.CommandResult result) =>
        result.Parent is System.CommandLine.Parsing.CommandResult parent ? $"{Path(parent)}{result.Command.Name} " : "";
}
