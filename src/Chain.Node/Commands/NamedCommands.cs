using System.CommandLine;
using System.Text;

namespace Chain.Node.Commands;

/// <summary>
/// The commands that a message names in quotation marks, made so that they can be copied: they are about the folder, the node and the
/// wallet that the failed one was told of on its command line. What the environment says holds for the next command too.
/// </summary>
internal static class NamedCommands
{
    private const string Program = "chain ";

    /// <summary>Commands to which a folder or a node means something else than to the one that failed.</summary>
    private static readonly string[] Elsewhere = ["dev", "help", "completions"];

    private static readonly Option<string?>[] Places = [GlobalOptions.DataDirectory, GlobalOptions.Node, GlobalOptions.Wallet];

    /// <summary>The message with the options in its commands.</summary>
    public static string Place(string message, ParseResult parsed)
    {
        var given = Places.Select(option => (option, Value: Find(parsed, option))).Where(pair => pair.Value is not null).ToList();
        if (given.Count == 0) return message;
        var text = new StringBuilder();
        var from = 0;
        while (FindNext(message, from) is var (start, end))
        {
            text.Append(message, from, end - from);
            var words = message[(start + Program.Length)..end].Split(' ');
            if (!Elsewhere.Contains(words[0]) && !words.Contains("--help"))
            {
                foreach (var (option, value) in given)
                {
                    // One node is no matter of those that are about all.
                    if (words.Contains(option.Name) || (words[0] == "net" && option != GlobalOptions.DataDirectory)) continue;
                    text.Append(' ').Append(option.Name).Append(' ').Append(ShellWord.Quote(value!));
                }
            }

            text.Append(message[end]);
            from = end + 1;
        }

        return text.Append(message, from, message.Length - from).ToString();
    }

    /// <summary>Where the next command begins and where its closing quotation mark stands; null where there is none.</summary>
    private static (int Start, int End)? FindNext(string message, int from)
    {
        for (var at = message.IndexOf(Program, from, StringComparison.Ordinal); at >= 0; at = message.IndexOf(Program, at + 1, StringComparison.Ordinal))
        {
            if (at == from || message[at - 1] is not ('\'' or '"')) continue;
            var end = message.IndexOf(message[at - 1], at);
            if (end > at + Program.Length) return (at, end);
        }

        return null;
    }

    private static string? Find(ParseResult parsed, Option<string?> option) =>
        parsed.GetResult(option) is { Implicit: false, Tokens: [var token, ..] } ? token.Value : null;
}
