using System.Diagnostics;
using Chain.Benchmarks.Harness;
using Chain.Benchmarks.Processes;
using Chain.Benchmarks.Workloads;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Network.Messages;

namespace Chain.Benchmarks.Measures;

/// <summary>
/// A block over two hops: A, B and C are node processes of the published executable, each connected to the next. From the moment
/// A announces the block until C announces it, both seen by a peer beside them: B and C are told, ask, receive, check all
/// rules and commit. Once with empty blocks, once with 500 transactions that wait in all three pools. The nodes have
/// run for a while: the first 25 blocks of each kind, until the runtime has compiled what is used often, are left out.
/// </summary>
public sealed class RelayMeasure : IMeasure
{
    private const int Blocks = 40;
    private const int ColdBlocks = 25;
    private const int Transactions = 500;

    /// <inheritdoc/>
    public string Name => "relay";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MeasureResult>> RunAsync(MeasureContext context)
    {
        List<double> empty = [], full = [], emptyAll = [], fullAll = [], memory = [];
        for (var run = 0; run < context.Runs; run++)
        {
            var (emptyTimes, fullTimes, peak) = await RunOnceAsync(context).ConfigureAwait(false);
            empty.Add(Figures.Median(emptyTimes.Skip(ColdBlocks).Select(t => t.Hops)));
            full.Add(Figures.Median(fullTimes.Skip(ColdBlocks).Select(t => t.Hops)));
            emptyAll.Add(Figures.Median(emptyTimes.Skip(ColdBlocks).Select(t => t.All)));
            fullAll.Add(Figures.Median(fullTimes.Skip(ColdBlocks).Select(t => t.All)));
            memory.Add(peak);
        }

        return [Result("empty block, A to C", empty, 4, emptyAll, memory.Max()), Result("block of 500 known transactions, A to C", full, 11, fullAll, memory.Max())];
    }

    private MeasureResult Result(string what, List<double> runs, double target, List<double> all, double memory) => new()
    {
        Measure = Name,
        What = what,
        Unit = "ms",
        Runs = runs,
        Target = Goal.AtMost(target, "ms"),
        PeakMemory = memory,
        Note = $"{what}: {Figures.Text(Figures.Median(all))} ms from the bytes sent to A, A's own work included",
    };

    private static async Task<(List<Times> Empty, List<Times> Full, double Memory)> RunOnceAsync(MeasureContext context)
    {
        var chain = SpendChain.Begin(Transactions);
        var a = await StartAsync(context, chain, null).ConfigureAwait(false);
        await using var _ = a.ConfigureAwait(false);
        var b = await StartAsync(context, chain, a.Port).ConfigureAwait(false);
        await using var __ = b.ConfigureAwait(false);
        var c = await StartAsync(context, chain, b.Port).ConfigureAwait(false);
        await using var ___ = c.ConfigureAwait(false);
        var magic = chain.Params.Magic;
        var source = await WirePeer.ConnectAsync(a.Port, magic).ConfigureAwait(false);
        await using var ____ = source.ConfigureAwait(false);
        var atA = await WirePeer.ConnectAsync(a.Port, magic).ConfigureAwait(false);
        await using var _____ = atA.ConfigureAwait(false);
        var atC = await WirePeer.ConnectAsync(c.Port, magic).ConfigureAwait(false);
        await using var ______ = atC.ConfigureAwait(false);
        await a.HavePeersAsync(3).ConfigureAwait(false);
        await b.HavePeersAsync(2).ConfigureAwait(false);
        await c.HavePeersAsync(2).ConfigureAwait(false);
        await source.SendAsync(new BlockMessage(chain.Tip)).ConfigureAwait(false);
        await c.ReachAsync(1).ConfigureAwait(false);

        List<Times> empty = [], full = [];
        for (var i = 0; i < Blocks; i++)
        {
            empty.Add(await RelayAsync(source, atA, atC, chain.Add([])).ConfigureAwait(false));
            var payments = chain.Spend(Transactions);
            await source.SendAsync(payments.SelectMany(payment => source.Frame(new TxMessage(payment))).ToArray()).ConfigureAwait(false);
            await c.HavePoolAsync(Transactions).ConfigureAwait(false);
            full.Add(await RelayAsync(source, atA, atC, chain.Add(payments)).ConfigureAwait(false));
            await c.HavePoolAsync(0).ConfigureAwait(false);
        }

        return (empty, full, new[] { a.Memory, b.Memory, c.Memory }.Max());
    }

    private static async Task<NodeProcess> StartAsync(MeasureContext context, SpendChain chain, int? peer)
    {
        var folder = context.NewFolder();
        await File.WriteAllTextAsync(Path.Combine(folder, GenesisFile.FileName), GenesisFile.Write(chain.Params)).ConfigureAwait(false);
        return await NodeProcess.StartAsync(folder, peer).ConfigureAwait(false);
    }

    private static async Task<Times> RelayAsync(WirePeer source, WirePeer atA, WirePeer atC, Block block)
    {
        var frame = source.Frame(new BlockMessage(block));
        var start = Stopwatch.GetTimestamp();
        await source.SendAsync(frame).ConfigureAwait(false);
        var first = await atA.AnnouncedAsync(block.Hash).ConfigureAwait(false);
        var last = await atC.AnnouncedAsync(block.Hash).ConfigureAwait(false);
        return new Times(Stopwatch.GetElapsedTime(first, last).TotalMilliseconds, Stopwatch.GetElapsedTime(start, last).TotalMilliseconds);
    }

    private sealed record Times(double Hops, double All);
}
