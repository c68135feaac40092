namespace Chain.Node.Commands;

/// <summary>A word as a shell takes it, for command lines that a person shall copy.</summary>
internal static class ShellWord
{
    /// <summary>The word itself, or in quotes where a shell would make something else of it.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '+' or ':' or '=' or '@' or ',' or '%')
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>A command line that ends with a word, in quotes as it stands in a sentence: in others where the word has its own.</summary>
    public static string Line(string command, string word) => Quote(word) is var quoted && quoted == word ? $"'{command} {word}'" : $"\"{command} {quoted}\"";
}
