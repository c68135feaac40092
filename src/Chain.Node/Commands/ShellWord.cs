namespace Chain.Node.Commands;

/// <summary>A word as a shell takes it, for command lines that a person shall copy.</summary>
internal static class ShellWord
{
    /// <summary>The word itself, or in quotes where a shell would make something else of it.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '+' or ':' or '=' or '@' or ',' or '%')
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
