using System.Diagnostics;
using System.Text.Json;
using Chain.Benchmarks.Workloads;
using Chain.Core.Consensus;
using Chain.State;

namespace Chain.Benchmarks.Processes;

/// <summary>What an import in a process of its own gave: wall and processor seconds, peak resident MB of that process.</summary>
public sealed record ImportOutcome(double Seconds, double ProcessorSeconds, double PeakMemory);

/// <summary>
/// An import in a child process that reads its blocks from a file one by one, so that neither workload nor harness counts in
/// its memory.
/// </summary>
public static class ImportChild
{
    /// <summary>The first argument that makes this program such a child.</summary>
    public const string Command = "child-import";

    /// <summary>Runs a child. <paramref name="warmUp"/> blocks are imported into another database first, for the JIT.</summary>
    public static async Task<ImportOutcome> RunAsync(ChainParams p, string blockFile, string folder, ChainstateOptions options, int warmUp)
    {
        var genesis = Path.Combine(folder, GenesisFile.FileName);
        await File.WriteAllTextAsync(genesis, GenesisFile.Write(p)).ConfigureAwait(false);
        var output = await ChainProgram.RunAsync(ChainProgram.Start(ChainProgram.This,
            [Command, genesis, blockFile, folder, $"{options.MaxDirtyCoins}", $"{options.MaxCachedCoins}", $"{warmUp}"])).ConfigureAwait(false);
        return JsonSerializer.Deserialize<ImportOutcome>(output)!;
    }

    /// <summary>What the child does.</summary>
    public static void Run(string[] args)
    {
        var p = GenesisFile.TryParse(File.ReadAllText(args[0]), out var error) ?? throw new InvalidOperationException(error);
        var numbers = args[3..].Select(int.Parse).ToArray();
        var options = new ChainstateOptions { MaxDirtyCoins = numbers[0], MaxCachedCoins = numbers[1] };
        if (numbers[2] > 0) Databases.Import(p, BlockFile.Read(args[1]).Take(numbers[2]), Path.Combine(args[2], "warm.db"), options).Dispose();
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        using var chainstate = Databases.Import(p, BlockFile.Read(args[1]), Path.Combine(args[2], "import.db"), options);
        var seconds = watch.Elapsed.TotalSeconds;
        process.Refresh();
        Console.WriteLine(JsonSerializer.Serialize(
            new ImportOutcome(seconds, (process.TotalProcessorTime - before).TotalSeconds, PeakMemory.Of(Environment.ProcessId))));
    }
}
