using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Invocation;

namespace Chain.Node.Commands;

/// <summary>
/// Says how a line goes on (<c>[suggest:POSITION]</c>), for the scripts of <c>chain completions</c>: commands and names first, options
/// behind them, and nothing where a file is wanted, which the shell itself knows.
/// </summary>
internal sealed class SuggestAction(SuggestDirective directive, RootCommand root, TextWriter output) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <summary>Puts it in the place of the library's own.</summary>
    public static void Use(RootCommand root, TextWriter output)
    {
        var directive = root.Directives.OfType<SuggestDirective>().Single();
        directive.Action = new SuggestAction(directive, root, output);
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var line = parseResult.Tokens.LastOrDefault(token => token.Type != System.CommandLine.Parsing.TokenType.Directive)?.Value ?? "";
        var position = int.TryParse(parseResult.GetResult(directive)?.Values is [var value, ..] ? value : null, out var given) ? Math.Clamp(given, 0, line.Length) : line.Length;
        foreach (var word in Find(line[..position])) output.WriteLine(word);
        return 0;
    }

    /// <summary>The words that may stand at the end of a line in the place of the one that is begun there.</summary>
    private IEnumerable<string> Find(string line)
    {
        // However the program was called, its name is that of the root here.
        var end = line.TrimStart().IndexOf(' ', StringComparison.Ordinal);
        if (end < 0) return [];
        var text = root.Name + line.TrimStart()[end..];
        var begun = text[(text.LastIndexOf(' ') + 1)..];

        // A value may stand behind its option with = as well as with a blank.
        var named = "";
        if (begun.StartsWith("--", StringComparison.Ordinal) && begun.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
        {
            (named, begun) = (begun[..(equals + 1)], begun[(equals + 1)..]);
            text = $"{text[..^(named.Length + begun.Length)]}{named[..^1]} {begun}";
        }

        // What stands before the word says which folder it is about; an option that still waits for its value does not.
        var settled = text[..^begun.Length].TrimEnd();
        if (settled.LastIndexOf(' ') is >= 0 and var last && settled[last + 1] == '-') settled = settled[..last];
        WordSources.AddTo(root, root.Parse(settled));
        var parsed = root.Parse(text);
        var all = parsed.GetCompletions(text.Length).Select(item => item.Label).Where(word => word.StartsWith(begun, StringComparison.Ordinal) && !word.StartsWith('/')).Distinct().ToList();
        var options = all.Where(word => word.StartsWith("--", StringComparison.Ordinal) || (begun.Length > 0 && word.StartsWith('-') && word != "-?"));
        var words = all.Where(word => !word.StartsWith('-')).ToList();
        if (named.Length > 0) return words.Select(word => named + word);
        if (begun.StartsWith('-')) return options;

        // Options in the place of a word that is wanted would be taken for what there is.
        var next = NextArgument(parsed);
        return WantsFile(next) || (begun.Length == 0 && words.Count == 0 && next is { CompletionSources.Count: > 0 }) ? [] : words.Concat(options);
    }

    private static Argument? NextArgument(ParseResult parsed) =>
        parsed.CommandResult.Command.Arguments.FirstOrDefault(argument => (parsed.GetResult(argument)?.Tokens.Count ?? 0) < argument.Arity.MaximumNumberOfValues);

    /// <summary>Whether the next word is the name of a file or folder.</summary>
    private static bool WantsFile(Argument? next) => next is { CompletionSources.Count: 0 } && next.Name.StartsWith("FILE", StringComparison.Ordinal);
}
