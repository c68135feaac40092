using Chain.Core.Encoding;

namespace Chain.Core.Primitives;

/// <summary>
/// An output of a transaction: a value and the script that locks it (the course's <c>PublicKeyHash</c> for P2PKH). The
/// value is what was encoded, any 64-bit integer: <c>TransactionRules.Check</c> decides whether it is an amount of money.
/// </summary>
public readonly struct TxOut
{
    /// <summary>The least encoded length: value, empty script.</summary>
    public const int MinSize = sizeof(long) + 1;

    /// <summary>Creates an output as it was encoded.</summary>
    public TxOut(long value, ReadOnlyMemory<byte> scriptPubKey)
    {
        Value = value;
        ScriptPubKey = scriptPubKey;
    }

    /// <summary>Creates an output.</summary>
    public TxOut(Amount amount, ReadOnlyMemory<byte> scriptPubKey) : this(amount.Satoshis, scriptPubKey)
    {
    }

    /// <summary>The encoded value in satoshis, possibly out of range.</summary>
    public long Value { get; }

    /// <summary>The locking script.</summary>
    public ReadOnlyMemory<byte> ScriptPubKey { get; }

    /// <summary>The value as money; throws <see cref="OverflowException"/> where the output was never checked and is out of range.</summary>
    public Amount Amount => Amount.FromSatoshis(Value);

    /// <summary>Reads an output.</summary>
    public static TxOut Read(ref ByteReader reader) => new(reader.ReadInt64(), reader.ReadVarBytes());

    /// <summary>Writes value, script length and script.</summary>
    public void Write(ByteWriter writer) => writer.WriteInt64(Value).WriteVarBytes(ScriptPubKey.Span);
}
