using System.Text.RegularExpressions;

namespace Chain.Tests.Node.Explorer;

/// <summary>What every page must be: whole HTML, nothing from elsewhere, nothing inline, and headers that see to it.</summary>
internal static partial class PageCheck
{
    private static readonly string[] Void = ["meta", "link", "input", "br", "hr", "img", "!doctype"];

    /// <summary>SVG elements that pages close at once.</summary>
    private static readonly string[] Closed = ["path", "rect", "circle"];

    public static void Whole(Shown shown)
    {
        Assert.Equal("text/html; charset=utf-8", shown.Response.Content.Headers.ContentType!.ToString());
        var policy = Assert.Single(shown.Response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(shown.Response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(shown.Response.Headers.GetValues("Referrer-Policy")));
        Assert.DoesNotContain("://", shown.Text, StringComparison.Ordinal);
        AssertNoCode(shown.Text);
        Assert.Single(Heading().Matches(shown.Text));
        foreach (var landmark in (string[])["<header ", "<nav ", "<main ", "<footer ", "role=\"search\"", "<html lang="]) Assert.Contains(landmark, shown.Text, StringComparison.Ordinal);
        AssertBalanced(shown.Text);
        AssertUniqueIds(shown.Text);
    }

    /// <summary>The places that a page leads to.</summary>
    public static IEnumerable<string> Links(string html) => Link().Matches(html).Select(match => System.Net.WebUtility.HtmlDecode(match.Groups[1].Value)).Distinct();

    /// <summary>The text of a page without its markup.</summary>
    public static string TextOf(string html) => Spaces().Replace(System.Net.WebUtility.HtmlDecode(Tag().Replace(html, " ")), " ");

    /// <summary>No script but files of the node's own, no style and no handler in a tag, no link that leads elsewhere.</summary>
    private static void AssertNoCode(string html)
    {
        foreach (Match match in Tag().Matches(html))
        {
            var bare = Quoted().Replace(match.Value, "\"\"");
            Assert.DoesNotMatch(CodeInATag(), bare);
            if (bare.StartsWith("<script", StringComparison.Ordinal)) Assert.Contains("src=\"/explorer.js?v=", match.Value, StringComparison.Ordinal);
            foreach (Match place in Place().Matches(match.Value)) Assert.Matches("^[/#](?!/)", place.Groups[1].Value);
        }
    }

    private static void AssertBalanced(string html)
    {
        var open = new Stack<string>();
        foreach (Match match in Tag().Matches(html))
        {
            var name = match.Groups["name"].Value.ToLowerInvariant();
            if (Void.Contains(name) || match.Value.EndsWith("/>", StringComparison.Ordinal))
            {
                Assert.True(Void.Contains(name) || Closed.Contains(name), $"{match.Value} may not be closed so");
                continue;
            }

            if (!match.Value.StartsWith("</", StringComparison.Ordinal)) open.Push(name);
            else Assert.True(open.TryPop(out var last) && last == name, $"{match.Value} ends <{last}>");
        }

        Assert.Empty(open);
    }

    private static void AssertUniqueIds(string html)
    {
        var ids = Id().Matches(html).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(ids.Distinct(), ids);
    }

    [GeneratedRegex("<style|<iframe|<object|\\son[a-z]+=|\\sstyle=", RegexOptions.IgnoreCase)]
    private static partial Regex CodeInATag();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();

    [GeneratedRegex("(?:href|src|action)=\"([^\"]*)\"")]
    private static partial Regex Place();

    [GeneratedRegex("<h1[ >]")]
    private static partial Regex Heading();

    [GeneratedRegex("(?:href|src)=\"(/[^\"#]*)")]
    private static partial Regex Link();

    [GeneratedRegex("</?(?<name>[!a-zA-Z][a-zA-Z0-9]*)[^<>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("\\sid=\"([^\"]*)\"")]
    private static partial Regex Id();
}
