using System.Runtime.CompilerServices;

namespace Chain.Tests.Network;

/// <summary>Waits for what another task will bring about; the deadline is generous, since it is only met by failures.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static async Task TrueAsync(Func<bool> condition, Action? meanwhile = null, [CallerArgumentExpression(nameof(condition))] string? text = null)
    {
        var end = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(end) < Deadline, $"did not become true: {text}");
            meanwhile?.Invoke();
            await Task.Delay(2);
        }
    }

    /// <summary>The task's result, within the deadline.</summary>
    public static Task<T> ResultAsync<T>(Task<T> task) => task.WaitAsync(Deadline);
}
