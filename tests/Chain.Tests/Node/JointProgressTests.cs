using Chain.Node.Snapshots;

namespace Chain.Tests.Node;

/// <summary>Several parts of one work tell from threads of their own how far they are.</summary>
public sealed class JointProgressTests
{
    [Fact]
    public void Tell_FromManyThreads_OneAtATimeAndNeverLess()
    {
        const int Parts = 4, Steps = 2_000;
        var told = new List<double>();
        var inside = 0;
        var joint = new JointProgress(Parts, part =>
        {
            Assert.Equal(1, Interlocked.Increment(ref inside));
            told.Add(part);
            Interlocked.Decrement(ref inside);
        });
        Parallel.For(0, Parts, part =>
        {
            for (var i = 1; i <= Steps; i++) joint.Tell(part, (double)i / Steps);
        });
        Assert.Equal(Parts * Steps, told.Count);
        Assert.Equal(told.Order(), told);
        Assert.Equal(1, told[^1], 9);
    }

    [Fact]
    public void Tell_Less_IsNotTold()
    {
        var told = new List<double>();
        var joint = new JointProgress(2, told.Add);
        joint.Tell(0, 0.5);
        joint.Tell(0, 0.25);
        joint.Tell(1, 0.5);
        Assert.Equal([0.25, 0.5], told);
    }
}
