using System.Diagnostics;
using Chain.Benchmarks.Harness;
using Chain.Benchmarks.Workloads;
using Chain.State;

namespace Chain.Benchmarks.Measures;

/// <summary>
/// Imports 100,000 P2PKH spends into a fresh database: decoding, all rules, all scripts, every block and its undo, and in the
/// end the coins and their index durable. From the creation of the database to the end of the last commit, in this process,
/// whose JIT is warm from the second run on. Blocks come from memory.
/// </summary>
public sealed class ImportMeasure : IMeasure
{
    /// <inheritdoc/>
    public string Name => "import";

    /// <inheritdoc/>
    public Task<IReadOnlyList<MeasureResult>> RunAsync(MeasureContext context)
    {
        var chain = context.Chain;
        List<double> rates = [], yardsticks = [], processor = [], shares = [];
        using var process = Process.GetCurrentProcess();
        for (var run = 0; run < context.Runs; run++)
        {
            var one = SignatureYardstick.One(chain.Signatures);
            yardsticks.Add(SignatureYardstick.Two(chain.Signatures));
            process.Refresh();
            var before = process.TotalProcessorTime;
            var watch = Stopwatch.StartNew();
            using (var chainstate = Databases.Import(chain.Params, chain.RawBlocks, Path.Combine(context.NewFolder(), "import.db"), new ChainstateOptions()))
            {
                rates.Add(chain.Signatures.Count / watch.Elapsed.TotalSeconds);
                if (chainstate.Tip.Height != chain.RawBlocks.Count) throw new InvalidOperationException("The import did not reach the tip.");
            }

            process.Refresh();
            processor.Add((process.TotalProcessorTime - before).TotalSeconds);
            shares.Add(chain.Signatures.Count / one / processor[^1]);
        }

        return Task.FromResult<IReadOnlyList<MeasureResult>>(
        [
            new MeasureResult
            {
                Measure = Name, What = "100,000 P2PKH spends, all durable", Unit = "inputs/s", Runs = rates, Yardstick = "V2", YardstickRuns = yardsticks,
                Target = Goal.RatioAtLeast(0.80, "V2"),
                Note = $"{Figures.Text(Figures.Median(processor))} processor seconds an import, closing included; libsecp256k1 alone takes {Figures.Text(100 * Figures.Median(shares))} % of them",
            },
        ]);
    }
}
