using System.Collections.Immutable;
using Chain.Core.Encoding;

namespace Chain.Core.Primitives;

/// <summary>
/// An input of a transaction: the output that it spends, the script that unlocks it (the course's <c>Sign</c> and
/// <c>PublicKey</c> for P2PKH), the sequence number, and the witness, which stands at the transaction's end on the wire.
/// </summary>
public readonly struct TxIn
{
    /// <summary>The sequence number that turns off lock times and replacement.</summary>
    public const uint FinalSequence = uint.MaxValue;

    /// <summary>The least encoded length: outpoint, empty script, sequence.</summary>
    public const int MinSize = OutPoint.Size + 1 + sizeof(uint);

    /// <summary>Creates an input.</summary>
    public TxIn(OutPoint previousOutput, ReadOnlyMemory<byte> scriptSig, uint sequence = FinalSequence,
        ImmutableArray<ReadOnlyMemory<byte>> witness = default)
    {
        PreviousOutput = previousOutput;
        ScriptSig = scriptSig;
        Sequence = sequence;
        Witness = witness.IsDefault ? [] : witness;
    }

    /// <summary>The output spent here; <see cref="OutPoint.Null"/> in a coinbase.</summary>
    public OutPoint PreviousOutput { get; }

    /// <summary>The unlocking script; in a coinbase, free bytes that begin with the height (BIP34).</summary>
    public ReadOnlyMemory<byte> ScriptSig { get; }

    /// <summary>Lock-time and replacement flag, relative lock time (BIP68).</summary>
    public uint Sequence { get; }

    /// <summary>The witness stack (BIP141), empty for legacy inputs.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Witness { get; }

    /// <summary>The same input with another unlocking script.</summary>
    public TxIn WithScriptSig(ReadOnlyMemory<byte> scriptSig) => new(PreviousOutput, scriptSig, Sequence, Witness);

    /// <summary>The same input with a witness.</summary>
    public TxIn WithWitness(ImmutableArray<ReadOnlyMemory<byte>> witness) => new(PreviousOutput, ScriptSig, Sequence, witness);

    internal static TxIn Read(ref ByteReader reader) =>
        new(OutPoint.Read(ref reader), reader.ReadVarBytes(), reader.ReadUInt32());

    internal void Write(ByteWriter writer)
    {
        PreviousOutput.Write(writer);
        writer.WriteVarBytes(ScriptSig.Span).WriteUInt32(Sequence);
    }
}
