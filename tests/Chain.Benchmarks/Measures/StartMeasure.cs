using System.Diagnostics;
using Chain.Benchmarks.Harness;
using Chain.Benchmarks.Processes;
using Chain.Benchmarks.Workloads;

namespace Chain.Benchmarks.Measures;

/// <summary>
/// From the start of a node process on a chain of 100,000 transactions to its first RPC answer, published as a user gets it:
/// self-contained and compiled ahead (ReadyToRun). The answer is asked for again and again over new connections. Program and
/// database are in the operating system's cache; the database was closed cleanly.
/// </summary>
public sealed class StartMeasure : IMeasure
{
    /// <inheritdoc/>
    public string Name => "start";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MeasureResult>> RunAsync(MeasureContext context)
    {
        var published = await ChainProgram.PublishedAsync().ConfigureAwait(false);
        var database = Path.Combine(context.NewFolder(), "start.db");
        Databases.Fill(context.Chain, database);
        var height = context.Chain.RawBlocks.Count;
        List<double> times = [], built = [], memory = [];
        for (var run = 0; run < context.Runs; run++)
        {
            times.Add(await StartAsync(context, database, height, published, memory).ConfigureAwait(false));
            built.Add(await StartAsync(context, database, height, ChainProgram.Built, []).ConfigureAwait(false));
        }

        return
        [
            new MeasureResult
            {
                Measure = Name, What = "100,000 transactions, published, to the first answer", Unit = "ms", Runs = times, Target = Goal.AtMost(250, "ms"), PeakMemory = memory.Max(),
                Note = $"published self-contained with ReadyToRun; 'dotnet chain.dll' takes {Figures.Text(Figures.Median(built))} ms",
            },
        ];
    }

    private static async Task<double> StartAsync(MeasureContext context, string database, int height, IReadOnlyList<string> program, List<double> memory)
    {
        var folder = context.NewFolder();
        File.Copy(database, NodeProcess.DatabasePath(folder));
        var watch = Stopwatch.StartNew();
        var node = await NodeProcess.StartAsync(folder, program: program).ConfigureAwait(false);
        var time = watch.Elapsed.TotalMilliseconds;
        await using var _ = node.ConfigureAwait(false);
        await node.ReachAsync(height).ConfigureAwait(false);
        memory.Add(node.Memory);
        return time;
    }
}
