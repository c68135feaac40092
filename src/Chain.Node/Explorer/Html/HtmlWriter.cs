using System.Runtime.CompilerServices;
using System.Text;

namespace Chain.Node.Explorer.Html;

/// <summary>Puts HTML together.</summary>
internal sealed class HtmlWriter
{
    internal StringBuilder Text { get; } = new(16 * 1024);

    /// <summary>Writes markup.</summary>
    public HtmlWriter Write([InterpolatedStringHandlerArgument("")] Markup markup)
    {
        _ = markup;
        return this;
    }

    /// <summary>Writes markup that was made before.</summary>
    public HtmlWriter Write(Fragment fragment)
    {
        Text.Append(fragment.Text);
        return this;
    }

    /// <summary>All of it, for a place in another.</summary>
    public Fragment ToFragment() => Fragment.Of(this);

    /// <summary>All of it.</summary>
    public override string ToString() => Text.ToString();
}
