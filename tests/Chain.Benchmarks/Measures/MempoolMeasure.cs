using System.Diagnostics;
using Chain.Benchmarks.Harness;
using Chain.Benchmarks.Processes;
using Chain.Benchmarks.Workloads;
using Chain.Core.Primitives;
using Chain.Network.Messages;

namespace Chain.Benchmarks.Measures;

/// <summary>
/// 20,000 independent P2PKH transactions from a socket into the pool of a node process of the published executable: from the
/// first byte sent until the node says that all are in its pool. Frames, checksums, all rules and scripts included. Before,
/// 10,000 other transactions went the same way, so that the runtime has compiled what is used often; the coins that are measured
/// are not in the node's cache.
/// </summary>
public sealed class MempoolMeasure : IMeasure
{
    private const int Count = 20_000;
    private const int WarmUp = 10_000;

    /// <inheritdoc/>
    public string Name => "mempool";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MeasureResult>> RunAsync(MeasureContext context)
    {
        var chain = SpendChain.Begin(Count + WarmUp);
        var before = chain.Spend(WarmUp);
        var payments = chain.Spend(Count);
        List<double> rates = [], yardsticks = [], memory = [];
        for (var run = 0; run < context.Runs; run++)
        {
            yardsticks.Add(SignatureYardstick.One(chain.Signatures));
            var folder = context.NewFolder();
            Databases.Fill(chain, NodeProcess.DatabasePath(folder));
            var node = await NodeProcess.StartAsync(folder).ConfigureAwait(false);
            await using var _ = node.ConfigureAwait(false);
            var peer = await WirePeer.ConnectAsync(node.Port, chain.Params.Magic).ConfigureAwait(false);
            await using var __ = peer.ConfigureAwait(false);
            await peer.SendAsync(Frames(peer, before)).ConfigureAwait(false);
            await node.HavePoolAsync(WarmUp).ConfigureAwait(false);
            var bytes = Frames(peer, payments);
            var watch = Stopwatch.StartNew();
            await peer.SendAsync(bytes).ConfigureAwait(false);
            await node.HavePoolAsync(WarmUp + Count).ConfigureAwait(false);
            rates.Add(Count / watch.Elapsed.TotalSeconds);
            memory.Add(node.Memory);
        }

        return
        [
            new MeasureResult
            {
                Measure = Name, What = "20,000 P2PKH transactions from a socket", Unit = "tx/s", Runs = rates, Yardstick = "V1", YardstickRuns = yardsticks,
                Target = Goal.RatioAtLeast(0.80, "V1"), PeakMemory = memory.Max(),
            },
        ];
    }

    private static byte[] Frames(WirePeer peer, IEnumerable<Transaction> payments) => [.. payments.SelectMany(payment => peer.Frame(new TxMessage(payment)))];
}
