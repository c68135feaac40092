using System.Diagnostics;
using System.Globalization;
using Chain.State;
using Chain.State.Storage;

namespace Chain.Benchmarks;

/// <summary>
/// Imports a chain of P2PKH spends into a fresh database: decoding, all rules, all scripts, every block and its undo
/// durable, the coins and their index durable at the end. In inputs a second, beside the yardstick of the same run.
/// </summary>
public static class ImportBenchmark
{
    /// <summary>Runs it and prints a table.</summary>
    public static void Run(int blocks, int spendsPerBlock, int runs, TextWriter output)
    {
        var chain = SpendChain.Create(blocks, spendsPerBlock);
        var inputs = blocks * spendsPerBlock;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"import: {inputs} P2PKH spends in {blocks} blocks of {spendsPerBlock}, {runs} runs, {Environment.ProcessorCount} processors"));
        output.WriteLine("  run   import/s       V1/s       V2/s   import/V2");
        var rates = new List<(double Import, double One, double Two)>();
        for (var run = 1; run <= runs; run++)
        {
            if (Environment.GetEnvironmentVariable("ONLY") is not null) { Console.WriteLine(inputs / Import(chain)); continue; }
            var one = SignatureYardstick.Measure([.. chain.Signatures.Take(inputs / 4)], threads: 1);
            var two = SignatureYardstick.Measure([.. chain.Signatures.Take(inputs / 2)], threads: 2);
            var import = inputs / Import(chain);
            rates.Add((import, one, two));
            output.WriteLine(Row(run.ToString(CultureInfo.InvariantCulture), import, one, two));
        }

        output.WriteLine(Row("med", Median(rates.Select(r => r.Import)), Median(rates.Select(r => r.One)), Median(rates.Select(r => r.Two))));
        using var process = Process.GetCurrentProcess();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  peak memory of this process, the workload of {chain.RawBlocks.Sum(b => (long)b.Length) / 1_000_000} MB and its signatures included: {process.PeakWorkingSet64 / 1_000_000} MB"));
    }

    private static double Import(SpendChain chain)
    {
        var folder = Directory.CreateTempSubdirectory("chain-import-");
        try
        {
            var cpu0 = Process.GetCurrentProcess().TotalProcessorTime;
            var al0 = GC.GetTotalAllocatedBytes();
            var watch = Stopwatch.StartNew();
            using (var chainstate = Chainstate.Create(ChainDatabase.Open(Path.Combine(folder.FullName, "import.db")), chain.Params, new ChainstateOptions(), TimeProvider.System))
            {
                if (BlockImporter.Import(chainstate, chain.RawBlocks.Select(raw => (ReadOnlyMemory<byte>)raw), out var broken)?.Outcome != BlockOutcome.Accepted || broken)
                    throw new InvalidOperationException("A block of the workload was refused.");
                chainstate.Flush();
                watch.Stop();
                if (chainstate.Tip.Height != chain.RawBlocks.Count) throw new InvalidOperationException("The import did not reach the tip.");
            }

            Console.WriteLine($"   cpu {(Process.GetCurrentProcess().TotalProcessorTime - cpu0).TotalMilliseconds:0} ms wall {watch.ElapsedMilliseconds} alloc {(GC.GetTotalAllocatedBytes()-al0)/1000000} MB gen0 {GC.CollectionCount(0)} gen2 {GC.CollectionCount(2)}");
            return watch.Elapsed.TotalSeconds;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Row(string name, double import, double one, double two) =>
        string.Create(CultureInfo.InvariantCulture, $"  {name,3} {import,10:0} {one,10:0} {two,10:0} {import / two,11:0.00}");

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
