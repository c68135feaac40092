using Chain.Benchmarks.Harness;
using Chain.Benchmarks.Processes;

namespace Chain.Benchmarks.Measures;

/// <summary>
/// Headers hashed a second on one thread, for each kind of processor: the search of a miner with a target that nothing meets.
/// Where AVX-512 is not to be used, it is turned off for the whole process.
/// </summary>
public sealed class MiningMeasure : IMeasure
{
    /// <inheritdoc/>
    public string Name => "mining";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MeasureResult>> RunAsync(MeasureContext context)
    {
        var results = new List<MeasureResult>();
        foreach (var (kind, what, hasAvx512, target) in new[]
        {
            ("Vector512", "AVX-512, 16 lanes, one core", true, 45),
            ("Vector256Avx512", "AVX-512VL, 8 lanes, one core", true, 20),
            ("Vector256", "AVX2 alone, 8 lanes, one core", false, 6),
        })
        {
            var rates = await HashChild.RunAsync(kind, context.Runs, hasAvx512).ConfigureAwait(false);
            if (rates.Length == 0) context.Progress.WriteLine($"  {what}: this processor has none");
            else results.Add(new MeasureResult { Measure = Name, What = what, Unit = "MH/s", Runs = rates, Target = Goal.AtLeast(target, "MH/s") });
        }

        return results;
    }
}
