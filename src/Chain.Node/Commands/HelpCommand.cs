using System.CommandLine;

namespace Chain.Node.Commands;

/// <summary><c>chain help</c>: the same as --help behind the command's name, for whoever types it before.</summary>
internal static class HelpCommand
{
    public static Command Create(CommandConsole console)
    {
        var words = new Argument<string[]>("COMMAND") { Description = "The command; without it all of them are told.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("help", """
            Tell what there is, or how a command is used.

            Examples:
              chain help                 all commands
              chain help send            one of them
              chain help wallet export   one of a group
            """) { words };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync([.. parsed.GetValue(words) ?? [], "--help"], console, cancellationToken));
        return command;
    }
}
