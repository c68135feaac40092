using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Tests.Kit;

namespace Chain.Tests.Consensus;

public class HeaderRulesTests
{
    [Theory]
    [InlineData("5", 5u)]
    [InlineData("5 9", 9u)]
    [InlineData("9 5", 9u)]
    [InlineData("3 1 2", 2u)]
    [InlineData("1 2 3 4", 3u)]
    [InlineData("1 2 3 4 5 6 7 8 9 10 11", 6u)]
    [InlineData("11 10 9 8 7 6 5 4 3 2 1", 6u)]
    [InlineData("99 1 2 3 4 5 6 7 8 9 10 11", 6u)]
    [InlineData("0 0 0 0 0 0 7 7 7 7 7 7", 7u)]
    public void MedianTimePast_IsTheMiddleOfTheLastElevenTimes(string times, uint expected) =>
        Assert.Equal(expected, HeaderRules.MedianTimePast(Chain(times.Split(' ').Select(t => uint.Parse(t, System.Globalization.CultureInfo.InvariantCulture)))));

    [Fact]
    public void Accept_TimeAtTheMedian_IsTooOldAndOneLaterIsNot()
    {
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlocks("b", 11);
        var median = HeaderRules.MedianTimePast(g.Tip);
        Assert.True(median < g.Tip.Header.Time);
        Assert.Equal(RuleError.TimeTooOld, Judge(g, median)?.Error);
        Assert.Null(Judge(g, median + 1));
    }

    [Fact]
    public void Accept_TimeTwoHoursAhead_IsTheLatest()
    {
        var g = new ChainBuilder(TestChains.Private);
        var now = g.Tip.Header.Time + 100;
        Assert.Null(Judge(g, now + 7200, now));
        Assert.Equal(RuleError.TimeTooNew, Judge(g, now + 7201, now)?.Error);
        Assert.Equal(RuleError.TimeTooNew, Judge(g, uint.MaxValue, now)?.Error);
        Assert.Null(Judge(g, uint.MaxValue, uint.MaxValue));
    }

    [Theory]
    [InlineData(0, 0, 0, 3, "bad-version(0x00000003)")]
    [InlineData(0, 0, 0, 4, null)]
    [InlineData(0, 0, 0, -1, "bad-version(0xffffffff)")]
    [InlineData(0, 0, 100, 2, "bad-version(0x00000002)")]
    [InlineData(0, 0, 100, 3, null)]
    [InlineData(0, 100, 100, 1, "bad-version(0x00000001)")]
    [InlineData(0, 100, 100, 2, null)]
    [InlineData(100, 100, 100, 1, null)]
    [InlineData(100, 100, 100, int.MinValue, null)]
    [InlineData(2, 2, 2, 1, null)]
    [InlineData(1, 1, 1, 1, "bad-version(0x00000001)")]
    public void Accept_Version_RisesWithTheRules(int bip34, int bip66, int bip65, int version, string? expected)
    {
        var p = TestChains.Private with { Bip34Height = bip34, Bip66Height = bip66, Bip65Height = bip65 };
        var g = new ChainBuilder(p);
        var block = g.NextBlock("b1", d => d.Version = version);
        Assert.Equal(expected, HeaderRules.Accept(block.Header, block.Parent!, g.Now, p)?.RejectReason);
    }

    private static RuleViolation? Judge(ChainBuilder g, uint time, long? now = null)
    {
        var tip = g.Tip;
        var header = new BlockHeader(BlockDraft.CommonVersion, tip.Hash, default, time, tip.Header.Bits, nonce: 0);
        return HeaderRules.Accept(header, tip, now ?? g.Now, g.Params);
    }

    private static BuiltBlock Chain(IEnumerable<uint> times) =>
        times.Aggregate((BuiltBlock?)null, (parent, time) =>
            new BuiltBlock("h", new Block(new BlockHeader(1, parent?.Hash ?? BlockHash.Zero, default, time, TestChains.EasyBits, 0), []), parent))!;
}
