using System.Diagnostics;
using Chain.Benchmarks.Harness;
using Chain.Benchmarks.Workloads;
using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Benchmarks.Measures;

/// <summary>
/// The balance of an address that has 10,000 of a million coins, as getaddressbalance reckons it inside the node: all its
/// coins, and of each whether a waiting transaction spends it. The database was just opened, so that nothing of it is in the
/// node's caches; its file is in the operating system's. Once as it stands on disk, once with 150,000 changes of other coins
/// that are not written yet.
/// </summary>
public sealed class ReadsMeasure : IMeasure
{
    private const int UnwrittenBlocks = 100;
    private const int Spends = 500;

    /// <inheritdoc/>
    public string Name => "reads";

    /// <inheritdoc/>
    public Task<IReadOnlyList<MeasureResult>> RunAsync(MeasureContext context)
    {
        var blocks = context.Coins.CreateBlocks(UnwrittenBlocks, Spends);
        _ = Read(context, []);
        return Task.FromResult<IReadOnlyList<MeasureResult>>(
        [
            Result("balance of 10,000 of 1,000,000 coins", [.. Enumerable.Range(0, context.Runs).Select(_ => Read(context, []))]),
            Result("the same, 150,000 changes unwritten", [.. Enumerable.Range(0, context.Runs).Select(_ => Read(context, blocks))]),
        ]);
    }

    private MeasureResult Result(string what, IReadOnlyList<double> runs) =>
        new() { Measure = Name, What = what, Unit = "ms", Runs = runs, Target = Goal.AtMost(20, "ms") };

    private static double Read(MeasureContext context, IReadOnlyList<byte[]> blocks)
    {
        var folder = context.NewFolder();
        try
        {
            using var chainstate = context.Coins.Open(context.Coins.CopyTo(folder), new ChainstateOptions());
            foreach (var raw in blocks) chainstate.ProcessBlock(Block.TryDecode(raw)!);
            return Read(chainstate, new Mempool(chainstate, MempoolPolicy.For(context.Coins.Params)));
        }
        finally
        {
            MeasureContext.Drop(folder);
        }
    }

    private static double Read(Chainstate chainstate, Mempool pool)
    {
        var watch = Stopwatch.StartNew();
        long balance = 0, leaving = 0;
        var count = 0;
        foreach (var (outPoint, coin) in chainstate.FindCoins(CoinDatabase.OfOne))
        {
            count++;
            balance += coin.Output.Value;
            if (pool.FindSpender(outPoint) is not null) leaving += coin.Output.Value;
        }

        var time = watch.Elapsed.TotalMilliseconds;
        return count >= CoinDatabase.CountOfOne && balance > leaving ? time : throw new InvalidOperationException($"{count} coins, {balance} satoshis.");
    }
}
