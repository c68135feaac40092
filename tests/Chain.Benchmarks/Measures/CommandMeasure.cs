using System.Diagnostics;
using Chain.Benchmarks.Harness;
using Chain.Benchmarks.Processes;

namespace Chain.Benchmarks.Measures;

/// <summary>
/// <c>chain getbalance</c>, of an address and of the wallet, as a whole process of the published executable, where no node runs
/// and where one does, in turns with a program that does nothing and is packed in the same way. Each run is the median of 21
/// processes.
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
        (string What, string[] Arguments)[] commands =
        [
            ("getbalance --address", ["getbalance", "--address", address, "--datadir", folder]),
            ("getbalance of the wallet", ["getbalance", "--datadir", folder]),
        ];

        // The first look at the wallet after a payment leaves what the next ones need.
        _ = await RunAsync(chain, commands[1].Arguments).ConfigureAwait(false);
        List<MeasureResult> results = [];
        foreach (var (what, arguments) in commands) results.Add(await CompareAsync(context, $"{what}, a whole process, no node", chain, arguments, empty).ConfigureAwait(false));
        var node = await NodeProcess.StartAsync(folder, program: [chain]).ConfigureAwait(false);
        await using (node.ConfigureAwait(false))
        {
            foreach (var (what, arguments) in commands) results.Add(await CompareAsync(context, $"{what}, asks the node", chain, arguments, empty).ConfigureAwait(false));
        }

        return results;
    }

    private async Task<MeasureResult> CompareAsync(MeasureContext context, string what, string chain, string[] arguments, string empty)
    {
        List<double> command = [], nothing = [];
        for (var run = 0; run < context.Runs; run++)
        {
            List<double> mine = [], bare = [];
            for (var i = 0; i < Processes; i++)
            {
                mine.Add(await TimeAsync(chain, arguments).ConfigureAwait(false));
                bare.Add(await TimeAsync(empty).ConfigureAwait(false));
            }

            command.Add(Figures.Median(mine));
            nothing.Add(Figures.Median(bare));
        }

        return new MeasureResult
        {
            Measure = Name,
            What = what,
            Unit = "ms",
            Runs = command,
            Target = Goal.AtMost(45, "ms"),
            Yardstick = "empty",
            YardstickRuns = nothing,
        };
    }

    private static async Task<double> TimeAsync(string program, params string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        _ = await RunAsync(program, arguments).ConfigureAwait(false);
        return watch.Elapsed.TotalMilliseconds;
    }

    private static Task<string> RunAsync(string program, params string[] arguments) => ChainProgram.RunAsync(ChainProgram.Start([program], arguments));
}
