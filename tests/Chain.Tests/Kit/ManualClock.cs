namespace Chain.Tests.Kit;

/// <summary>A clock that stands where a test puts it.</summary>
public sealed class ManualClock : TimeProvider
{
    private DateTimeOffset _now;

    public ManualClock(long unixSeconds) => _now = DateTimeOffset.FromUnixTimeSeconds(unixSeconds);

    public override DateTimeOffset GetUtcNow() => _now;

    public void SetTo(long unixSeconds) => _now = DateTimeOffset.FromUnixTimeSeconds(unixSeconds);

    public void Advance(TimeSpan span) => _now += span;
}
