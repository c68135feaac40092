using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Primitives;

public class OutPointTests
{
    private readonly ITestOutputHelper _output;

    public OutPointTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void Read_OfWhatWasWritten_IsTheSame() => Property.Check(_output, 2_000, g =>
    {
        var outPoint = g.OutPoint();
        var writer = new ByteWriter();
        outPoint.Write(writer);
        Assert.Equal(OutPoint.Size, writer.Length);
        var reader = new ByteReader(writer.ToArray());
        Assert.Equal(outPoint, OutPoint.Read(ref reader));
        reader.ExpectEnd();
    });

    [Fact]
    public void Null_NamesNoTransactionAndTheLastIndex()
    {
        Assert.True(OutPoint.Null.IsNull);
        Assert.False(new OutPoint(TxId.Zero, 0).IsNull);
        var writer = new ByteWriter();
        OutPoint.Null.Write(writer);
        Assert.Equal(new string('0', 64) + "ffffffff", Hex.Of(writer.WrittenSpan));
    }

    [Fact]
    public void ToString_IsIdColonIndex()
    {
        Assert.True(TxId.TryParse(Bitcoin.FirstPaymentId, out var id));
        Assert.Equal($"{Bitcoin.FirstPaymentId}:1", new OutPoint(id, 1).ToString());
    }

    [Fact]
    public void Ids_OfMalformedText_AreRefused()
    {
        Assert.False(TxId.TryParse("f4184fc5", out _));
        Assert.False(TxId.TryParse(null, out _));
        Assert.False(BlockHash.TryParse(new string('g', 64), out _));
        Assert.True(BlockHash.TryParse(Bitcoin.MainGenesisHash, out var hash));
        Assert.Equal(Bitcoin.MainGenesisHash, hash.ToString());
        Assert.False(hash.IsZero);
        Assert.True(BlockHash.Zero.IsZero);
    }

    [Fact]
    public void TxIds_AreOrderedAsNumbers()
    {
        Assert.True(TxId.TryParse("01" + new string('0', 62), out var high));
        Assert.True(TxId.TryParse("00" + new string('f', 62), out var low));
        Assert.True(low < high && high > low && low <= high && high >= low);
        Assert.True(low.CompareTo(high) < 0);
    }
}
