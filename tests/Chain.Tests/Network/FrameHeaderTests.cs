using Chain.Network.Messages;

namespace Chain.Tests.Network;

public class FrameHeaderTests
{
    [Fact]
    public void Read_WrittenHeader_IsTheSame()
    {
        var header = new FrameHeader(0xd9b4bef9, "getheaders", 1234, 0xdeadbeef);
        var bytes = new byte[FrameHeader.Size];
        header.Write(bytes);
        Assert.Equal("f9beb4d9676574686561646572730000d2040000efbeadde", Convert.ToHexStringLower(bytes));
        Assert.Equal(header, FrameHeader.Read(bytes));
    }

    [Theory]
    [InlineData("76657261636b000000000001")]
    [InlineData("7600657261636b0000000000")]
    [InlineData("ff657261636b000000000000")]
    [InlineData("0a657261636b000000000000")]
    [InlineData("007665726163000000000000")]
    public void Read_CommandThatIsNoText_SaysSo(string command) =>
        Assert.False(FrameHeader.Read(Convert.FromHexString("f9beb4d9" + command + "000000005df6e0e2")).IsCommandText);

    [Fact]
    public void Read_CommandOfFullLength_IsTaken() =>
        Assert.Equal("abcdefghijkl", FrameHeader.Read(Convert.FromHexString("f9beb4d9" + "6162636465666768696a6b6c" + "000000005df6e0e2")).Command);

    [Fact]
    public void FormatMagic_MainNetwork_IsInSendingOrder() => Assert.Equal("f9beb4d9", FrameHeader.FormatMagic(0xd9b4bef9));
}
