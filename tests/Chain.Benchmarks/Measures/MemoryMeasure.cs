using Chain.Benchmarks.Harness;
using Chain.Benchmarks.Processes;
using Chain.Benchmarks.Workloads;
using Chain.State;

namespace Chain.Benchmarks.Measures;

/// <summary>
/// The peak resident memory of a process that imports 100,000 P2PKH spends with the default caches. It reads the blocks from a
/// file one by one and holds nothing else: runtime, libraries, caches and the database's memory count.
/// </summary>
public sealed class MemoryMeasure : IMeasure
{
    /// <inheritdoc/>
    public string Name => "memory";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MeasureResult>> RunAsync(MeasureContext context)
    {
        var file = Path.Combine(context.NewFolder(), "blocks");
        BlockFile.Write(file, context.Chain.RawBlocks);
        var outcomes = new List<ImportOutcome>();
        for (var run = 0; run < context.Runs; run++)
            outcomes.Add(await ImportChild.RunAsync(context.Chain.Params, file, context.NewFolder(), new ChainstateOptions(), warmUp: 0).ConfigureAwait(false));
        return
        [
            new MeasureResult
            {
                Measure = Name, What = "peak of an import process", Unit = "MB", Runs = [.. outcomes.Select(o => o.PeakMemory)], Target = Goal.AtMost(160, "MB"),
                PeakMemory = outcomes.Max(o => o.PeakMemory),
                Note = $"with a cold JIT that process took {Figures.Text(Figures.Median(outcomes.Select(o => o.Seconds)))} s, {Figures.Text(Figures.Median(outcomes.Select(o => o.ProcessorSeconds)))} processor seconds",
            },
        ];
    }
}
