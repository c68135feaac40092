using Chain.Core.Encoding;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Encoding;

public class ByteReaderTests
{
    private readonly ITestOutputHelper _output;

    public ByteReaderTests(ITestOutputHelper output) => _output = output;

    [Theory]
    [InlineData("fd0000")]
    [InlineData("fd0100")]
    [InlineData("fdfc00")]
    [InlineData("fe00000000")]
    [InlineData("fefc000000")]
    [InlineData("fefd000000")]
    [InlineData("feffff0000")]
    [InlineData("ff0000000000000000")]
    [InlineData("fffc00000000000000")]
    [InlineData("fffd00000000000000")]
    [InlineData("ffffff000000000000")]
    [InlineData("ff0000010000000000")]
    [InlineData("ffffffffff00000000")]
    public void Read_NonMinimalCompactSize_Throws(string hex) =>
        Assert.Throws<DecodeException>(() => new ByteReader(Hex.Bytes(hex)).ReadCompactSize());

    [Theory]
    [InlineData(0UL, "00")]
    [InlineData(1UL, "01")]
    [InlineData(0xfcUL, "fc")]
    [InlineData(0xfdUL, "fdfd00")]
    [InlineData(0xffUL, "fdff00")]
    [InlineData(0x100UL, "fd0001")]
    [InlineData(0xffffUL, "fdffff")]
    [InlineData(0x1_0000UL, "fe00000100")]
    [InlineData(0xffff_ffffUL, "feffffffff")]
    [InlineData(0x1_0000_0000UL, "ff0000000001000000")]
    [InlineData(ulong.MaxValue, "ffffffffffffffffff")]
    public void CompactSize_AtEveryEdge_HasOneForm(ulong value, string hex)
    {
        Assert.Equal(hex, Hex.Of(new ByteWriter().WriteCompactSize(value).WrittenSpan));
        Assert.Equal(hex.Length / 2, ByteWriter.CompactSizeLength(value));
        var reader = new ByteReader(Hex.Bytes(hex));
        Assert.Equal(value, reader.ReadCompactSize());
        reader.ExpectEnd();
    }

    [Fact]
    public void CompactSize_WrittenThenRead_IsTheSame() => Property.ForAll<ulong>(_output, 10_000, number =>
    {
        var value = number >> (int)(number & 63);
        var bytes = new ByteWriter().WriteCompactSize(value).ToArray();
        return bytes.Length == ByteWriter.CompactSizeLength(value) && new ByteReader(bytes).ReadCompactSize() == value;
    });

    [Theory]
    [InlineData("")]
    [InlineData("fd")]
    [InlineData("fdff")]
    [InlineData("fe")]
    [InlineData("feffffff")]
    [InlineData("ff")]
    [InlineData("ffffffffffffffff")]
    public void Read_CompactSizeCutOff_Throws(string hex) =>
        Assert.Throws<DecodeException>(() => new ByteReader(Hex.Bytes(hex)).ReadCompactSize());

    [Fact]
    public void Read_Integers_AreLittleEndianExceptPorts()
    {
        var reader = new ByteReader(Hex.Bytes("01" + "0201" + "208d" + "04030201" + "feffffff" + "0807060504030201" + "feffffffffffffff"));
        Assert.Equal(1, reader.ReadByte());
        Assert.Equal(0x0102, reader.ReadUInt16());
        Assert.Equal(8333, reader.ReadUInt16BigEndian());
        Assert.Equal(0x01020304u, reader.ReadUInt32());
        Assert.Equal(-2, reader.ReadInt32());
        Assert.Equal(0x0102030405060708u, reader.ReadUInt64());
        Assert.Equal(-2L, reader.ReadInt64());
        Assert.Equal(0, reader.Remaining);
        Assert.Equal(29, reader.Position);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Read_IntegerBeyondTheEnd_Throws(int size)
    {
        var data = new byte[size - 1];
        Assert.Throws<DecodeException>(() =>
        {
            var reader = new ByteReader(data);
            _ = size switch
            {
                1 => reader.ReadByte(),
                2 => reader.ReadUInt16(),
                4 => reader.ReadUInt32(),
                _ => reader.ReadUInt64(),
            };
        });
    }

    [Fact]
    public void Read_MoreBytesThanAreLeft_ThrowsAndStaysWhereItWas()
    {
        var reader = new ByteReader(new byte[4]);
        _ = reader.ReadUInt16();
        try
        {
            _ = reader.ReadMemory(3);
            Assert.Fail("three bytes of two were read");
        }
        catch (DecodeException)
        {
            Assert.Equal(2, reader.Position);
        }

        Assert.Throws<DecodeException>(() => new ByteReader(new byte[4]).ReadSpan(5));
        Assert.Throws<DecodeException>(() => new ByteReader(new byte[4]).ReadSpan(int.MaxValue));
    }

    [Theory]
    [InlineData("02" + "aabbccdd", 2, 2)]
    [InlineData("00", 41, 0)]
    [InlineData("04" + "aabbccdd", 1, 4)]
    public void ReadCount_ThatFitsIntoWhatIsLeft_IsGiven(string hex, int minimumItemSize, int expected) =>
        Assert.Equal(expected, new ByteReader(Hex.Bytes(hex)).ReadCount(minimumItemSize));

    [Theory]
    [InlineData("01", 1)]
    [InlineData("05" + "aabbccdd", 1)]
    [InlineData("03" + "aabbccdd", 2)]
    [InlineData("02" + "aabbcc", 2)]
    [InlineData("feffffff7f", 1)]
    [InlineData("feffffffff", 1)]
    [InlineData("ff0000000001000000", 1)]
    [InlineData("ffffffffffffffffff", 41)]
    public void ReadCount_ThatCannotFitIntoWhatIsLeft_Throws(string hex, int minimumItemSize) =>
        Assert.Throws<DecodeException>(() => new ByteReader(Hex.Bytes(hex)).ReadCount(minimumItemSize));

    [Theory]
    [InlineData("01")]
    [InlineData("02aa")]
    [InlineData("feffffffff")]
    [InlineData("ffffffffffffffffff")]
    public void ReadVarBytes_LongerThanWhatIsLeft_Throws(string hex) =>
        Assert.Throws<DecodeException>(() => new ByteReader(Hex.Bytes(hex)).ReadVarBytes());

    [Fact]
    public void ReadVarBytes_AHugeLength_AllocatesNothingForIt()
    {
        var data = Hex.Bytes("feffffff7f");
        var allocated = Allocation.Of(() => Assert.Throws<DecodeException>(() => new ByteReader(data).ReadVarBytes()));
        Assert.InRange(allocated, 0, 64 * 1024);
    }

    [Fact]
    public void ReadVarBytes_GivesASliceOfTheBuffer()
    {
        var data = Hex.Bytes("02aabbcc");
        var reader = new ByteReader(data);
        var bytes = reader.ReadVarBytes();
        data[1] = 0x11;
        Assert.Equal("11bb", Hex.Of(bytes.Span));
        Assert.Equal("02aabb", Hex.Of(new ByteReader(Hex.Bytes("02aabbcc")).Slice(0, 3).Span));
    }

    [Fact]
    public void Peek_AtTheEnd_IsNull()
    {
        var reader = new ByteReader(new byte[] { 7, 8 });
        Assert.Equal((byte)7, reader.Peek());
        Assert.Equal((byte)8, reader.Peek(1));
        Assert.Null(reader.Peek(2));
        Assert.Equal(0, reader.Position);
        _ = reader.ReadUInt16();
        Assert.Null(reader.Peek());
    }

    [Fact]
    public void ExpectEnd_WithBytesLeft_Throws() => Assert.Throws<DecodeException>(() => new ByteReader(new byte[1]).ExpectEnd());
}
