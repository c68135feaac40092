using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.Core.Scripts;

/// <summary>
/// What a Schnorr signature signs (BIP341, and BIP342 for scripts; Core: SignatureHashSchnorr). It covers the amounts and
/// scripts of all outputs spent, so that a signing device needs no earlier transactions.
/// </summary>
public static class TaprootSignatureHash
{
    private const byte Epoch = 0;
    private const byte KeyVersion = 0;
    private const int LongestFixedPart = 256;

    /// <summary>
    /// Hashes for one input, of the key path or, where <paramref name="execution"/> has a leaf, of the script path. False for an
    /// unknown type, and for SINGLE without an output of the input's index.
    /// </summary>
    public static bool TryCompute(PrecomputedTransactionData data, int inputIndex, SignatureHashType type, ScriptExecutionData execution, out Hash256 hash)
    {
        hash = default;
        // No type at all, which signatures leave out, means ALL.
        var outputPart = type == SignatureHashType.None ? SignatureHashType.All : type & ~SignatureHashType.AnyoneCanPay;
        if (type != SignatureHashType.None && !type.IsDefined()) return false;
        if (outputPart == SignatureHashType.Single && inputIndex >= data.Transaction.Outputs.Length) return false;

        var coversOtherInputs = (type & SignatureHashType.AnyoneCanPay) == 0;
        var writer = TaggedHash.Begin(TaggedHash.TapSighash, LongestFixedPart);
        writer.WriteByte(Epoch).WriteByte((byte)type);
        writer.WriteInt32(data.Transaction.Version).WriteUInt32(data.Transaction.LockTime);
        if (coversOtherInputs)
            writer.WriteHash(data.Taproot.Prevouts).WriteHash(data.Taproot.Amounts).WriteHash(data.Taproot.Scripts).WriteHash(data.Taproot.Sequences);
        if (outputPart == SignatureHashType.All) writer.WriteHash(data.Taproot.Outputs);
        WriteInput(writer, data, inputIndex, execution, coversOtherInputs);
        if (outputPart == SignatureHashType.Single) WriteOwnOutput(writer, data.Transaction.Outputs[inputIndex]);
        if (execution.LeafHash is { } leaf) writer.WriteHash(leaf).WriteByte(KeyVersion).WriteUInt32(execution.CodeSeparatorPosition);
        hash = TaggedHash.End(writer);
        return true;
    }

    private static void WriteInput(ByteWriter writer, PrecomputedTransactionData data, int inputIndex, ScriptExecutionData execution, bool coversOtherInputs)
    {
        writer.WriteByte((byte)((execution.LeafHash is null ? 0 : 2) + (execution.AnnexHash is null ? 0 : 1)));
        if (coversOtherInputs)
        {
            writer.WriteUInt32((uint)inputIndex);
        }
        else
        {
            var input = data.Transaction.Inputs[inputIndex];
            input.PreviousOutput.Write(writer);
            data.SpentOutputs[inputIndex].Write(writer);
            writer.WriteUInt32(input.Sequence);
        }

        if (execution.AnnexHash is { } annex) writer.WriteHash(annex);
    }

    private static void WriteOwnOutput(ByteWriter writer, TxOut output)
    {
        var encoded = new ByteWriter(64);
        output.Write(encoded);
        Sha256.Hash(encoded.WrittenSpan, writer.Take(Hash256.Size));
    }
}
