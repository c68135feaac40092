using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Primitives;

/// <summary>Bytes from strangers: whatever they are, decoding ends with an object or with null, and costs little.</summary>
public class MutatedEncodingTests
{
    private const int Cases = 100_000;

    /// <summary>What an exception and the first objects cost, whatever the input.</summary>
    private const int FixedCost = 16 * 1024;

    /// <summary>Objects are larger than their encodings: an empty transaction has 10 bytes on the wire.</summary>
    private const int CostPerByte = 40;

    private const string Input = "00000000000000000000000000000000000000000000000000000000000000000000000000ffffffff";

    private readonly ITestOutputHelper _output;

    public MutatedEncodingTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void TryDecode_MutatedTransactions_NeverThrowsAndStaysCanonical()
    {
        var (decoded, costliest) = (0, 0L);
        Property.Check(_output, Cases, g =>
        {
            var bytes = g.Mutate(g.Transaction().Raw.Span);
            Transaction? transaction = null;
            costliest = Math.Max(costliest, AssertBounded(bytes, () => transaction = Transaction.TryDecode(bytes)));
            if (transaction is null) return;
            decoded++;
            Assert.Equal(bytes, new Transaction(transaction.Version, transaction.Inputs, transaction.Outputs, transaction.LockTime).Raw.ToArray());
        });
        _output.WriteLine($"{decoded} of {Cases} were transactions; the costliest took {costliest} bytes");
        Assert.InRange(decoded, 1, Cases - 1);
    }

    [Fact]
    public void TryDecode_MutatedBlocks_NeverThrowsAndStaysCanonical()
    {
        var (decoded, costliest) = (0, 0L);
        Property.Check(_output, Cases / 4, g =>
        {
            var bytes = g.Mutate(g.Block().Raw.Span);
            Block? block = null;
            costliest = Math.Max(costliest, AssertBounded(bytes, () => block = Block.TryDecode(bytes)));
            if (block is null) return;
            decoded++;
            Assert.Equal(bytes, new Block(block.Header, block.Transactions).Raw.ToArray());
        });
        _output.WriteLine($"{decoded} of {Cases / 4} were blocks; the costliest took {costliest} bytes");
        Assert.InRange(decoded, 1, Cases / 4 - 1);
    }

    [Fact]
    public void TryDecode_RandomBytes_NeverThrows() => Property.Check(_output, Cases, g =>
    {
        var bytes = g.Bytes(g.Between(0, 200));
        AssertBounded(bytes, () => _ = Transaction.TryDecode(bytes));
        AssertBounded(bytes, () => _ = Block.TryDecode(bytes));
        _ = BlockHeader.TryDecode(bytes);
    });

    [Fact]
    public void Read_MutatedLocators_ThrowsDecodeExceptionOnly() => Property.Check(_output, Cases / 10, g =>
    {
        var writer = new ByteWriter();
        g.Locator().Write(writer);
        var bytes = g.Mutate(writer.WrittenSpan);
        AssertBounded(bytes, () =>
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
        var allocated = AssertBounded(bytes, () => Assert.Null(Transaction.TryDecode(bytes)));
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
        var allocated = AssertBounded(bytes, () => Assert.NotNull(Block.TryDecode(bytes)));
        _output.WriteLine($"{(double)allocated / bytes.Length:0.0} times the input");
    }

    private static long AssertBounded(byte[] bytes, Action decode)
    {
        var allocated = Allocation.Of(decode);
        Assert.True(allocated <= FixedCost + (long)CostPerByte * bytes.Length, $"{allocated} bytes allocated for an input of {bytes.Length}");
        return allocated;
    }
}
