using System.Diagnostics;

namespace Chain.Benchmarks.Processes;

/// <summary>Waits for a condition: looks again and again, up to a deadline.</summary>
public static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Waits until it is true. Throws <see cref="TimeoutException"/> after two minutes.</summary>
    public static async Task TrueAsync(Func<Task<bool>> isTrue, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await isTrue().ConfigureAwait(false))
        {
            if (watch.Elapsed > Patience) throw new TimeoutException($"Waited in vain: {what}");
            await Task.Delay(Pause).ConfigureAwait(false);
        }
    }
}
