using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Tests.Kit;

namespace Chain.Tests.Consensus;

public class SubsidyTests
{
    [Theory]
    [InlineData(0, 50_0000_0000)]
    [InlineData(209_999, 50_0000_0000)]
    [InlineData(210_000, 25_0000_0000)]
    [InlineData(419_999, 25_0000_0000)]
    [InlineData(420_000, 12_5000_0000)]
    [InlineData(630_000, 6_2500_0000)]
    [InlineData(840_000, 3_1250_0000)]
    [InlineData(32 * 210_000, 1)]
    [InlineData(33 * 210_000, 0)]
    [InlineData(63 * 210_000, 0)]
    [InlineData(64 * 210_000, 0)]
    [InlineData(int.MaxValue, 0)]
    public void At_EveryHalving_IsHalfRoundedDown(int height, long satoshis) =>
        Assert.Equal(satoshis, Subsidy.At(height, TestChains.Regtest with { HalvingInterval = 210_000 }).Satoshis);

    [Fact]
    public void At_AllHeightsOfBitcoin_SumToThePublishedSupply()
    {
        var p = TestChains.Regtest with { HalvingInterval = 210_000 };
        var sum = 0L;
        for (var halving = 0; halving < 70; halving++) sum += 210_000 * Subsidy.At(halving * 210_000, p).Satoshis;
        Assert.Equal(2_099_999_997_690_000, sum);
        Assert.True(Amount.IsInRange(sum));
    }

    [Fact]
    public void At_WithoutHalving_IsTheSameForEver()
    {
        Assert.Equal(10 * Amount.Coin, Subsidy.At(0, TestChains.Private).Satoshis);
        Assert.Equal(10 * Amount.Coin, Subsidy.At(int.MaxValue, TestChains.Private).Satoshis);
    }
}
