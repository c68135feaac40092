using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.Core.Coins;

/// <summary>An unspent output with what its spender must know: the height of its block, and whether it was mined there.</summary>
public sealed class Coin
{
    /// <summary>Creates a coin; the script is kept, so it should not be a slice of a whole block.</summary>
    public Coin(TxOut output, int height, bool isCoinbase)
    {
        Output = output;
        Height = height;
        IsCoinbase = isCoinbase;
    }

    /// <summary>Value and locking script.</summary>
    public TxOut Output { get; }

    /// <summary>The height of the block that created it.</summary>
    public int Height { get; }

    /// <summary>Whether a coinbase created it, so that it must mature.</summary>
    public bool IsCoinbase { get; }

    /// <summary>The value.</summary>
    public Amount Amount => Output.Amount;

    /// <summary>The outputs of coins, in their order.</summary>
    public static ImmutableArray<TxOut> OutputsOf(ReadOnlySpan<Coin> coins)
    {
        if (coins.IsEmpty) return [];
        var outputs = new TxOut[coins.Length];
        for (var i = 0; i < outputs.Length; i++) outputs[i] = coins[i].Output;
        return ImmutableCollectionsMarshal.AsImmutableArray(outputs);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static Coin Read(ref ByteReader reader)
    {
        var code = reader.ReadCompactSize();
        return Create(code, TxOut.Read(ref reader));
    }

    /// <summary>Reads what <see cref="WriteWithoutScript"/> wrote, of a coin with a known script.</summary>
    public static Coin ReadWithoutScript(ref ByteReader reader, ReadOnlyMemory<byte> script)
    {
        var code = reader.ReadCompactSize();
        return Create(code, new TxOut(reader.ReadInt64(), script));
    }

    /// <summary>Writes twice the height plus the coinbase flag as CompactSize, then the output.</summary>
    public void Write(ByteWriter writer)
    {
        writer.WriteCompactSize(Code);
        Output.Write(writer);
    }

    /// <summary>Writes the same number, then the value as 8 bytes little-endian.</summary>
    public void WriteWithoutScript(ByteWriter writer) => writer.WriteCompactSize(Code).WriteInt64(Output.Value);

    /// <summary>True where both encode to the same bytes.</summary>
    public bool ContentEquals(Coin other) =>
        Height == other.Height && IsCoinbase == other.IsCoinbase && Output.Value == other.Output.Value
        && Output.ScriptPubKey.Span.SequenceEqual(other.Output.ScriptPubKey.Span);

    private ulong Code => ((ulong)Height << 1) | (IsCoinbase ? 1UL : 0UL);

    private static Coin Create(ulong code, TxOut output) =>
        code >> 1 <= int.MaxValue && Amount.IsInRange(output.Value)
            ? new Coin(output, (int)(code >> 1), (code & 1) != 0)
            : throw new DecodeException("a stored coin is damaged");
}
