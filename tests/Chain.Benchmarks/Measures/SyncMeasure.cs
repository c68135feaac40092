using System.Diagnostics;
using Chain.Benchmarks.Harness;
using Chain.Benchmarks.Processes;
using Chain.Benchmarks.Workloads;
using Chain.Core.Consensus;

namespace Chain.Benchmarks.Measures;

/// <summary>
/// A node that runs and has nothing but genesis fetches 100,000 P2PKH spends from another one over loopback: two processes of
/// the published executable on the same processors. From the command that names the peer to the same tip: dialling, asking,
/// sending, all rules, each block and its undo durable; coins are written behind. The JIT of the node that fetches is cold.
/// </summary>
public sealed class SyncMeasure : IMeasure
{
    /// <inheritdoc/>
    public string Name => "sync";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MeasureResult>> RunAsync(MeasureContext context)
    {
        var chain = context.Chain;
        var from = context.NewFolder();
        Databases.Fill(chain, NodeProcess.DatabasePath(from));
        var server = await NodeProcess.StartAsync(from).ConfigureAwait(false);
        await using var _ = server.ConfigureAwait(false);
        List<double> rates = [], yardsticks = [], memory = [];
        for (var run = 0; run < context.Runs; run++)
        {
            yardsticks.Add(SignatureYardstick.Two(chain.Signatures));
            var folder = context.NewFolder();
            await File.WriteAllTextAsync(Path.Combine(folder, GenesisFile.FileName), GenesisFile.Write(chain.Params)).ConfigureAwait(false);
            var node = await NodeProcess.StartAsync(folder).ConfigureAwait(false);
            await using var __ = node.ConfigureAwait(false);
            var watch = Stopwatch.StartNew();
            await node.CallAsync("addnode", $"127.0.0.1:{server.Port}", "add").ConfigureAwait(false);
            await node.ReachAsync(chain.RawBlocks.Count).ConfigureAwait(false);
            rates.Add(chain.Signatures.Count / watch.Elapsed.TotalSeconds);
            memory.Add(node.Memory);
        }

        return
        [
            new MeasureResult
            {
                Measure = Name, What = "100,000 P2PKH spends from a peer process", Unit = "inputs/s", Runs = rates, Yardstick = "V2", YardstickRuns = yardsticks,
                Target = Goal.RatioAtLeast(0.70, "V2"), PeakMemory = memory.Max(), Note = $"the node that sends had {Figures.Text(server.Memory)} MB at most",
            },
        ];
    }
}
