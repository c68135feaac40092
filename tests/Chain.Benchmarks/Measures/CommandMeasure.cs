using System.Diagnostics;
using Chain.Benchmarks.Harness;
using Chain.Benchmarks.Processes;

namespace Chain.Benchmarks.Measures;

/// <summary>
/// <c>chain getbalance --address A</c> as a whole process of the published executable, where no node runs, in turns
/// with a program that does nothing and is packed in the same way. Each run is the median of 21 processes.
/// </summary>
public sealed class CommandMeasure : IMeasure
{
    private const int Processes = 21;

    /// <inheritdoc/>
    public string Name => "command";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MeasureResult>> RunAsync(MeasureContext context)
    {
        var (chain, empty) = (await SingleFile.ChainAsync().ConfigureAwait(false), await SingleFile.EmptyAsync().ConfigureAwait(false));
        var folder = context.NewFolder();
        var address = (await RunAsync(chain, "createwallet", "--datadir", folder).ConfigureAwait(false)).Trim().Split(' ')[^1];
        _ = await RunAsync(chain, "createblockchain", "--address", address, "--datadir", folder).ConfigureAwait(false);
        _ = await RunAsync(chain, "send", "--from", address, "--to", address, "--amount", "1", "--mine", "--datadir", folder).ConfigureAwait(false);
        string[] balance = ["getbalance", "--address", address, "--datadir", folder];
        List<double> alone = [], nothing = [];
        for (var run = 0; run < context.Runs; run++)
        {
            List<double> mine = [], bare = [];
            for (var i = 0; i < Processes; i++)
            {
                mine.Add(await TimeAsync(chain, balance).ConfigureAwait(false));
                bare.Add(await TimeAsync(empty).ConfigureAwait(false));
            }

            alone.Add(Figures.Median(mine));
            nothing.Add(Figures.Median(bare));
        }

        return
        [
            new MeasureResult
            {
                Measure = Name, What = "getbalance, published executable, a whole process", Unit = "ms", Runs = alone, Target = Goal.AtMost(45, "ms"),
                Yardstick = "empty", YardstickRuns = nothing,
            },
        ];
    }

    private static async Task<double> TimeAsync(string program, params string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        _ = await RunAsync(program, arguments).ConfigureAwait(false);
        return watch.Elapsed.TotalMilliseconds;
    }

    private static Task<string> RunAsync(string program, params string[] arguments) => ChainProgram.RunAsync(ChainProgram.Start([program], arguments));
}
