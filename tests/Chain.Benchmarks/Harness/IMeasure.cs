namespace Chain.Benchmarks.Harness;

/// <summary>One measurement of a whole node, or of a part of it under its real load.</summary>
public interface IMeasure
{
    /// <summary>The name by which it is chosen.</summary>
    string Name { get; }

    /// <summary>Runs it; one line of the table for each figure.</summary>
    Task<IReadOnlyList<MeasureResult>> RunAsync(MeasureContext context);
}
