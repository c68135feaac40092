using System.Diagnostics;
using Chain.Benchmarks.Harness;
using Chain.Benchmarks.Workloads;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.State;
using Chain.State.Storage;

namespace Chain.Benchmarks.Measures;

/// <summary>
/// Blocks of 2,000 transactions that all wait in the pool already: from the bytes to the end of the commit, block and undo
/// durable each, the pool emptied of them. Decoding and every rule included; the scripts were checked when the pool took them.
/// The coins that they spend were made by the block before.
/// </summary>
public sealed class TipMeasure : IMeasure
{
    private const int Blocks = 15;
    private const int Transactions = 2_000;

    /// <inheritdoc/>
    public string Name => "tip";

    /// <inheritdoc/>
    public Task<IReadOnlyList<MeasureResult>> RunAsync(MeasureContext context)
    {
        var chain = SpendChain.Create(Blocks, Transactions);
        List<double> medians = [], slowest = [];
        for (var run = 0; run < context.Runs; run++)
        {
            var times = Run(chain, Path.Combine(context.NewFolder(), "tip.db"));
            medians.Add(Figures.Median(times));
            slowest.Add(times.Skip(1).Max());
        }

        return Task.FromResult<IReadOnlyList<MeasureResult>>(
        [
            new MeasureResult
            {
                Measure = Name, What = "block of 2,000 known transactions, bytes to commit", Unit = "ms", Runs = medians, Target = Goal.AtMost(20, "ms"),
                Note = $"median block of each run; the slowest behind the first of a run {Figures.Text(Figures.Median(slowest))} ms",
            },
        ]);
    }

    private static List<double> Run(SpendChain chain, string path)
    {
        using var chainstate = Chainstate.Create(ChainDatabase.Open(path), chain.Params, new ChainstateOptions(), TimeProvider.System);
        var pool = new Mempool(chainstate, MempoolPolicy.For(chain.Params));
        chainstate.ProcessBlock(Block.TryDecode(chain.RawBlocks[0])!);
        var times = new List<double>();
        foreach (var raw in chain.RawBlocks.Skip(1))
        {
            // The pool has its own copies, as from other messages.
            foreach (var transaction in Block.TryDecode(raw.ToArray())!.Transactions.Skip(1))
            {
                if (pool.Accept(Transaction.TryDecode(transaction.Raw.ToArray())!) is { } rejection) throw new InvalidOperationException($"{rejection}");
            }

            var checks = chainstate.ScriptChecksRun;
            var watch = Stopwatch.StartNew();
            var result = chainstate.ProcessBlock(CheckedBlock.Of(Block.TryDecode(raw)!, chain.Params));
            times.Add(watch.Elapsed.TotalMilliseconds);
            if (result.Outcome != BlockOutcome.Accepted || pool.Count != 0 || chainstate.ScriptChecksRun != checks)
                throw new InvalidOperationException($"{result.Outcome}, {pool.Count} left in the pool, {chainstate.ScriptChecksRun - checks} scripts checked again.");
        }

        return times;
    }
}
