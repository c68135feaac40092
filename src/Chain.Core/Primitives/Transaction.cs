using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;

namespace Chain.Core.Primitives;

/// <summary>
/// A transaction: moves value from earlier outputs to new ones. Encoded in the legacy form, or in that of BIP144 (marker
/// 00, flag 01, witnesses behind the outputs) where an input has a witness. Immutable; its encoding, ids and sizes are
/// fixed once, when it is decoded or built.
/// </summary>
public sealed class Transaction
{
    /// <summary>A byte outside the witness weighs 4, one inside it 1 (BIP141).</summary>
    public const int WitnessScaleFactor = 4;

    /// <summary>The least encoded length: version, two empty lists, lock time.</summary>
    public const int MinSize = 10;

    /// <summary>The version of newly built transactions.</summary>
    public const int CurrentVersion = 2;

    /// <summary>Lock times below this are heights, from it on Unix seconds.</summary>
    public const uint LockTimeThreshold = 500_000_000;

    private const byte WitnessFlag = 1;
    private const int EnvelopeSize = 2;

    /// <summary>Builds a transaction and encodes it.</summary>
    public Transaction(int version, ImmutableArray<TxIn> inputs, ImmutableArray<TxOut> outputs, uint lockTime)
        : this(version, inputs, outputs, lockTime, Encode(version, inputs, outputs, lockTime, withWitness: false),
            HasAnyWitness(inputs) ? Encode(version, inputs, outputs, lockTime, withWitness: true) : default)
    {
    }

    /// <summary>Takes both encodings; <paramref name="withWitness"/> is empty where the transaction has no witness.</summary>
    private Transaction(int version, ImmutableArray<TxIn> inputs, ImmutableArray<TxOut> outputs, uint lockTime,
        ReadOnlyMemory<byte> stripped, ReadOnlyMemory<byte> withWitness)
    {
        Version = version;
        Inputs = inputs;
        Outputs = outputs;
        LockTime = lockTime;
        StrippedRaw = stripped;
        HasWitness = !withWitness.IsEmpty;
        Raw = HasWitness ? withWitness : stripped;
        Id = new TxId(Sha256d.Hash(stripped.Span));
        WitnessHash = HasWitness ? Sha256d.Hash(withWitness.Span) : Id.Hash;
    }

    /// <summary>Format version; 2 and above turn on relative lock times (BIP68).</summary>
    public int Version { get; }

    /// <summary>What is spent.</summary>
    public ImmutableArray<TxIn> Inputs { get; }

    /// <summary>What is created.</summary>
    public ImmutableArray<TxOut> Outputs { get; }

    /// <summary>The earliest block height (below 500,000,000) or Unix time in seconds at which it may be mined.</summary>
    public uint LockTime { get; }

    /// <summary>Double SHA-256 of the encoding without witnesses.</summary>
    public TxId Id { get; }

    /// <summary>Double SHA-256 of the whole encoding (wtxid, BIP141); equals the id where there is no witness.</summary>
    public Hash256 WitnessHash { get; }

    /// <summary>Whether any input has a witness.</summary>
    public bool HasWitness { get; }

    /// <summary>The whole encoding, witnesses included.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>The encoding without witnesses, which nodes without segregated witness are sent.</summary>
    public ReadOnlyMemory<byte> StrippedRaw { get; }

    /// <summary>Size in bytes with witnesses.</summary>
    public int Size => Raw.Length;

    /// <summary>Weight units: three times the size without witnesses plus the size with them (BIP141).</summary>
    public int Weight => StrippedRaw.Length * (WitnessScaleFactor - 1) + Size;

    /// <summary>Weight over four, rounded up: the size that fees are reckoned on, in vbytes.</summary>
    public int VirtualSize => (Weight + WitnessScaleFactor - 1) / WitnessScaleFactor;

    /// <summary>True for the transaction that pays a block's miner: one input, which names no output.</summary>
    public bool IsCoinbase => Inputs.Length == 1 && Inputs[0].PreviousOutput.IsNull;

    /// <summary>
    /// Decodes one transaction and nothing behind it; null where the bytes are no transaction. Without
    /// <paramref name="allowWitness"/> only in the legacy form, in which one without inputs is not mistaken for the other form.
    /// </summary>
    public static Transaction? TryDecode(ReadOnlyMemory<byte> data, bool allowWitness = true)
    {
        try
        {
            var reader = new ByteReader(data);
            var transaction = Read(ref reader, allowWitness);
            reader.ExpectEnd();
            return transaction;
        }
        catch (DecodeException)
        {
            return null;
        }
    }

    /// <summary>Reads a transaction in either form (BIP144).</summary>
    public static Transaction Read(ref ByteReader reader) => Read(ref reader, allowWitness: true);

    /// <summary>Reads a transaction in either form, or in the legacy form alone.</summary>
    public static Transaction Read(ref ByteReader reader, bool allowWitness)
    {
        var start = reader.Position;
        var version = reader.ReadInt32();
        var hasWitness = false;
        if (allowWitness && reader.Peek() == 0 && reader.Peek(1) is > 0)
        {
            _ = reader.ReadByte();
            if (reader.ReadByte() != WitnessFlag) throw new DecodeException("unknown optional data in a transaction");
            hasWitness = true;
        }

        var inputs = ReadInputs(ref reader);
        var outputs = ReadOutputs(ref reader);
        var witnesses = reader.Position;
        if (hasWitness) ReadWitnesses(ref reader, inputs);
        var lockTime = reader.ReadUInt32();
        var raw = reader.Slice(start, reader.Position);
        return new Transaction(version, ImmutableCollectionsMarshal.AsImmutableArray(inputs), ImmutableCollectionsMarshal.AsImmutableArray(outputs),
            lockTime, hasWitness ? Strip(raw.Span, witnesses - start) : raw, hasWitness ? raw : default);
    }

    /// <summary>The encoding without the marker and the flag behind the version, and without the witnesses before the lock time.</summary>
    private static byte[] Strip(ReadOnlySpan<byte> raw, int witnesses) =>
        [.. raw[..sizeof(int)], .. raw[(sizeof(int) + EnvelopeSize)..witnesses], .. raw[^sizeof(uint)..]];

    private static TxIn[] ReadInputs(ref ByteReader reader)
    {
        var inputs = NewArray<TxIn>(reader.ReadCount(TxIn.MinSize));
        for (var i = 0; i < inputs.Length; i++) inputs[i] = TxIn.Read(ref reader);
        return inputs;
    }

    private static TxOut[] ReadOutputs(ref ByteReader reader)
    {
        var outputs = NewArray<TxOut>(reader.ReadCount(TxOut.MinSize));
        for (var i = 0; i < outputs.Length; i++) outputs[i] = TxOut.Read(ref reader);
        return outputs;
    }

    private static void ReadWitnesses(ref ByteReader reader, TxIn[] inputs)
    {
        var hasAny = false;
        for (var i = 0; i < inputs.Length; i++)
        {
            var items = NewArray<ReadOnlyMemory<byte>>(reader.ReadCount(1));
            for (var j = 0; j < items.Length; j++) items[j] = reader.ReadVarBytes();
            inputs[i] = inputs[i].WithWitness(ImmutableCollectionsMarshal.AsImmutableArray(items));
            hasAny |= items.Length > 0;
        }

        if (!hasAny) throw new DecodeException("a transaction in the witness form has no witness");
    }

    private static T[] NewArray<T>(int length) => length == 0 ? [] : new T[length];

    private static bool HasAnyWitness(ImmutableArray<TxIn> inputs)
    {
        foreach (var input in inputs)
        {
            if (!input.Witness.IsEmpty) return true;
        }

        return false;
    }

    private static byte[] Encode(int version, ImmutableArray<TxIn> inputs, ImmutableArray<TxOut> outputs, uint lockTime, bool withWitness)
    {
        var writer = new ByteWriter(EnvelopeSize + MinSize + inputs.Length * 160 + outputs.Length * 40);
        writer.WriteInt32(version);
        if (withWitness) writer.WriteByte(0).WriteByte(WitnessFlag);
        writer.WriteCompactSize((ulong)inputs.Length);
        foreach (var input in inputs) input.Write(writer);
        writer.WriteCompactSize((ulong)outputs.Length);
        foreach (var output in outputs) output.Write(writer);
        if (withWitness)
        {
            foreach (var input in inputs)
            {
                writer.WriteCompactSize((ulong)input.Witness.Length);
                foreach (var item in input.Witness) writer.WriteVarBytes(item.Span);
            }
        }

        return writer.WriteUInt32(lockTime).ToArray();
    }
}
