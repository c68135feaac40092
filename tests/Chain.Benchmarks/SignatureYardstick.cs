using System.Diagnostics;
using Chain.Core.Cryptography;

namespace Chain.Benchmarks;

/// <summary>
/// What everything is measured against: how many signatures libsecp256k1 itself checks in a second, parsing of key and
/// signature included, on the same signatures and cores.
/// </summary>
public static class SignatureYardstick
{
    /// <summary>The rate on this many threads.</summary>
    public static double Measure(IReadOnlyList<SignatureSample> samples, int threads)
    {
        var share = samples.Count / threads;
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
