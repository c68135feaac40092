using Chain.Core.Cryptography;
using Chain.Core.Encoding;

namespace Chain.Core.Primitives;

/// <summary>Names one output of one transaction: 32 bytes of id, 4 bytes of index, little-endian.</summary>
public readonly record struct OutPoint(TxId TxId, uint Index)
{
    /// <summary>Encoded length in bytes.</summary>
    public const int Size = Hash256.Size + sizeof(uint);

    /// <summary>What a coinbase's only input names: no transaction, index 0xffffffff.</summary>
    public static OutPoint Null => new(TxId.Zero, uint.MaxValue);

    /// <summary>True for <see cref="Null"/>.</summary>
    public bool IsNull => Index == uint.MaxValue && TxId.Hash.IsZero;

    /// <summary>Reads 36 bytes.</summary>
    public static OutPoint Read(ref ByteReader reader) => new(new TxId(new Hash256(reader.ReadSpan(Hash256.Size))), reader.ReadUInt32());

    /// <summary>Writes 36 bytes.</summary>
    public void Write(ByteWriter writer)
    {
        TxId.Hash.CopyTo(writer.Take(Hash256.Size));
        writer.WriteUInt32(Index);
    }

    /// <summary>The id and the index with a colon between.</summary>
    public override string ToString() => $"{TxId}:{Index}";
}
