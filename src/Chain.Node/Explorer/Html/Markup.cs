using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Chain.Node.Explorer.Html;

/// <summary>
/// HTML as an interpolated text: what stands in the source is markup, and what is filled in is escaped, so that no value from
/// outside can become markup, in text as in quoted attributes. Only <see cref="Fragment"/>, which was made this way, is taken
/// as it is; values of other types than these do not compile.
/// </summary>
[InterpolatedStringHandler]
internal readonly ref struct Markup
{
    /// <summary>In place of what no page may hold: control characters, and halves of surrogate pairs.</summary>
    private const char Replacement = '\uFFFD';

    private readonly StringBuilder _text;

    /// <summary>Writes to a writer.</summary>
    public Markup(int literalLength, int formattedCount, HtmlWriter writer)
    {
        _ = (literalLength, formattedCount);
        _text = writer.Text;
    }

    /// <summary>Makes a text of its own.</summary>
    public Markup(int literalLength, int formattedCount) => _text = new StringBuilder(literalLength + 24 * formattedCount);

    /// <summary>Markup from the source.</summary>
    public void AppendLiteral(string markup) => _text.Append(markup);

    /// <summary>Text from anywhere.</summary>
    public void AppendFormatted(string? text) => Escape(_text, text);

    /// <summary>A number.</summary>
    public void AppendFormatted(long number) => _text.Append(CultureInfo.InvariantCulture, $"{number}");

    /// <summary>Markup that was made so.</summary>
    public void AppendFormatted(Fragment fragment) => _text.Append(fragment.Text);

    /// <summary>All of it.</summary>
    internal string ToText() => _text.ToString();

    private static void Escape(StringBuilder to, string? text)
    {
        for (var i = 0; i < (text?.Length ?? 0); i++)
        {
            var c = text![i];
            _ = c switch
            {
                '&' => to.Append("&amp;"),
                '<' => to.Append("&lt;"),
                '>' => to.Append("&gt;"),
                '"' => to.Append("&quot;"),
                '\'' => to.Append("&#39;"),
                '\n' or '\t' => to.Append(c),
                _ when char.IsControl(c) => to.Append(Replacement),
                _ when char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) => to.Append(c).Append(text[++i]),
                _ when char.IsSurrogate(c) => to.Append(Replacement),
                _ => to.Append(c),
            };
        }
    }
}
