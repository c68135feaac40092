using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Primitives;

/// <summary>Bytes from strangers: whatever they are, decoding ends with an object or with null, and costs little.</summary>
public class MutatedEncodingTests
{
    private const string Input = "00000000000000000000000000000000000000000000000000000000000000000000000000ffffffff";

    private readonly ITestOutputHelper _output;

    public MutatedEncodingTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void TryDecode_MutatedTransactions_NeverThrowsAndStaysCanonical() =>
        Mutations.Check(_output, "transactions", 35, g => (Rarely(g) ? g.LargeTransaction() : g.Transaction()).Raw.ToArray(), bytes => Transaction.TryDecode(bytes),
            (bytes, t) => AssertSame(bytes, new Transaction(t.Version, t.Inputs, t.Outputs, t.LockTime).Raw));

    [Fact]
    public void TryDecode_MutatedBlocks_NeverThrowsAndStaysCanonical() =>
        Mutations.Check(_output, "blocks", 15, g => (Rarely(g) ? g.LargeBlock() : g.Block()).Raw.ToArray(), bytes => Block.TryDecode(bytes),
            (bytes, block) => AssertSame(bytes, new Block(block.Header, block.Transactions).Raw));

    [Fact]
    public void TryDecode_MutatedHeaders_NeverThrowsAndStaysCanonical() =>
        Mutations.Check(_output, "headers", 10, g => g.Header().ToByteArray(), bytes => BlockHeader.TryDecode(bytes),
            (bytes, header) => AssertSame(bytes, header.ToByteArray()));

    [Fact]
    public void TryDecode_RandomBytes_NeverThrows() => Property.Check(_output, 100_000, g =>
    {
        var bytes = g.Bytes(g.Between(0, 200));
        Mutations.AssertBounded(bytes, () => _ = Transaction.TryDecode(bytes));
        Mutations.AssertBounded(bytes, () => _ = Block.TryDecode(bytes));
        _ = BlockHeader.TryDecode(bytes);
    });

    [Fact]
    public void Read_MutatedLocators_ThrowsDecodeExceptionOnly() => Property.Check(_output, 10_000, g =>
    {
        var writer = new ByteWriter();
        g.Locator().Write(writer);
        var bytes = g.Mutate(writer.WrittenSpan);
        Mutations.AssertBounded(bytes, () =>
        {
            try
            {
                var reader = new ByteReader(bytes);
                _ = BlockLocator.Read(ref reader);
            }
            catch (DecodeException)
            {
                return;
            }
        });
    });

    /// <summary>The largest count that a megabyte could hold, and no more than the first item behind it.</summary>
    [Theory]
    [InlineData("inputs", "01000000", TxIn.MinSize)]
    [InlineData("outputs", "01000000" + "01" + Input, TxOut.MinSize)]
    [InlineData("witness items", "01000000" + "0001" + "01" + Input + "00", 1)]
    public void TryDecode_TheLargestCountThatCouldFit_AllocatesInProportion(string what, string head, int itemSize)
    {
        const int Size = 1_000_000;
        var writer = new ByteWriter().WriteBytes(Hex.Bytes(head));
        writer.WriteCompactSize((ulong)((Size - writer.Length - 5) / itemSize));
        var bytes = new byte[Size];
        bytes.AsSpan().Fill(0xff);
        writer.WrittenSpan.CopyTo(bytes);
        var allocated = Mutations.AssertBounded(bytes, () => Assert.Null(Transaction.TryDecode(bytes)));
        _output.WriteLine($"{what}: {(double)allocated / bytes.Length:0.0} times the input");
        Assert.InRange(allocated, Size, long.MaxValue);
    }

    [Fact]
    public void TryDecode_ABlockOfEmptyTransactions_AllocatesInProportion()
    {
        const int Count = 100_000;
        var writer = new ByteWriter().WriteBytes(new byte[BlockHeader.Size]).WriteCompactSize(Count);
        for (var i = 0; i < Count; i++) writer.WriteInt32(i).WriteUInt16(0).WriteUInt32(0);
        var bytes = writer.ToArray();
        var allocated = Mutations.AssertBounded(bytes, () => Assert.NotNull(Block.TryDecode(bytes)));
        _output.WriteLine($"{(double)allocated / bytes.Length:0.0} times the input");
    }

    private static bool Rarely(Generate g) => g.Between(0, 199) == 0;

    private static void AssertSame(ReadOnlySpan<byte> bytes, ReadOnlyMemory<byte> again) =>
        Assert.True(bytes.SequenceEqual(again.Span), "it is encoded otherwise than it came");
}
