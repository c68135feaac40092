using System.Globalization;

namespace Chain.Benchmarks.Harness;

/// <summary>Medians, and numbers as people read them.</summary>
public static class Figures
{
    /// <summary>The middle value; of an even number the mean of the two in the middle.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>Three digits that count: 61234, 12.3, 0.81.</summary>
    public static string Text(double value) =>
        value.ToString(Math.Abs(value) switch { >= 100 => "0", >= 10 => "0.0", _ => "0.00" }, CultureInfo.InvariantCulture);
}
