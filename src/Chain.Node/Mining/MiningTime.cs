using System.Diagnostics;
using System.Globalization;
using Chain.Core.Primitives;

namespace Chain.Node.Mining;

/// <summary>How long blocks will take to mine here, before anybody begins.</summary>
internal static class MiningTime
{
    /// <summary>What is tried to learn how fast this machine is: some milliseconds, or two tenths of a second on a slow one.</summary>
    private const ulong SampleSize = 1UL << 18;

    /// <summary>The longest that work which a person waits for may be expected to take.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>What a block costs beside its nonce: it is made, checked and stored.</summary>
    private static readonly TimeSpan PerBlock = TimeSpan.FromMilliseconds(5);

    /// <summary>The expected time for so many blocks with a target on so many threads; the longest there is where that is more.</summary>
    internal static TimeSpan Estimate(uint bits, long blocks, int threads)
    {
        var hashes = (double)Target.FromCompact(bits).Work * blocks;
        var overhead = PerBlock.TotalSeconds * blocks;

        // What takes no second at the slowest rate that is met needs no measuring.
        var seconds = hashes < SampleSize ? overhead : overhead + hashes / (Rate() * threads);
        return seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;
    }

    /// <summary>A time as people say it: about 3 hours.</summary>
    internal static string Words(TimeSpan time)
    {
        var (count, unit) = time.TotalDays >= 730 ? (time.TotalDays / 365, "years")
            : time.TotalDays >= 2 ? (time.TotalDays, "days")
            : time.TotalHours >= 2 ? (time.TotalHours, "hours")
            : time.TotalMinutes >= 2 ? (time.TotalMinutes, "minutes")
            : (Math.Max(2, time.TotalSeconds), "seconds");
        return string.Create(CultureInfo.InvariantCulture, $"about {count:#,0} {unit}");
    }

    /// <summary>Hashes a second of one thread, from a search that finds nothing.</summary>
    private static double Rate()
    {
        var start = Stopwatch.GetTimestamp();
        _ = NonceSearch.Find(new byte[BlockHeader.Size], Target.FromValue(1), 0, SampleSize, CancellationToken.None);
        return SampleSize / Math.Max(Stopwatch.GetElapsedTime(start).TotalSeconds, 1e-6);
    }
}
