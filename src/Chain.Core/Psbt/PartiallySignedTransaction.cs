using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.Core.Psbt;

/// <summary>
/// A transaction on its way between those who sign it (BIP174): without signatures, and beside it for each input and output
/// what they need to know and have signed so far.
/// </summary>
public sealed class PartiallySignedTransaction
{
    private static readonly byte[] Magic = [.. "psbt"u8, 0xff];

    /// <summary>Begins with a transaction, whose unlocking scripts and witnesses are left out.</summary>
    public PartiallySignedTransaction(Transaction transaction)
    {
        Transaction = new Transaction(transaction.Version, [.. transaction.Inputs.Select(input => new TxIn(input.PreviousOutput, default, input.Sequence))],
            transaction.Outputs, transaction.LockTime);
        Global.Set(new PsbtKey(PsbtGlobal.UnsignedTransactionType), Transaction.Raw);
        Inputs = [.. transaction.Inputs.Select(_ => new PsbtInput())];
        Outputs = [.. transaction.Outputs.Select(_ => new PsbtOutput())];
    }

    private PartiallySignedTransaction(ref ByteReader reader)
    {
        if (!reader.ReadSpan(Math.Min(reader.Remaining, Magic.Length)).SequenceEqual(Magic)) throw new DecodeException("Invalid PSBT magic bytes");
        Global.Read(ref reader, "the global");
        Transaction = Global.ReadTransaction() ?? throw new DecodeException("No unsigned transaction was provided");
        Inputs = ReadInputs(ref reader, Transaction);
        Outputs = ReadOutputs(ref reader, Transaction);
        if (reader.Remaining > 0) throw new DecodeException("extra data after PSBT");
    }

    /// <summary>The transaction without signatures.</summary>
    public Transaction Transaction { get; }

    /// <summary>What is known of the whole.</summary>
    public PsbtGlobal Global { get; } = new();

    /// <summary>What is known of each input.</summary>
    public ImmutableArray<PsbtInput> Inputs { get; }

    /// <summary>What is known of each output.</summary>
    public ImmutableArray<PsbtOutput> Outputs { get; }

    /// <summary>Decodes; false with the reason in Core's words.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> data, [NotNullWhen(true)] out PartiallySignedTransaction? psbt, out string error)
    {
        try
        {
            var reader = new ByteReader(data);
            psbt = new PartiallySignedTransaction(ref reader);
            error = "";
            return true;
        }
        catch (DecodeException e)
        {
            psbt = null;
            error = e.Message;
            return false;
        }
    }

    /// <summary>Decodes the text in base64 that people exchange.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out PartiallySignedTransaction? psbt, out string error)
    {
        var bytes = new byte[text.Length / 4 * 3];
        if (text.Length % 4 == 0 && !text.Any(char.IsWhiteSpace) && Convert.TryFromBase64String(text, bytes, out var count))
            return TryDecode(bytes.AsMemory(0, count), out psbt, out error);
        psbt = null;
        error = "invalid base64";
        return false;
    }

    /// <summary>The encoding.</summary>
    public byte[] ToByteArray()
    {
        var writer = new ByteWriter().WriteBytes(Magic);
        Global.Write(writer);
        foreach (var input in Inputs) input.Write(writer);
        foreach (var output in Outputs) output.Write(writer);
        return writer.ToArray();
    }

    /// <summary>The text in base64.</summary>
    public override string ToString() => Convert.ToBase64String(ToByteArray());

    /// <summary>Adds what another PSBT of the same transaction has; false where it is of another (Core: Merge).</summary>
    public bool TryMerge(PartiallySignedTransaction other)
    {
        if (Transaction.Id != other.Transaction.Id) return false;
        Global.Merge(other.Global);
        for (var i = 0; i < Inputs.Length; i++) Inputs[i].Merge(other.Inputs[i]);
        for (var i = 0; i < Outputs.Length; i++) Outputs[i].Merge(other.Outputs[i]);
        return true;
    }

    /// <summary>The transaction with what unlocks its inputs as far as that is known.</summary>
    public Transaction Extract() => new(Transaction.Version,
        [.. Transaction.Inputs.Select((input, i) => input.WithScriptSig(Inputs[i].FinalScriptSig ?? default).WithWitness(Inputs[i].FinalScriptWitness ?? []))],
        Transaction.Outputs, Transaction.LockTime);

    private static ImmutableArray<PsbtInput> ReadInputs(ref ByteReader reader, Transaction transaction)
    {
        var inputs = ImmutableArray.CreateBuilder<PsbtInput>(transaction.Inputs.Length);
        foreach (var spending in transaction.Inputs)
        {
            if (reader.Remaining == 0) throw new DecodeException("Inputs provided does not match the number of inputs in transaction.");
            var input = new PsbtInput();
            input.Read(ref reader, "an input");
            if (input.NonWitnessUtxo is { } spent)
            {
                if (spent.Id != spending.PreviousOutput.TxId) throw new DecodeException("Non-witness UTXO does not match outpoint hash");
                if (spending.PreviousOutput.Index >= spent.Outputs.Length) throw new DecodeException("Input specifies output index that does not exist");
            }

            inputs.Add(input);
        }

        return inputs.MoveToImmutable();
    }

    private static ImmutableArray<PsbtOutput> ReadOutputs(ref ByteReader reader, Transaction transaction)
    {
        var outputs = ImmutableArray.CreateBuilder<PsbtOutput>(transaction.Outputs.Length);
        for (var i = 0; i < transaction.Outputs.Length; i++)
        {
            if (reader.Remaining == 0) throw new DecodeException("Outputs provided does not match the number of outputs in transaction.");
            var output = new PsbtOutput();
            output.Read(ref reader, "an output");
            outputs.Add(output);
        }

        return outputs.MoveToImmutable();
    }
}
