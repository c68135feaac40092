using System.Diagnostics;
using Chain.Benchmarks.Harness;
using Chain.Benchmarks.Workloads;
using Chain.Core.Primitives;
using Chain.State;
using Chain.State.Storage;

namespace Chain.Benchmarks.Measures;

/// <summary>
/// A block template from a pool of 20,000 transactions with different fees, half of them in 400 chains of 25: choosing by the
/// fee rate of whole packages up to the limit of the block, coinbase and Merkle root. Nothing is kept from one template to
/// the next; the median of ten of them is a run, on a pool that was filled anew.
/// </summary>
public sealed class TemplateMeasure : IMeasure
{
    private const int Independent = 10_000;
    private const int Chains = 400;
    private const int Length = 25;
    private const int Templates = 10;

    /// <inheritdoc/>
    public string Name => "template";

    /// <inheritdoc/>
    public Task<IReadOnlyList<MeasureResult>> RunAsync(MeasureContext context)
    {
        var chain = SpendChain.Begin(Independent + Chains);
        var random = new Random(1);
        var fees = Enumerable.Range(0, Independent).Select(_ => random.NextInt64(1_000, 100_000)).ToArray();
        Transaction[] payments = [.. chain.Spend(Independent, i => fees[i]), .. chain.SpendInChains(Chains, Length, i => fees[i])];
        List<double> medians = [], firsts = [];
        var taken = 0;
        for (var run = 0; run < context.Runs; run++)
        {
            using var chainstate = Chainstate.Create(
                ChainDatabase.Open(Path.Combine(context.NewFolder(), "template.db")), chain.Params, new ChainstateOptions(), TimeProvider.System);
            foreach (var raw in chain.RawBlocks) chainstate.ProcessBlock(Block.TryDecode(raw)!);
            var pool = new Mempool(chainstate, MempoolPolicy.For(chain.Params));
            foreach (var payment in payments)
            {
                if (pool.Accept(payment) is { } rejection) throw new InvalidOperationException($"{rejection}");
            }

            var assembler = new BlockAssembler(chainstate, pool);
            var times = new List<double>();
            for (var i = 0; i < Templates; i++)
            {
                var watch = Stopwatch.StartNew();
                var block = assembler.Create(CoinDatabase.OfOne, (ulong)i);
                times.Add(watch.Elapsed.TotalMilliseconds);
                taken = block.Transactions.Length - 1;
            }

            medians.Add(Figures.Median(times));
            firsts.Add(times[0]);
        }

        return Task.FromResult<IReadOnlyList<MeasureResult>>(
        [
            new MeasureResult
            {
                Measure = Name, What = "pool of 20,000, 400 chains of 25", Unit = "ms", Runs = medians, Target = Goal.AtMost(50, "ms"),
                Note = $"{taken} transactions fit; the first template of a run took {Figures.Text(Figures.Median(firsts))} ms",
            },
        ]);
    }
}
