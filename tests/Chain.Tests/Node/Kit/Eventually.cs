using System.Diagnostics;
using Xunit.Sdk;

namespace Chain.Tests.Node.Kit;

/// <summary>Waits for what another process or task is about to do: looks again and again, up to a deadline.</summary>
internal static class Eventually
{
    /// <summary>Long enough for a busy machine; nothing that works takes it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits until it is true; <paramref name="what"/> says in the failure what was waited for.</summary>
    public static Task TrueAsync(Func<bool> isTrue, Func<string> what, TimeSpan? patience = null) =>
        TrueAsync(() => Task.FromResult(isTrue()), what, patience);

    /// <summary>Waits until it is true.</summary>
    public static async Task TrueAsync(Func<Task<bool>> isTrue, Func<string> what, TimeSpan? patience = null)
    {
        var limit = patience ?? Patience;
        var clock = Stopwatch.StartNew();
        while (!await isTrue())
        {
            if (clock.Elapsed > limit) throw new XunitException($"Not within {limit.TotalSeconds} seconds: {what()}");
            await Task.Delay(Pause);
        }
    }

    /// <summary>Waits until both are equal.</summary>
    public static async Task EqualAsync<T>(T expected, Func<Task<T>> actual, string what, TimeSpan? patience = null)
    {
        var last = default(T);
        await TrueAsync(async () => EqualityComparer<T>.Default.Equals(expected, last = await actual()), () => $"{what} is {expected}; it is {last}", patience);
    }
}
