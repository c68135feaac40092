using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.Core.Scripts;

/// <summary>
/// What a signature in witness version 0 signs (BIP143; Core: SignatureHash, SigVersion::WITNESS_V0). Unlike the legacy hash
/// it covers the amount that is spent, and costs the same for each of many inputs.
/// </summary>
public static class WitnessSignatureHash
{
    private const int FixedSize = 156;

    /// <summary>
    /// Hashes for one input; <paramref name="scriptCode"/> is the script from behind the last executed OP_CODESEPARATOR. Who
    /// hashes often gives a <paramref name="buffer"/> for it.
    /// </summary>
    public static Hash256 Compute(PrecomputedTransactionData data, int inputIndex, ReadOnlySpan<byte> scriptCode, SignatureHashType type, ByteWriter? buffer = null)
    {
        var transaction = data.Transaction;
        var input = transaction.Inputs[inputIndex];
        var outputPart = type.OutputPart();
        var coversAllOutputs = outputPart is not (SignatureHashType.NoOutputs or SignatureHashType.Single);
        var coversOtherInputs = (type & SignatureHashType.AnyoneCanPay) == 0;

        buffer ??= new ByteWriter(FixedSize + scriptCode.Length + 5);
        buffer.Clear();
        buffer.WriteInt32(transaction.Version);
        buffer.WriteHash(coversOtherInputs ? data.Witness.Prevouts : Hash256.Zero);
        buffer.WriteHash(coversOtherInputs && coversAllOutputs ? data.Witness.Sequences : Hash256.Zero);
        input.PreviousOutput.Write(buffer);
        buffer.WriteVarBytes(scriptCode);
        buffer.WriteInt64(data.SpentOutputs[inputIndex].Value);
        buffer.WriteUInt32(input.Sequence);
        buffer.WriteHash(coversAllOutputs ? data.Witness.Outputs : outputPart == SignatureHashType.Single ? OwnOutput(transaction, inputIndex) : Hash256.Zero);
        buffer.WriteUInt32(transaction.LockTime).WriteUInt32((uint)type);
        return Sha256d.Hash(buffer.WrittenSpan);
    }

    /// <summary>The output of the input's own index; zero where there is none, unlike the number one of the legacy hash.</summary>
    private static Hash256 OwnOutput(Transaction transaction, int inputIndex)
    {
        if (inputIndex >= transaction.Outputs.Length) return Hash256.Zero;
        var writer = new ByteWriter(64);
        transaction.Outputs[inputIndex].Write(writer);
        return Sha256d.Hash(writer.WrittenSpan);
    }
}
