using System.Globalization;
using Chain.Node.Explorer.Html;

namespace Chain.Node.Explorer.Pages;

/// <summary>
/// Figures over the last blocks as SVG that the server draws: bars, or a line. The axes are text beside the drawing, so that
/// they stay readable however wide it is.
/// </summary>
internal static class Plot
{
    private const double Height = 100, Step = 10, Gap = 1.5;

    /// <summary>One value: what it is of, for whoever points at it.</summary>
    internal readonly record struct Point(double Value, string Title);

    /// <summary>One bar a value. Those far above the others are cut off, in another colour, so that the others can be told apart.</summary>
    public static Fragment Bars(string name, string current, IReadOnlyList<Point> points, Func<double, string> format, string first, string last, double? mark = null)
    {
        var usual = TopOf(points);
        var top = RoundUp(mark is { } aim && aim <= 3 * usual ? Math.Max(usual, aim) : usual);
        var html = new HtmlWriter();
        for (var i = 0; i < points.Count; i++)
        {
            var isCapped = points[i].Value > top;
            var height = Math.Max(1, Math.Min(points[i].Value, top) / top * Height);
            html.Write($"<rect class=\"{(isCapped ? "bar capped" : "bar")}\" x=\"{Number(i * Step + Gap)}\" y=\"{Number(Height - height)}\" width=\"{Number(Step - 2 * Gap)}\" height=\"{Number(height)}\"><title>{points[i].Title}</title></rect>");
        }

        if (mark is { } level && level <= top) html.Write($"<path class=\"mean\" d=\"M0 {Number(Height - level / top * Height)}H{Number(points.Count * Step)}\"/>");
        return Frame(name, current, html.ToFragment(), points.Count * Step, top, format, first, last);
    }

    /// <summary>A line through the values.</summary>
    public static Fragment Line(string name, string current, IReadOnlyList<Point> points, Func<double, string> format, string first, string last)
    {
        var top = RoundUp(points.Select(point => point.Value).DefaultIfEmpty().Max());
        var html = new HtmlWriter();
        if (points.Count > 0)
        {
            var path = string.Join('L', points.Select((point, i) => $"{Number(X(i))} {Number(Height - point.Value / top * Height)}"));
            html.Write($"<path class=\"area\" d=\"M{Number(X(0))} {Number(Height)}L{path}L{Number(X(points.Count - 1))} {Number(Height)}Z\"/><path class=\"line\" d=\"M{path}\"/>");
        }

        return Frame(name, current, html.ToFragment(), Math.Max(1, points.Count - 1) * Step, top, format, first, last);

        double X(int i) => points.Count == 1 ? Step / 2 : i * Step;
    }

    /// <summary>How much of something is used, as a bar; 0 to 1.</summary>
    public static Fragment Meter(double share, string kind = "meter")
    {
        var used = Math.Clamp(share, 0, 1) * 100;
        if (used is > 0 and < 1.5) used = 1.5;
        return Fragment.Of($"<svg class=\"{kind}\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"ground\" width=\"100\" height=\"8\"/><rect class=\"used\" width=\"{Number(used)}\" height=\"8\"/></svg>");
    }

    private static Fragment Frame(string name, string current, Fragment drawing, double width, double top, Func<double, string> format, string first, string last) => Fragment.Of($"""
        <figure><figcaption><h2>{name}</h2><strong>{current}</strong></figcaption>
        <div class="plot"><div class="y" aria-hidden="true"><span>{format(top)}</span><span>{format(top / 2)}</span><span>0</span></div>
        <svg role="img" aria-label="{name}, {first} to {last}: {current}" viewBox="0 0 {Number(Math.Max(Step, width))} 100" preserveAspectRatio="none"><path class="grid" d="M0 0H{Number(Math.Max(Step, width))}M0 50H{Number(Math.Max(Step, width))}M0 100H{Number(Math.Max(Step, width))}"/>{drawing}</svg>
        <div class="x" aria-hidden="true"><span>{first}</span><span>{last}</span></div></div></figure>
        """);

    /// <summary>The largest value, or far less where few are far above the rest.</summary>
    private static double TopOf(IReadOnlyList<Point> points)
    {
        if (points.Count == 0) return 1;
        var sorted = points.Select(point => point.Value).Order().ToList();
        var usual = sorted[(sorted.Count - 1) * 9 / 10];
        return usual > 0 ? Math.Min(sorted[^1], 2.5 * usual) : sorted[^1];
    }

    /// <summary>The next of 1, 2, 4, 6, 8 and 10 times a power of ten.</summary>
    private static double RoundUp(double value)
    {
        if (value <= 0) return 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        double[] steps = [1, 2, 4, 6, 8, 10];
        return steps.First(step => step * power >= value * 0.999_999) * power;
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
