using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Chain.Core.Primitives;
using Chain.Node.Mining;

namespace Chain.Benchmarks.Processes;

/// <summary>
/// Hash rates in a child process, which can be told not to use what the processor has: the JIT compiles the same kernel
/// otherwise then.
/// </summary>
public static class HashChild
{
    /// <summary>The first argument that makes this program such a child.</summary>
    public const string Command = "child-hash";

    private const ulong Batch = 1 << 22;
    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(0.5);

    /// <summary>The rates of some runs in millions of headers a second on one thread; none where the processor lacks what the kernel needs.</summary>
    public static async Task<double[]> RunAsync(string kind, int runs, bool hasAvx512)
    {
        var start = ChainProgram.Start(ChainProgram.This, [Command, kind, runs.ToString(CultureInfo.InvariantCulture)]);
        if (!hasAvx512) start.Environment["DOTNET_EnableAVX512"] = "0";
        return JsonSerializer.Deserialize<double[]>(await ChainProgram.RunAsync(start).ConfigureAwait(false))!;
    }

    /// <summary>What the child does.</summary>
    public static void Run(string[] args)
    {
        var kind = Enum.Parse<NonceKernelKind>(args[0]);
        var rates = new List<double>();
        if (NonceSearch.IsSupported(kind))
        {
            _ = Rate(kind);
            for (var i = 0; i < int.Parse(args[1], CultureInfo.InvariantCulture); i++) rates.Add(Rate(kind));
        }

        Console.WriteLine(JsonSerializer.Serialize(rates));
    }

    private static double Rate(NonceKernelKind kind)
    {
        var header = new byte[BlockHeader.Size];
        var never = Target.FromValue(1);
        var hashes = 0UL;
        var watch = Stopwatch.StartNew();
        for (; watch.Elapsed < RunTime; hashes += Batch)
        {
            if (NonceSearch.Find(kind, header, never, unchecked((uint)hashes), Batch, CancellationToken.None) is not null)
                throw new InvalidOperationException("A target that nothing meets was met.");
        }

        return hashes / watch.Elapsed.TotalSeconds / 1e6;
    }
}
