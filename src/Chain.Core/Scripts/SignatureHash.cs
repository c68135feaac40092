using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.Core.Scripts;

/// <summary>
/// What a legacy signature signs: the double SHA-256 of the transaction, changed so that only what the hash type covers is
/// left, and the 4 bytes of the hash type (Core: SignatureHash, SigVersion::BASE).
/// </summary>
public static class SignatureHash
{
    /// <summary>
    /// Hashes for the input at <paramref name="inputIndex"/>; <paramref name="scriptCode"/> is the script that is being
    /// executed, in whose place all other inputs have an empty one. A SINGLE without an output of the same index gives the
    /// number one: the oldest bug of the protocol, and consensus. Who hashes often gives a <paramref name="buffer"/> for it.
    /// </summary>
    public static Hash256 Legacy(Transaction transaction, int inputIndex, ReadOnlyMemory<byte> scriptCode, SignatureHashType type, ByteWriter? buffer = null)
    {
        var outputPart = type.OutputPart();
        if (outputPart == SignatureHashType.Single && inputIndex >= transaction.Outputs.Length) return One;

        buffer ??= new ByteWriter(transaction.StrippedRaw.Length + scriptCode.Length + 8);
        buffer.Clear();
        var coversAllOutputs = outputPart is not (SignatureHashType.NoOutputs or SignatureHashType.Single);
        if (coversAllOutputs && (type & SignatureHashType.AnyoneCanPay) == 0) WriteWhole(buffer, transaction, inputIndex, scriptCode);
        else WriteParts(buffer, transaction, inputIndex, scriptCode, type);
        return Sha256d.Hash(buffer.WriteUInt32((uint)type).WrittenSpan);
    }

    private static Hash256 One
    {
        get
        {
            Span<byte> bytes = stackalloc byte[Hash256.Size];
            bytes.Clear();
            bytes[0] = 1;
            return new Hash256(bytes);
        }
    }

    /// <summary>ALL covers the encoding itself but for the scripts of the inputs: what lies between those is copied as it is.</summary>
    private static void WriteWhole(ByteWriter writer, Transaction transaction, int inputIndex, ReadOnlyMemory<byte> scriptCode)
    {
        var raw = transaction.StrippedRaw.Span;
        var copied = 0;
        var input = sizeof(int) + ByteWriter.CompactSizeLength((ulong)transaction.Inputs.Length);
        for (var i = 0; i < transaction.Inputs.Length; i++)
        {
            var script = input + OutPoint.Size;
            writer.WriteBytes(raw[copied..script]);
            WriteWithoutCodeSeparators(writer, i == inputIndex ? scriptCode : default);
            var length = transaction.Inputs[i].ScriptSig.Length;
            copied = script + ByteWriter.CompactSizeLength((ulong)length) + length;
            input = copied + sizeof(uint);
        }

        writer.WriteBytes(raw[copied..]);
    }

    private static void WriteParts(ByteWriter writer, Transaction transaction, int inputIndex, ReadOnlyMemory<byte> scriptCode, SignatureHashType type)
    {
        writer.WriteInt32(transaction.Version);
        WriteInputs(writer, transaction, inputIndex, scriptCode, type);
        WriteOutputs(writer, transaction, inputIndex, type.OutputPart());
        writer.WriteUInt32(transaction.LockTime);
    }

    private static void WriteInputs(ByteWriter writer, Transaction transaction, int inputIndex, ReadOnlyMemory<byte> scriptCode, SignatureHashType type)
    {
        if ((type & SignatureHashType.AnyoneCanPay) != 0)
        {
            writer.WriteCompactSize(1);
            WriteInput(writer, transaction.Inputs[inputIndex], scriptCode, transaction.Inputs[inputIndex].Sequence);
            return;
        }

        var keepsOthersFree = type.OutputPart() is SignatureHashType.NoOutputs or SignatureHashType.Single;
        writer.WriteCompactSize((ulong)transaction.Inputs.Length);
        for (var i = 0; i < transaction.Inputs.Length; i++)
        {
            var input = transaction.Inputs[i];
            if (i == inputIndex) WriteInput(writer, input, scriptCode, input.Sequence);
            else WriteInput(writer, input, default, keepsOthersFree ? 0 : input.Sequence);
        }
    }

    private static void WriteInput(ByteWriter writer, TxIn input, ReadOnlyMemory<byte> script, uint sequence)
    {
        input.PreviousOutput.Write(writer);
        WriteWithoutCodeSeparators(writer, script);
        writer.WriteUInt32(sequence);
    }

    private static void WriteWithoutCodeSeparators(ByteWriter writer, ReadOnlyMemory<byte> script)
    {
        if (script.Span.IndexOf((byte)Opcode.CodeSeparator) < 0)
        {
            writer.WriteVarBytes(script.Span);
            return;
        }

        // Only as an operation, not inside a push; what follows a malformed push stays as it is.
        var kept = new ByteWriter(script.Length);
        var reader = new ScriptReader(script);
        var start = 0;
        while (reader.TryRead(out var opcode))
        {
            if (opcode != Opcode.CodeSeparator) kept.WriteBytes(script.Span[start..reader.Position]);
            start = reader.Position;
        }

        kept.WriteBytes(script.Span[start..]);
        writer.WriteVarBytes(kept.WrittenSpan);
    }

    private static void WriteOutputs(ByteWriter writer, Transaction transaction, int inputIndex, SignatureHashType outputPart)
    {
        switch (outputPart)
        {
            case SignatureHashType.NoOutputs:
                writer.WriteCompactSize(0);
                break;
            case SignatureHashType.Single:
                writer.WriteCompactSize((ulong)inputIndex + 1);
                for (var i = 0; i < inputIndex; i++) new TxOut(-1, default).Write(writer);
                transaction.Outputs[inputIndex].Write(writer);
                break;
            default:
                writer.WriteCompactSize((ulong)transaction.Outputs.Length);
                foreach (var output in transaction.Outputs) output.Write(writer);
                break;
        }
    }
}
