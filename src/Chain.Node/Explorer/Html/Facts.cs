namespace Chain.Node.Explorer.Html;

/// <summary>A list of names and values.</summary>
internal sealed class Facts
{
    private readonly HtmlWriter _html = new();

    /// <summary>Adds one.</summary>
    public Facts Add(string name, Fragment value)
    {
        _html.Write($"<div><dt>{name}</dt><dd>{value}</dd></div>");
        return this;
    }

    /// <summary>Adds one.</summary>
    public Facts Add(string name, string value) => Add(name, Fragment.Of($"{value}"));

    /// <summary>As a list of lines.</summary>
    public Fragment ToList() => Fragment.Of($"<dl class=\"facts\">{_html.ToFragment()}</dl>");

    /// <summary>As tiles, for a few figures.</summary>
    public Fragment ToTiles() => Fragment.Of($"<dl class=\"tiles\">{_html.ToFragment()}</dl>");
}
