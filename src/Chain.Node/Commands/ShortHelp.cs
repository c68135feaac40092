using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Chain.Node.Commands;

/// <summary>The help of a command: of those below it only the first sentence, since their examples stand in their own help.</summary>
internal sealed class ShortHelp(HelpAction inner) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <summary>Makes it the help of all commands, as wide as who reads it can see.</summary>
    public static void Use(RootCommand root, CommandConsole console)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        var action = (HelpAction)option.Action!;
        action.MaxWidth = console.IsOutputTerminal ? new TerminalOutput(console.Output, isTerminal: true).Width : int.MaxValue;
        option.Action = new ShortHelp(action);
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        foreach (var below in parseResult.CommandResult.Command.Subcommands) below.Description = FirstSentence(below.Description ?? "");
        return inner.Invoke(parseResult);
    }

    /// <summary>A description up to its first full stop, on one line.</summary>
    internal static string FirstSentence(string description)
    {
        var text = description.ReplaceLineEndings("\n").Split("\n\n")[0].Replace('\n', ' ');
        return text.IndexOf(". ", StringComparison.Ordinal) is >= 0 and var end ? text[..(end + 1)] : text;
    }
}
