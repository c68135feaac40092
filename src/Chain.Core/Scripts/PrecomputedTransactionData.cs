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
    /// <summary>The bytes of a usual output, which is longer than the part of an input in any of the hashes.</summary>
    private const int RoomPerItem = 43;

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
    internal WitnessHashes Witness => _witness ??= HashForWitness();

    internal TaprootHashes Taproot => _taproot ??= HashForTaproot();

    private WitnessHashes HashForWitness()
    {
        var buffer = new ByteWriter(RoomPerItem * (Transaction.Inputs.Length + Transaction.Outputs.Length));
        return new WitnessHashes(
            Sha256d.Hash(EncodePrevouts(buffer)), Sha256d.Hash(EncodeSequences(buffer)), Sha256d.Hash(EncodeOutputs(buffer)));
    }

    private TaprootHashes HashForTaproot()
    {
        var buffer = new ByteWriter(RoomPerItem * (Transaction.Inputs.Length + Transaction.Outputs.Length));
        return new TaprootHashes(HashOnce(EncodePrevouts(buffer)), HashOnce(EncodeAmounts(buffer)), HashOnce(EncodeScripts(buffer)),
            HashOnce(EncodeSequences(buffer)), HashOnce(EncodeOutputs(buffer)));
    }

    private static Hash256 HashOnce(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[Hash256.Size];
        Sha256.Hash(data, hash);
        return new Hash256(hash);
    }

    private ReadOnlySpan<byte> EncodePrevouts(ByteWriter buffer)
    {
        buffer.Clear();
        foreach (var input in Transaction.Inputs) input.PreviousOutput.Write(buffer);
        return buffer.WrittenSpan;
    }

    private ReadOnlySpan<byte> EncodeSequences(ByteWriter buffer)
    {
        buffer.Clear();
        foreach (var input in Transaction.Inputs) buffer.WriteUInt32(input.Sequence);
        return buffer.WrittenSpan;
    }

    private ReadOnlySpan<byte> EncodeAmounts(ByteWriter buffer)
    {
        buffer.Clear();
        foreach (var output in SpentOutputs) buffer.WriteInt64(output.Value);
        return buffer.WrittenSpan;
    }

    private ReadOnlySpan<byte> EncodeScripts(ByteWriter buffer)
    {
        buffer.Clear();
        foreach (var output in SpentOutputs) buffer.WriteVarBytes(output.ScriptPubKey.Span);
        return buffer.WrittenSpan;
    }

    private ReadOnlySpan<byte> EncodeOutputs(ByteWriter buffer)
    {
        buffer.Clear();
        foreach (var output in Transaction.Outputs) output.Write(buffer);
        return buffer.WrittenSpan;
    }

    /// <summary>Double SHA-256, for witness version 0.</summary>
    internal sealed record WitnessHashes(Hash256 Prevouts, Hash256 Sequences, Hash256 Outputs);

    /// <summary>Single SHA-256, for taproot.</summary>
    internal sealed record TaprootHashes(Hash256 Prevouts, Hash256 Amounts, Hash256 Scripts, Hash256 Sequences, Hash256 Outputs);
}
