using System.Diagnostics;
using Chain.Core.Cryptography;

namespace Chain.Benchmarks.Workloads;

/// <summary>
/// What everything is measured against: how many signatures libsecp256k1 itself checks in a second, parsing of key and
/// signature included, on the same signatures and cores.
/// </summary>
public static class SignatureYardstick
{
    private const int SamplesPerThread = 25_000;

    /// <summary>V1: the rate on one thread, in signatures a second.</summary>
    public static double One(IReadOnlyList<SignatureSample> samples) => Measure(samples, threads: 1);

    /// <summary>V2: the rate on two threads, in signatures a second.</summary>
    public static double Two(IReadOnlyList<SignatureSample> samples) => Measure(samples, threads: 2);

    /// <summary>The rate on this many threads.</summary>
    private static double Measure(IReadOnlyList<SignatureSample> samples, int threads)
    {
        var share = Math.Min(SamplesPerThread, samples.Count / threads);
        var failed = 0;
        var watch = Stopwatch.StartNew();
        var workers = Enumerable.Range(0, threads).Select(t => new Thread(() =>
        {
            for (var i = t * share; i < (t + 1) * share; i++)
            {
                if (!Secp256k1.Verify(samples[i].PublicKey, samples[i].Signature, samples[i].MessageHash)) Interlocked.Increment(ref failed);
            }
        })).ToList();
        foreach (var worker in workers) worker.Start();
        foreach (var worker in workers) worker.Join();
        if (failed > 0) throw new InvalidOperationException($"{failed} signatures of the workload are wrong.");
        return share * threads / watch.Elapsed.TotalSeconds;
    }
}
