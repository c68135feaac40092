using System.Diagnostics;
using Chain.Benchmarks.Harness;
using Chain.Benchmarks.Processes;
using Chain.Benchmarks.Workloads;
using Chain.Core.Consensus;

namespace Chain.Benchmarks.Measures;

/// <summary>
/// getblockcount over one HTTP connection that is kept, to a node process that does nothing else: the time of a call as the
/// caller sees it. The first 500 of 2,500 calls, with a cold JIT on both sides, are left out of the median.
/// </summary>
public sealed class RpcMeasure : IMeasure
{
    private const int ColdCalls = 500;
    private const int Calls = 2_000;

    /// <inheritdoc/>
    public string Name => "rpc";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MeasureResult>> RunAsync(MeasureContext context)
    {
        var chain = SpendChain.Begin(1);
        var folder = context.NewFolder();
        await File.WriteAllTextAsync(Path.Combine(folder, GenesisFile.FileName), GenesisFile.Write(chain.Params)).ConfigureAwait(false);
        var node = await NodeProcess.StartAsync(folder).ConfigureAwait(false);
        await using var _ = node.ConfigureAwait(false);
        for (var i = 0; i < ColdCalls; i++) await node.CallAsync("getblockcount").ConfigureAwait(false);
        List<double> medians = [], slow = [];
        for (var run = 0; run < context.Runs; run++)
        {
            var times = new List<double>();
            for (var i = 0; i < Calls; i++)
            {
                var watch = Stopwatch.StartNew();
                await node.CallAsync("getblockcount").ConfigureAwait(false);
                times.Add(watch.Elapsed.TotalMilliseconds);
            }

            medians.Add(Figures.Median(times));
            slow.Add(times.Order().ElementAt(Calls * 99 / 100));
        }

        return
        [
            new MeasureResult
            {
                Measure = Name, What = "getblockcount, connection kept", Unit = "ms", Runs = medians, Target = Goal.AtMost(0.5, "ms"), PeakMemory = node.Memory,
                Note = $"99 of 100 within {Figures.Text(Figures.Median(slow))} ms",
            },
        ];
    }
}
