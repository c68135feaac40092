using System.Collections.Immutable;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.Core.Signing;

namespace Chain.Core.Psbt;

/// <summary>How the values of a PSBT's entries are read and written (BIP174, BIP371).</summary>
public static class PsbtValues
{
    /// <summary>A transaction without witnesses. Throws <see cref="DecodeException"/>, as all of these do, on anything else.</summary>
    public static Transaction ReadUnsigned(ReadOnlyMemory<byte> value) =>
        PsbtMap.ReadWhole(value, (ref ByteReader reader) => Transaction.Read(ref reader, allowWitness: false));

    /// <summary>A transaction in either form.</summary>
    public static Transaction ReadTransaction(ReadOnlyMemory<byte> value) => PsbtMap.ReadWhole(value, (ref ByteReader reader) => Transaction.Read(ref reader));

    /// <summary>A witness: a number and as many elements.</summary>
    public static ImmutableArray<ReadOnlyMemory<byte>> ReadWitness(ReadOnlyMemory<byte> value) => PsbtMap.ReadWhole(value, (ref ByteReader reader) =>
    {
        var items = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(reader.ReadCount(1));
        for (var i = items.Capacity; i > 0; i--) items.Add(reader.ReadVarBytes());
        return items.MoveToImmutable();
    });

    /// <summary>Writes what <see cref="ReadWitness"/> reads.</summary>
    public static byte[] WriteWitness(ImmutableArray<ReadOnlyMemory<byte>> witness)
    {
        var writer = new ByteWriter().WriteCompactSize((ulong)witness.Length);
        foreach (var item in witness) writer.WriteVarBytes(item.Span);
        return writer.ToArray();
    }

    /// <summary>A fingerprint and the steps from there.</summary>
    public static KeyOrigin ReadOrigin(ReadOnlyMemory<byte> value)
    {
        if (value.IsEmpty || value.Length % sizeof(uint) != 0) throw new DecodeException("Invalid length for HD key path");
        var reader = new ByteReader(value);
        var fingerprint = reader.ReadMemory(KeyOrigin.FingerprintSize);
        var path = ImmutableArray.CreateBuilder<uint>();
        while (reader.Remaining > 0) path.Add(reader.ReadUInt32());
        return new KeyOrigin(fingerprint, path.ToImmutable());
    }

    /// <summary>Writes what <see cref="ReadOrigin"/> reads.</summary>
    public static byte[] WriteOrigin(KeyOrigin origin)
    {
        var writer = new ByteWriter().WriteBytes(origin.Fingerprint.Span);
        foreach (var step in origin.Path) writer.WriteUInt32(step);
        return writer.ToArray();
    }

    /// <summary>The leaves that a key is used in, and where it comes from.</summary>
    public static (ImmutableArray<Hash256> Leaves, KeyOrigin Origin) ReadTaprootDerivation(ReadOnlyMemory<byte> value)
    {
        var reader = new ByteReader(value);
        var leaves = ImmutableArray.CreateBuilder<Hash256>(reader.ReadCount(Hash256.Size));
        for (var i = leaves.Capacity; i > 0; i--) leaves.Add(new Hash256(reader.ReadSpan(Hash256.Size)));
        return (leaves.MoveToImmutable(), ReadOrigin(reader.ReadMemory(reader.Remaining)));
    }

    /// <summary>The leaves of a tree in the order of a walk, each with its depth and version.</summary>
    public static IReadOnlyList<(byte Depth, byte Version, ReadOnlyMemory<byte> Script)> ReadTaprootTree(ReadOnlyMemory<byte> value)
    {
        var leaves = new List<(byte, byte, ReadOnlyMemory<byte>)>();
        var reader = new ByteReader(value);
        while (reader.Remaining > 0) leaves.Add((reader.ReadByte(), reader.ReadByte(), reader.ReadVarBytes()));
        return leaves;
    }
}
