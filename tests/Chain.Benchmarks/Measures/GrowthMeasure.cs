using Chain.Benchmarks.Harness;
using Chain.Benchmarks.Processes;
using Chain.Benchmarks.Workloads;
using Chain.State;

namespace Chain.Benchmarks.Measures;

/// <summary>
/// Imports chains of 40,000, 80,000 and 160,000 spends, each in a process of its own that has imported 20 blocks before, with
/// a cache of 20,000 coins that is full long before the first ends. Time must grow with the chain, memory must not.
/// </summary>
public sealed class GrowthMeasure : IMeasure
{
    private const int BaseBlocks = 40;
    private const int SpendsPerBlock = 500;
    private const int WarmUp = 20;

    private static readonly int[] Factors = [2, 4, 8];
    private static readonly ChainstateOptions SmallCache = new() { MaxDirtyCoins = 10_000, MaxCachedCoins = 20_000 };

    /// <inheritdoc/>
    public string Name => "growth";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MeasureResult>> RunAsync(MeasureContext context)
    {
        var (p, files) = WriteFiles(context);
        var outcomes = new List<ImportOutcome[]>();
        for (var run = 0; run < context.Runs; run++)
        {
            var row = new List<ImportOutcome>();
            foreach (var file in files) row.Add(await ImportChild.RunAsync(p, file, context.NewFolder(), SmallCache, WarmUp).ConfigureAwait(false));
            outcomes.Add([.. row]);
        }

        var seconds = string.Join(", ", Factors.Select((_, i) => Figures.Text(Figures.Median(outcomes.Select(row => row[i].Seconds)))));
        var processor = string.Join(", ", Factors.Select((_, i) => Figures.Text(Figures.Median(outcomes.Select(row => row[i].ProcessorSeconds)))));
        var memory = string.Join(", ", Factors.Select((_, i) => Figures.Text(Figures.Median(outcomes.Select(row => row[i].PeakMemory)))));
        return
        [
            new MeasureResult
            {
                Measure = Name, What = "time of 4 and 8 parts by that of 2, worse", Unit = "of linear", Target = Goal.AtMost(1.10, "of linear"),
                Runs = [.. outcomes.Select(row => Enumerable.Range(1, 2).Max(i => row[i].Seconds * Factors[0] / (row[0].Seconds * Factors[i])))],
                Note = $"2, 4 and 8 parts take {seconds} s, and {processor} processor seconds",
            },
            new MeasureResult
            {
                Measure = Name, What = "memory of 8 parts by that of 4", Unit = "times", Target = Goal.AtMost(1.10, "times"),
                Runs = [.. outcomes.Select(row => row[2].PeakMemory / row[1].PeakMemory)], PeakMemory = outcomes.Max(row => row[2].PeakMemory),
                Note = $"2, 4 and 8 parts take {memory} MB",
            },
        ];
    }

    private static (Core.Consensus.ChainParams Params, List<string> Files) WriteFiles(MeasureContext context)
    {
        var chain = SpendChain.Create(BaseBlocks * Factors[^1], SpendsPerBlock);
        var folder = context.NewFolder();
        return (chain.Params, [.. Factors.Select(factor =>
        {
            var file = Path.Combine(folder, $"blocks{factor}");
            BlockFile.Write(file, chain.RawBlocks.Take((BaseBlocks * factor) + 1));
            return file;
        })]);
    }
}
