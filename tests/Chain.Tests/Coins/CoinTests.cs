using Chain.Core.Coins;
using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Coins;

public class CoinTests
{
    private readonly ITestOutputHelper _output;

    public CoinTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void Read_OfWhatWasWritten_IsTheSame() => Property.Check(_output, 5_000, g =>
    {
        var coin = new Coin(new TxOut((g.Bits64() & long.MaxValue) % (Amount.MaxMoney + 1), g.Bytes()), g.Between(0, int.MaxValue), g.Bool());
        var writer = new ByteWriter();
        coin.Write(writer);
        var reader = new ByteReader(writer.ToArray());
        var read = Coin.Read(ref reader);
        reader.ExpectEnd();
        Assert.True(coin.ContentEquals(read));
        Assert.Equal((coin.Height, coin.IsCoinbase, coin.Amount), (read.Height, read.IsCoinbase, read.Amount));
    });

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("01" + "ffffffffffffffff" + "00")]
    [InlineData("01" + "0140075af0750700" + "00")]
    [InlineData("ff0000000001000000" + "0000000000000000" + "00")]
    [InlineData("01" + "0000000000000000" + "01")]
    public void Read_DamagedBytes_Throws(string hex) => Assert.Throws<DecodeException>(() =>
    {
        var reader = new ByteReader(Hex.Bytes(hex));
        return Coin.Read(ref reader);
    });

    [Fact]
    public void ContentEquals_AnyPartDiffers_IsFalse()
    {
        var coin = new Coin(new TxOut(5, new byte[] { 1 }), 7, isCoinbase: false);
        Assert.True(coin.ContentEquals(new Coin(new TxOut(5, new byte[] { 1 }), 7, isCoinbase: false)));
        Assert.False(coin.ContentEquals(new Coin(new TxOut(6, new byte[] { 1 }), 7, isCoinbase: false)));
        Assert.False(coin.ContentEquals(new Coin(new TxOut(5, new byte[] { 2 }), 7, isCoinbase: false)));
        Assert.False(coin.ContentEquals(new Coin(new TxOut(5, new byte[] { 1 }), 8, isCoinbase: false)));
        Assert.False(coin.ContentEquals(new Coin(new TxOut(5, new byte[] { 1 }), 7, isCoinbase: true)));
    }
}
