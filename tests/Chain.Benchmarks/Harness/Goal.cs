using System.Globalization;

namespace Chain.Benchmarks.Harness;

/// <summary>What a result must reach: at least, or at most, so much of its figure or of its ratio to the yardstick.</summary>
public sealed record Goal(double Value, bool IsAtLeast, bool IsRatio, string Unit)
{
    /// <summary>The figure must be at least this.</summary>
    public static Goal AtLeast(double value, string unit) => new(value, IsAtLeast: true, IsRatio: false, unit);

    /// <summary>The figure must be at most this.</summary>
    public static Goal AtMost(double value, string unit) => new(value, IsAtLeast: false, IsRatio: false, unit);

    /// <summary>The ratio of figure to yardstick must be at least this.</summary>
    public static Goal RatioAtLeast(double value, string yardstick) => new(value, IsAtLeast: true, IsRatio: true, yardstick);

    /// <summary>The ratio of figure to yardstick must be at most this.</summary>
    public static Goal RatioAtMost(double value, string yardstick) => new(value, IsAtLeast: false, IsRatio: true, yardstick);

    /// <summary>Whether a value reaches it.</summary>
    public bool IsMetBy(double value) => IsAtLeast ? value >= Value : value <= Value;

    /// <summary>Such as <c>≥ 0.80 V2</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(IsAtLeast ? "≥" : "≤")} {Figures.Text(Value)} {Unit}");
}
