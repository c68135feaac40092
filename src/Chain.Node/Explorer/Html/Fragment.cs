namespace Chain.Node.Explorer.Html;

/// <summary>A piece of HTML, made from <see cref="Markup"/> alone, so that all that came from outside is escaped in it.</summary>
internal readonly struct Fragment
{
    private readonly string? _text;

    private Fragment(string text) => _text = text;

    /// <summary>Nothing.</summary>
    public static Fragment Empty => default;

    /// <summary>The markup.</summary>
    internal string Text => _text ?? "";

    /// <summary>Makes one.</summary>
    public static Fragment Of(Markup markup) => new(markup.ToText());

    /// <summary>What a writer has.</summary>
    public static Fragment Of(HtmlWriter writer) => new(writer.ToString());

    /// <summary>Several in a row.</summary>
    public static Fragment Join(IEnumerable<Fragment> parts) => new(string.Concat(parts.Select(part => part.Text)));
}
