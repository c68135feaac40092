using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chain.Benchmarks.Harness;

/// <summary>All results as one table for people and as JSON for programs.</summary>
public static class MeasureReport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The table: measure, figure, yardstick, ratio, target, met or not, memory.</summary>
    public static void WriteTable(IReadOnlyList<MeasureResult> results, TextWriter output)
    {
        string[] head = ["measure", "what", "figure", "yardstick", "ratio", "target", "met", "memory"];
        var rows = results.Select(Row).Prepend(head).ToList();
        var widths = Enumerable.Range(0, head.Length).Select(i => rows.Max(row => row[i].Length)).ToList();
        foreach (var row in rows) output.WriteLine(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
        foreach (var result in results.Where(result => result.Note.Length > 0)) output.WriteLine($"  {result.Measure}: {result.Note}");
    }

    /// <summary>Writes the same as JSON, with each run.</summary>
    public static void WriteJson(IReadOnlyList<MeasureResult> results, string loadBefore, string loadAfter, string path)
    {
        var json = new JsonObject
        {
            ["processors"] = Environment.ProcessorCount,
            ["runtime"] = Environment.Version.ToString(),
            ["loadBefore"] = loadBefore,
            ["loadAfter"] = loadAfter,
            ["results"] = new JsonArray([.. results.Select(Json)]),
        };
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, json.ToJsonString(Indented) + "\n");
    }

    private static string[] Row(MeasureResult r) =>
    [
        r.Measure, r.What, $"{Figures.Text(r.Figure)} {r.Unit}",
        r.YardstickFigure is { } yardstick ? $"{r.Yardstick} {Figures.Text(yardstick)}" : "",
        r.Ratio is { } ratio ? Figures.Text(ratio) : "", r.Target.ToString(), r.IsMet ? "met" : "NOT MET",
        r.PeakMemory is { } memory ? $"{Figures.Text(memory)} MB" : "",
    ];

    private static JsonNode Json(MeasureResult r) => new JsonObject
    {
        ["measure"] = r.Measure,
        ["what"] = r.What,
        ["figure"] = Round(r.Figure),
        ["unit"] = r.Unit,
        ["runs"] = new JsonArray([.. r.Runs.Select(run => (JsonNode)Round(run))]),
        ["yardstick"] = r.Yardstick,
        ["yardstickFigure"] = r.YardstickFigure is { } yardstick ? Round(yardstick) : null,
        ["ratio"] = r.Ratio is { } ratio ? Round(ratio) : null,
        ["target"] = r.Target.ToString(),
        ["met"] = r.IsMet,
        ["peakMemoryMB"] = r.PeakMemory is { } memory ? Round(memory) : null,
        ["note"] = r.Note,
    };

    private static double Round(double value) => double.Parse(value.ToString("G5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
