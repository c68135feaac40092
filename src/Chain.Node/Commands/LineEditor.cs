namespace Chain.Node.Commands;

/// <summary>
/// A line that a person types at a terminal: with arrows, Home and End, Ctrl-A E U K W, earlier lines by Up and Down, and Tab to
/// complete a word.
/// </summary>
/// <param name="prompt">What stands before the line.</param>
/// <param name="history">Earlier lines, oldest first.</param>
/// <param name="complete">What the word before the cursor may become, by the text up to there.</param>
internal sealed class LineEditor(string prompt, IReadOnlyList<string> history, Func<string, IReadOnlyList<string>> complete)
{
    private readonly System.Text.StringBuilder _line = new();
    private int _cursor;
    private int _place = history.Count;
    private string _typed = "";

    /// <summary>Reads a line from a terminal; null where the input ends (Ctrl-D on an empty line).</summary>
    public string? Read(TextWriter screen, CancellationToken cancellationToken)
    {
        Draw(screen);
        while (true)
        {
            var key = TerminalKeys.Read(cancellationToken);
            if (key.Key == ConsoleKey.Enter)
            {
                screen.WriteLine();
                return _line.ToString();
            }

            if (TerminalKeys.IsEnd(key) && _line.Length == 0)
            {
                screen.WriteLine();
                return null;
            }

            if (Press(key) is { Count: > 1 } choices) screen.WriteLine($"\n{string.Join("  ", choices)}");
            Draw(screen);
        }
    }

    /// <summary>The line as it stands, and where the cursor is in it.</summary>
    internal (string Text, int Cursor) State => (_line.ToString(), _cursor);

    /// <summary>Does what a key does to the line; gives what a word may become where Tab finds several ways.</summary>
    internal IReadOnlyList<string> Press(ConsoleKeyInfo key)
    {
        var isControl = (key.Modifiers & ConsoleModifiers.Control) != 0;
        switch (key.Key)
        {
            case ConsoleKey.LeftArrow: _cursor = Math.Max(0, _cursor - 1); break;
            case ConsoleKey.RightArrow: _cursor = Math.Min(_line.Length, _cursor + 1); break;
            case ConsoleKey.Home: _cursor = 0; break;
            case ConsoleKey.End: _cursor = _line.Length; break;
            case ConsoleKey.UpArrow: Recall(-1); break;
            case ConsoleKey.DownArrow: Recall(1); break;
            case ConsoleKey.Backspace: Remove(_cursor - 1, 1); break;
            case ConsoleKey.Delete: Remove(_cursor, 1); break;
            case ConsoleKey.Tab: return Complete();
            case ConsoleKey.A when isControl: _cursor = 0; break;
            case ConsoleKey.E when isControl: _cursor = _line.Length; break;
            case ConsoleKey.U when isControl: Remove(0, _cursor); break;
            case ConsoleKey.K when isControl: Remove(_cursor, _line.Length - _cursor); break;
            case ConsoleKey.W when isControl: Remove(WordStart(), _cursor - WordStart()); break;
            default:
                if (!char.IsControl(key.KeyChar)) Insert(key.KeyChar.ToString());
                break;
        }

        return [];
    }

    private void Insert(string text)
    {
        _line.Insert(_cursor, text);
        _cursor += text.Length;
    }

    private void Remove(int from, int count)
    {
        if (from < 0 || count <= 0 || from + count > _line.Length) return;
        _line.Remove(from, count);
        _cursor = from;
    }

    private void Recall(int step)
    {
        var place = _place + step;
        if (place < 0 || place > history.Count) return;
        if (_place == history.Count) _typed = _line.ToString();
        _place = place;
        _line.Clear().Append(place == history.Count ? _typed : history[place]);
        _cursor = _line.Length;
    }

    private int WordStart()
    {
        var start = _cursor;
        while (start > 0 && _line[start - 1] == ' ') start--;
        while (start > 0 && _line[start - 1] != ' ') start--;
        return start;
    }

    /// <summary>Puts in as much as is common to all ways on, and a blank behind the only one.</summary>
    private List<string> Complete()
    {
        var before = _line.ToString(0, _cursor);
        var word = before[(before.LastIndexOf(' ') + 1)..];
        var ways = complete(before).Where(way => way.StartsWith(word, StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal).ToList();
        if (ways.Count == 0) return [];
        var common = ways[0].Length;
        foreach (var way in ways) common = Math.Min(common, CommonLength(ways[0], way));
        Insert(ways[0][word.Length..common] + (ways.Count == 1 ? " " : ""));
        return ways;
    }

    private static int CommonLength(string a, string b)
    {
        var length = 0;
        while (length < a.Length && length < b.Length && a[length] == b[length]) length++;
        return length;
    }

    private void Draw(TextWriter screen)
    {
        // Back to the left, the whole line, to its end cleared, and the cursor to its place.
        screen.Write($"\r{prompt}{_line}\x1b[K");
        if (_line.Length - _cursor is > 0 and var back) screen.Write($"\x1b[{back}D");
        screen.Flush();
    }
}
