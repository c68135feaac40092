using System.Diagnostics;
using System.Globalization;
using Chain.Benchmarks.Measures;

namespace Chain.Benchmarks.Harness;

/// <summary>Runs measures by their names, one after the other, and reports.</summary>
public static class MeasureRunner
{
    private const int FullRuns = 5;

    private static readonly IMeasure[] All =
    [
        new ImportMeasure(), new MemoryMeasure(), new GrowthMeasure(), new SyncMeasure(), new TipMeasure(), new CoinsMeasure(), new ReadsMeasure(),
        new MempoolMeasure(), new TemplateMeasure(), new RelayMeasure(), new MiningMeasure(), new NewWorkMeasure(), new RpcMeasure(), new LoadMeasure(), new StartMeasure(),
        new CommandMeasure(),
    ];

    /// <summary>
    /// Runs the measures that are named, all where none is. <c>--quick</c> takes each figure once instead of five times,
    /// <c>--json PATH</c> says where the results go. Gives 0, 1 where a measure could not be
    /// taken, 2 where a name means nothing; a target that is missed is no failure of the run.
    /// </summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        var json = Path.Combine("artifacts", "bench.json");
        var runs = FullRuns;
        var names = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--quick") runs = 1;
            else if (args[i] == "--json" && i + 1 < args.Length) json = args[++i];
            else names.Add(args[i]);
        }

        if (names.Find(name => !All.Any(measure => measure.Name == name)) is { } unknown)
        {
            output.WriteLine($"There is no measure '{unknown}'. There are: {string.Join(' ', All.Select(measure => measure.Name))}. --filter * runs the micro-benchmarks.");
            return 2;
        }

        var loadBefore = Load();
        output.WriteLine($"{Environment.ProcessorCount} processors, load {loadBefore}, median of {runs}");
        var (results, failed) = await RunAsync(All.Where(measure => names.Count == 0 || names.Contains(measure.Name)), runs, output).ConfigureAwait(false);
        var loadAfter = Load();
        output.WriteLine();
        MeasureReport.WriteTable(results, output);
        output.WriteLine($"load {loadAfter} in the end; written to {json}");
        MeasureReport.WriteJson(results, loadBefore, loadAfter, json);
        if (failed.Count == 0) return 0;
        output.WriteLine($"Not measured: {string.Join(' ', failed)}");
        return 1;
    }

    private static async Task<(List<MeasureResult> Results, List<string> Failed)> RunAsync(IEnumerable<IMeasure> measures, int runs, TextWriter output)
    {
        List<MeasureResult> results = [];
        List<string> failed = [];
        using var context = new MeasureContext(runs, output);
        foreach (var measure in measures)
        {
            var watch = Stopwatch.StartNew();
            try
            {
                results.AddRange(await measure.RunAsync(context).ConfigureAwait(false));
            }
            catch (Exception e)
            {
                // The others can still be measured.
                failed.Add(measure.Name);
                output.WriteLine($"  {measure.Name} FAILED: {e.Message}");
            }

            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {measure.Name} took {watch.Elapsed.TotalSeconds:0.0} s"));
        }

        return (results, failed);
    }

    /// <summary>The load averages of 1, 5 and 15 minutes.</summary>
    private static string Load() => File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]) : "unknown";
}
