using Chain.Network;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Network;

public class BackoffTests(ITestOutputHelper output)
{
    [Fact]
    public void Next_WithoutJitter_DoublesUpToTheMost()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30), () => 0);
        Assert.Equal([0.5, 1, 2, 4, 8, 16, 30, 30, 30], Enumerable.Range(0, 9).Select(_ => backoff.Next().TotalSeconds));
        backoff.Reset();
        Assert.Equal(0.5, backoff.Next().TotalSeconds);
    }

    [Fact]
    public void Next_WithJitter_TakesOffUpToHalf()
    {
        var seed = Property.FirstSeed(output);
        var random = new Random(seed);
        var backoff = new Backoff(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30), () => (ulong)random.NextInt64());
        var waits = Enumerable.Range(0, 500).Select(_ => backoff.Next().TotalSeconds).ToList();
        Assert.True(waits.All(w => w is > 14.9 and <= 30), $"seed {seed}");
        Assert.True(waits.Max() - waits.Min() > 10, $"seed {seed}");
    }
}
