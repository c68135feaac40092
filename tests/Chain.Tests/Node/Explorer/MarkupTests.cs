using Chain.Node.Explorer.Html;
using Chain.Node.Explorer.Pages;

namespace Chain.Tests.Node.Explorer;

/// <summary>HTML is escaped by construction, and figures are written as people read them.</summary>
public class MarkupTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;")]
    [InlineData("\" onload=\"x", "&quot; onload=&quot;x")]
    [InlineData("&lt;", "&amp;lt;")]
    [InlineData("a\0b\u001b[2Jc\u009b", "a\uFFFDb\uFFFD[2Jc\uFFFD")]
    [InlineData("line\nand\ttab", "line\nand\ttab")]
    [InlineData("\ud83d\ude00", "\ud83d\ude00")]
    [InlineData(null, "")]
    public void Of_TextFromOutside_IsNeverMarkup(string? text, string expected)
    {
        Assert.Equal($"<p title=\"{expected}\">{expected}</p>", new HtmlWriter().Write($"<p title=\"{text}\">{text}</p>").ToString());
        Assert.Equal($"<b>{expected}</b>", new HtmlWriter().Write(Fragment.Of($"<b>{text}</b>")).ToString());
    }

    [Fact]
    public void Of_HalfOfASurrogatePair_Replaced()
    {
        Assert.Equal("a\uFFFDb", new HtmlWriter().Write($"{"a" + (char)0xd800 + "b"}").ToString());
        Assert.Equal("\uFFFD", new HtmlWriter().Write($"{((char)0xdc00).ToString()}").ToString());
        Assert.Equal("\uFFFD", new HtmlWriter().Write($"{((char)0xd83d).ToString()}").ToString());
    }

    [Fact]
    public void Of_Fragment_IsNotEscapedAgain() =>
        Assert.Equal("<p><i>&lt;</i>7</p>", new HtmlWriter().Write($"<p>{Fragment.Join([Fragment.Of($"<i>{"<"}</i>"), Fragment.Of($"{7}")])}</p>").ToString());

    [Theory]
    [InlineData(0, "0<span class=\"zeros\">.00000000</span>")]
    [InlineData(150_000_000, "1.5<span class=\"zeros\">0000000</span>")]
    [InlineData(1, "0.00000001<span class=\"zeros\"></span>")]
    [InlineData(100_000_000_000_000, "1,000,000<span class=\"zeros\">.00000000</span>")]
    public void Amount_Satoshis_EightDecimals(long satoshis, string expected) =>
        Assert.Equal($"<span class=\"amount\">{expected}</span>", new HtmlWriter().Write(Show.Amount(satoshis)).ToString());

    [Theory]
    [InlineData(0, "0 H/s")]
    [InlineData(7.75, "7.75 H/s")]
    [InlineData(999, "999 H/s")]
    [InlineData(999.9, "1 kH/s")]
    [InlineData(12_345, "12.3 kH/s")]
    [InlineData(1.5e20, "150 EH/s")]
    public void HashRate_Value_ThreeDigits(double value, string expected) => Assert.Equal(expected, Show.HashRate(value));

    [Theory]
    [InlineData(0.25, "250 ms")]
    [InlineData(0, "0 s")]
    [InlineData(90, "90 s")]
    [InlineData(600, "10 min")]
    [InlineData(9_000, "2.5 h")]
    [InlineData(864_000, "10 d")]
    public void Duration_Seconds_OneUnit(double seconds, string expected) => Assert.Equal(expected, Show.Duration(seconds));

    [Theory]
    [InlineData(0, "just now")]
    [InlineData(59, "59 s ago")]
    [InlineData(60, "1 min ago")]
    [InlineData(7_200, "2 h ago")]
    [InlineData(90_000, "yesterday")]
    [InlineData(864_000, "10 days ago")]
    [InlineData(-7_200, "in the future")]
    public void Age_Seconds_AbsoluteTimeBeside(long seconds, string expected) =>
        Assert.Equal($"<time datetime=\"2023-11-14T22:13:20Z\" title=\"2023-11-14 22:13:20 UTC\">{expected}</time>", new HtmlWriter().Write(Show.Age(1_700_000_000, 1_700_000_000 + seconds)).ToString());

    /// <summary>One value far above the others is cut, so that the others can be seen; its title says what it is.</summary>
    [Fact]
    public void Bars_OneFarAbove_CutAndMarked()
    {
        var points = Enumerable.Range(1, 20).Select(i => new Plot.Point(i == 7 ? 100_000 : 10, $"value {i}")).ToList();
        var svg = new HtmlWriter().Write(Plot.Bars("name", "now", points, Show.Duration, "first", "last")).ToString();
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(svg, "class=\"bar capped\""));
        Assert.Equal(20, System.Text.RegularExpressions.Regex.Count(svg, "<rect "));
        Assert.Contains("<title>value 7</title>", svg, StringComparison.Ordinal);
        Assert.Contains("<span>40 s</span><span>20 s</span><span>0</span>", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Line_NoValues_StillAPlot() =>
        Assert.Contains("<svg role=\"img\"", new HtmlWriter().Write(Plot.Line("name", "unknown", [], Show.HashRate, "no block yet", "no block yet")).ToString(), StringComparison.Ordinal);
}
