using System.Collections.Immutable;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.Core.Scripts;

/// <summary>
/// A transaction with the outputs that it spends, and the hashes over all its inputs and outputs that every one of its
/// witness signatures covers: computed once, when the first signature asks, so that the cost stays linear (BIP143, BIP341).
/// The inputs of a transaction share one, on any number of threads.
/// </summary>
public sealed class PrecomputedTransactionData
{
    private WitnessHashes? _witness;
    private TaprootHashes? _taproot;

    /// <summary>Takes the outputs that the inputs spend, in the order of the inputs.</summary>
    public PrecomputedTransactionData(Transaction transaction, ImmutableArray<TxOut> spentOutputs)
    {
        if (spentOutputs.Length != transaction.Inputs.Length)
            throw new ArgumentException($"{transaction.Inputs.Length} inputs spend as many outputs, not {spentOutputs.Length}.", nameof(spentOutputs));
        Transaction = transaction;
        SpentOutputs = spentOutputs;
    }

    /// <summary>The transaction whose inputs are checked.</summary>
    public Transaction Transaction { get; }

    /// <summary>What each input spends.</summary>
    public ImmutableArray<TxOut> SpentOutputs { get; }

    /// <summary>Two threads may both compute them, and come to the same.</summary>
    internal WitnessHashes Witness => _witness ??= new WitnessHashes(
        Sha256d.Hash(EncodePrevouts()), Sha256d.Hash(EncodeSequences()), Sha256d.Hash(EncodeOutputs(Transaction.Outputs)));

    internal TaprootHashes Taproot => _taproot ??= new TaprootHashes(
        HashOnce(EncodePrevouts()), HashOnce(EncodeAmounts()), HashOnce(EncodeScripts()), HashOnce(EncodeSequences()), HashOnce(EncodeOutputs(Transaction.Outputs)));

    private static Hash256 HashOnce(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[Hash256.Size];
        Sha256.Hash(data, hash);
        return new Hash256(hash);
    }

    private ReadOnlySpan<byte> EncodePrevouts()
    {
        var writer = new ByteWriter(Transaction.Inputs.Length * OutPoint.Size);
        foreach (var input in Transaction.Inputs) input.PreviousOutput.Write(writer);
        return writer.WrittenSpan;
    }

    private ReadOnlySpan<byte> EncodeSequences()
    {
        var writer = new ByteWriter(Transaction.Inputs.Length * sizeof(uint));
        foreach (var input in Transaction.Inputs) writer.WriteUInt32(input.Sequence);
        return writer.WrittenSpan;
    }

    private ReadOnlySpan<byte> EncodeAmounts()
    {
        var writer = new ByteWriter(SpentOutputs.Length * sizeof(long));
        foreach (var output in SpentOutputs) writer.WriteInt64(output.Value);
        return writer.WrittenSpan;
    }

    private ReadOnlySpan<byte> EncodeScripts()
    {
        var writer = new ByteWriter(SpentOutputs.Length * 35);
        foreach (var output in SpentOutputs) writer.WriteVarBytes(output.ScriptPubKey.Span);
        return writer.WrittenSpan;
    }

    private static ReadOnlySpan<byte> EncodeOutputs(ImmutableArray<TxOut> outputs)
    {
        var writer = new ByteWriter(outputs.Length * 43);
        foreach (var output in outputs) output.Write(writer);
        return writer.WrittenSpan;
    }

    /// <summary>Double SHA-256, for witness version 0.</summary>
    internal sealed record WitnessHashes(Hash256 Prevouts, Hash256 Sequences, Hash256 Outputs);

    /// <summary>Single SHA-256, for taproot.</summary>
    internal sealed record TaprootHashes(Hash256 Prevouts, Hash256 Amounts, Hash256 Scripts, Hash256 Sequences, Hash256 Outputs);
}
