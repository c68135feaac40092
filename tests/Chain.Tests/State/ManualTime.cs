namespace Chain.Tests.State;

/// <summary>A clock that goes only when it is set.</summary>
internal sealed class ManualTime(long seconds) : TimeProvider
{
    /// <summary>The Unix time.</summary>
    public long Seconds { get; set; } = seconds;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(Seconds);
}
