using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Primitives;

public class BlockLocatorTests
{
    private readonly ITestOutputHelper _output;

    public BlockLocatorTests(ITestOutputHelper output) => _output = output;

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "1 0")]
    [InlineData(9, "9 8 7 6 5 4 3 2 1 0")]
    [InlineData(10, "10 9 8 7 6 5 4 3 2 1 0")]
    [InlineData(11, "11 10 9 8 7 6 5 4 3 2 0")]
    [InlineData(100, "100 99 98 97 96 95 94 93 92 91 89 85 77 61 29 0")]
    public void Heights_TenAreDenseThenStepsDouble(int tip, string expected) => Assert.Equal(expected, string.Join(' ', BlockLocator.Heights(tip)));

    [Theory]
    [InlineData(500_000)]
    [InlineData(int.MaxValue)]
    public void Heights_OfALongChain_AreFewAndFall(int tip)
    {
        var heights = BlockLocator.Heights(tip).ToArray();
        Assert.InRange(heights.Length, 12, 60);
        Assert.Equal(tip, heights[0]);
        Assert.Equal(0, heights[^1]);
        for (var i = 1; i < heights.Length; i++) Assert.True(heights[i] < heights[i - 1]);
    }

    [Fact]
    public void Read_OfWhatWasWritten_IsTheSame() => Property.Check(_output, 500, g =>
    {
        var locator = g.Locator();
        var writer = new ByteWriter();
        locator.Write(writer);
        var reader = new ByteReader(writer.ToArray());
        Assert.True(locator.Hashes.AsSpan().SequenceEqual(BlockLocator.Read(ref reader).Hashes.AsSpan()));
        reader.ExpectEnd();
    });

    [Fact]
    public void Read_MoreHashesThanAllowed_Throws()
    {
        var most = new ByteWriter().WriteCompactSize(BlockLocator.MaxSize).WriteBytes(new byte[BlockLocator.MaxSize * 32]).ToArray();
        var reader = new ByteReader(most);
        Assert.Equal(BlockLocator.MaxSize, BlockLocator.Read(ref reader).Hashes.Length);

        var oneMore = new ByteWriter().WriteCompactSize(BlockLocator.MaxSize + 1).WriteBytes(new byte[(BlockLocator.MaxSize + 1) * 32]).ToArray();
        Assert.Throws<DecodeException>(() => Read(oneMore));
        Assert.Throws<DecodeException>(() => Read(Hex.Bytes("01" + "00")));
    }

    private static BlockLocator Read(byte[] bytes)
    {
        var reader = new ByteReader(bytes);
        return BlockLocator.Read(ref reader);
    }
}
