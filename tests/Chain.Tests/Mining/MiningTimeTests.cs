using Chain.Node.Mining;
using Chain.Tests.Kit;

namespace Chain.Tests.Mining;

/// <summary>How long mining is expected to take.</summary>
public sealed class MiningTimeTests
{
    [Fact]
    public void Estimate_EasyBlocks_AreAMatterOfSeconds()
    {
        Assert.InRange(MiningTime.Estimate(TestChains.EasyBits, 1, 1), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.InRange(MiningTime.Estimate(TestChains.EasyBits, 1_000, 1), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
    }

    /// <summary>No machine does 10^13 hashes a second on one thread.</summary>
    [Fact]
    public void Estimate_HardBlocks_AreOutOfReach()
    {
        Assert.True(MiningTime.Estimate(0x1d00ffff, 10_000_000, 1) > MiningTime.Longest);
        Assert.Equal(TimeSpan.MaxValue, MiningTime.Estimate(0x03000001, 1, 1));
    }

    [Fact]
    public void Estimate_MoreThreads_TakeLessTime()
    {
        // The rate is measured anew each time, and may vary.
        Assert.True(MiningTime.Estimate(0x1d00ffff, 1_000, 64) < MiningTime.Estimate(0x1d00ffff, 1_000, 1));
    }

    [Theory]
    [InlineData(0.2, "about 2 seconds")]
    [InlineData(90, "about 90 seconds")]
    [InlineData(600, "about 10 minutes")]
    [InlineData(10_800, "about 3 hours")]
    [InlineData(864_000, "about 10 days")]
    [InlineData(3e11, "about 9,513 years")]
    public void Words_AsPeopleSayIt(double seconds, string expected) => Assert.Equal(expected, MiningTime.Words(TimeSpan.FromSeconds(seconds)));
}
