using Chain.Core.Encoding;
using Chain.Tests.Kit;

namespace Chain.Tests.Encoding;

public class ByteWriterTests
{
    [Fact]
    public void Write_Integers_AreLittleEndianExceptPorts()
    {
        var writer = new ByteWriter(1)
            .WriteByte(1).WriteUInt16(0x0102).WriteUInt16BigEndian(8333).WriteUInt32(0x01020304).WriteInt32(-2)
            .WriteUInt64(0x0102030405060708).WriteInt64(-2);
        Assert.Equal("01" + "0201" + "208d" + "04030201" + "feffffff" + "0807060504030201" + "feffffffffffffff", Hex.Of(writer.WrittenSpan));
        Assert.Equal(29, writer.Length);
    }

    [Fact]
    public void WriteVarBytes_PutsTheLengthBefore() => Assert.Equal("03aabbcc", Hex.Of(new ByteWriter().WriteVarBytes(Hex.Bytes("aabbcc")).WrittenSpan));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256)]
    public void Write_BeyondTheFirstRoom_Grows(int capacity)
    {
        var writer = new ByteWriter(capacity);
        for (var i = 0; i < 1000; i++) writer.WriteByte((byte)(i & 0xff));
        writer.WriteBytes(new byte[100_000]);
        Assert.Equal(101_000, writer.Length);
        for (var i = 0; i < 1000; i++) Assert.Equal((byte)(i & 0xff), writer.WrittenSpan[i]);
    }

    [Fact]
    public void Take_GivesRoomThatCountsAsWritten()
    {
        var writer = new ByteWriter();
        writer.Take(2)[1] = 7;
        Assert.Equal(2, writer.Length);
        Assert.Equal(7, writer.WrittenSpan[1]);
    }

    [Fact]
    public void Clear_ForgetsWhatWasWritten()
    {
        var writer = new ByteWriter().WriteUInt32(1);
        writer.Clear();
        Assert.Equal(0, writer.Length);
        Assert.Equal("02", Hex.Of(writer.WriteByte(2).ToArray()));
    }
}
