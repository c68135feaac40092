using System.CommandLine;
using System.CommandLine.Parsing;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>The help of every command.</summary>
public sealed class HelpTests
{
    private const int WidestLine = 200;

    [Fact]
    public async Task EveryCommand_LeadsWithThreeExamples_WhichParse()
    {
        var wrong = await Cli.InTurnAsync(root => All(root).SelectMany(command => Faults(root, command)).ToList());
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task HelpOfAGroup_NamesTheCommandsBelow_InOneLineEach()
    {
        var names = await Cli.InTurnAsync(root => root.Subcommands.Select(command => command.Name).ToList());
        var lines = (await Cli.DoAsync("--help")).Output.Split('\n');
        Assert.All(lines, line => Assert.True(line.Length <= WidestLine, line));
        Assert.Equal(names, lines.SkipWhile(line => line != "Commands:").Skip(1).Where(line => line.Length > 0).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]));
        Assert.Contains("a pipe are called one by one", (await Cli.DoAsync("attach", "--help")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_OfACommandWhoseOptionsAreMissing_IsGiven() =>
        Assert.Contains("chain send --from alice --to bob --amount 1 --wait", (await Cli.DoAsync("send", "--help")).Output, StringComparison.Ordinal);

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

    private static IEnumerable<string> Faults(RootCommand root, Command command)
    {
        var parts = (command.Description ?? "").ReplaceLineEndings("\n").Split("\n\nExamples:\n");
        if (parts.Length != 2 || parts[1].Split('\n').Length < 3)
        {
            yield return $"{command.Name}: fewer than three examples";
            yield break;
        }

        // What stands behind three blanks is words; pipes and files are the shell's.
        foreach (var line in parts[1].Split('\n').Select(line => line.Trim().Split("  ")[0].Split([" | ", " < "], StringSplitOptions.None)[0]).Where(line => line.StartsWith("chain ", StringComparison.Ordinal)))
        {
            var parsed = root.Parse([.. CommandLineParser.SplitCommandLine(line).Skip(1)]);
            if (parsed.Errors.Count > 0) yield return $"{command.Name}: {line}: {parsed.Errors[0].Message}";
        }
    }
}
