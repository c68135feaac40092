using System.Globalization;
using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Chain.Node.Commands;

/// <summary>
/// One side of a console. On a terminal tables have lines and headings have colour; elsewhere the same is plain text in columns,
/// which other programs read.
/// </summary>
internal sealed class Screen(TextWriter writer, bool isTerminal, bool hasColor)
{
    private readonly TextWriter _writer = writer;

    /// <summary>Whether a person looks at it.</summary>
    public bool IsTerminal => isTerminal;

    /// <summary>A line.</summary>
    public void Line(string text = "") => _writer.WriteLine(text);

    /// <summary>Names and values, one pair a line, the values under each other.</summary>
    public void Pairs(IEnumerable<(string Name, string Value)> pairs)
    {
        var all = pairs.ToList();
        var width = all.Count == 0 ? 0 : all.Max(pair => CellsOf(pair.Name)) + 2;
        foreach (var (name, value) in all)
        {
            if (isTerminal && hasColor) Terminal().MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]{Fill(name, width)}[/]{value}");
            else _writer.WriteLine(Fill(name, width) + value);
        }
    }

    /// <summary>A table. A column whose name begins with a blank is aligned to the right.</summary>
    public void Table(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        // A table that is wider than the terminal would break ids into pieces, which nobody can copy.
        if (isTerminal && WidthOf(columns, rows) <= Terminal().Profile.Width) TerminalTable(columns, rows);
        else PlainTable(columns, rows);
    }

    /// <summary>What Spectre.Console makes of this side; where it is told that a person is there, it draws lines anew in their place, as a bar needs.</summary>
    public IAnsiConsole Terminal(bool isLive = false) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = isTerminal && (hasColor || isLive) ? AnsiSupport.Detect : AnsiSupport.No,
        ColorSystem = hasColor ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Interactive = isLive ? InteractionSupport.Yes : InteractionSupport.No,
        Out = new TerminalOutput(_writer, isTerminal),
    });

    /// <summary>How many places a text takes on a terminal: letters of the east and pictures take two, marks above others none.</summary>
    private static int CellsOf(string text) => Ascii.IsValid(text) ? text.Length : new Segment(text).CellCount();

    /// <summary>A text with blanks, as many places wide.</summary>
    private static string Fill(string text, int width, bool isRight = false)
    {
        var blanks = new string(' ', Math.Max(0, width - CellsOf(text)));
        return isRight ? blanks + text : text + blanks;
    }

    /// <summary>How wide a table is with its lines: a line and two blanks for each column, and a line at the end.</summary>
    private static int WidthOf(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows) =>
        columns.Select((column, i) => rows.Select(row => CellsOf(row[i])).Append(CellsOf(column.TrimStart())).Max() + 3).Sum() + 1;

    private void TerminalTable(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        foreach (var column in columns)
        {
            var made = new TableColumn(new Markup($"[bold]{Markup.Escape(column.TrimStart())}[/]")) { NoWrap = false };
            table.AddColumn(column.StartsWith(' ') ? made.RightAligned() : made);
        }

        foreach (var row in rows) table.AddRow([.. row.Select(cell => new Text(cell))]);
        Terminal().Write(table);
    }

    private void PlainTable(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = columns.Select((column, i) => rows.Select(row => CellsOf(row[i])).Append(CellsOf(column.TrimStart())).Max()).ToList();
        foreach (var row in rows.Prepend([.. columns.Select(column => column.TrimStart())]))
        {
            var cells = row.Select((cell, i) => Fill(cell, widths[i], isRight: columns[i].StartsWith(' ')));
            _writer.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }
}
