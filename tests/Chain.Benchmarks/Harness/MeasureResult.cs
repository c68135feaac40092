namespace Chain.Benchmarks.Harness;

/// <summary>One line of the table: a figure with its unit, median of its runs, beside a yardstick of the same run and its target.</summary>
public sealed record MeasureResult
{
    /// <summary>The name of the measure that gave it.</summary>
    public required string Measure { get; init; }

    /// <summary>The workload, and where it begins and ends.</summary>
    public required string What { get; init; }

    /// <summary>The unit of the runs.</summary>
    public required string Unit { get; init; }

    /// <summary>The figure of each run.</summary>
    public required IReadOnlyList<double> Runs { get; init; }

    /// <summary>What must be reached.</summary>
    public required Goal Target { get; init; }

    /// <summary>The yardstick's name, such as V2; null where there is none.</summary>
    public string? Yardstick { get; init; }

    /// <summary>The yardstick beside each run, in the same unit.</summary>
    public IReadOnlyList<double> YardstickRuns { get; init; } = [];

    /// <summary>The peak resident memory in MB of the process that did the work and nothing else; null where that is this one.</summary>
    public double? PeakMemory { get; init; }

    /// <summary>What else was seen.</summary>
    public string Note { get; init; } = "";

    /// <summary>The median run.</summary>
    public double Figure => Figures.Median(Runs);

    /// <summary>The median of the yardstick.</summary>
    public double? YardstickFigure => YardstickRuns.Count == 0 ? null : Figures.Median(YardstickRuns);

    /// <summary>The median of each run's share of the yardstick beside it.</summary>
    public double? Ratio => YardstickRuns.Count == 0 ? null : Figures.Median(Runs.Zip(YardstickRuns, (run, yardstick) => run / yardstick));

    /// <summary>Whether the target is met.</summary>
    public bool IsMet => Target.IsMetBy(Target.IsRatio ? Ratio!.Value : Figure);
}
