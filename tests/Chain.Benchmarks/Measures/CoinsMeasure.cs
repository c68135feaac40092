using System.Diagnostics;
using Chain.Benchmarks.Harness;
using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Benchmarks.Measures;

/// <summary>
/// The worst case for the coins: a million on disk, 400 blocks of 500 payments that each spend one chosen at random and make
/// two under random keys, a cache of 50,000. Every block and its undo is durable by itself, coins and their index are
/// written behind, all of them in the end. Scripts run and are trivial (push, OP_DROP, OP_1), so that no signature hides the
/// disk. The database file is in the operating system's cache, nothing is in the node's.
/// </summary>
public sealed class CoinsMeasure : IMeasure
{
    private const int Blocks = 400;
    private const int Spends = 500;

    private static readonly ChainstateOptions Cache = new() { MaxDirtyCoins = 50_000, MaxCachedCoins = 50_000 };

    /// <inheritdoc/>
    public string Name => "coins";

    /// <inheritdoc/>
    public Task<IReadOnlyList<MeasureResult>> RunAsync(MeasureContext context)
    {
        var blocks = context.Coins.CreateBlocks(Blocks, Spends);
        List<double> rates = [], slowest = [], middle = [], processor = [];
        for (var run = 0; run < context.Runs; run++)
        {
            var before = Environment.CpuUsage.TotalTime;
            var (rate, times) = RunOnce(context, blocks);
            processor.Add((Environment.CpuUsage.TotalTime - before).TotalSeconds);
            rates.Add(rate);
            slowest.Add(times.Max());
            middle.Add(Figures.Median(times));
        }

        return Task.FromResult<IReadOnlyList<MeasureResult>>(
        [
            new MeasureResult
            {
                Measure = Name, What = "1,000,000 on disk, random spends, cache of 50,000, OP_1", Unit = "changes/s", Runs = rates,
                Target = Goal.AtLeast(150_000, "changes/s"),
                Note = $"a block of 500 takes {Figures.Text(Figures.Median(middle))} ms, the slowest, which writes the coins, {Figures.Text(Figures.Median(slowest))} ms; {Figures.Text(Figures.Median(processor))} processor seconds in all",
            },
        ]);
    }

    private static (double Rate, List<double> Times) RunOnce(MeasureContext context, IReadOnlyList<byte[]> blocks)
    {
        var folder = context.NewFolder();
        try
        {
            using var chainstate = context.Coins.Open(context.Coins.CopyTo(folder), Cache);
            var times = new List<double>();
            var watch = Stopwatch.StartNew();
            foreach (var raw in blocks)
            {
                var start = watch.Elapsed;
                var result = chainstate.ProcessBlock(Block.TryDecode(raw)!);
                if (result.Outcome != BlockOutcome.Accepted) throw new InvalidOperationException($"{result.Violation}");
                times.Add((watch.Elapsed - start).TotalMilliseconds);
            }

            chainstate.Flush();
            return (Blocks * (Spends * 3 + 1) / watch.Elapsed.TotalSeconds, times);
        }
        finally
        {
            MeasureContext.Drop(folder);
        }
    }
}
