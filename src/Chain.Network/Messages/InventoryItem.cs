using Chain.Core.Cryptography;
using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>Names a block or a transaction: type 4, hash 32. Types that this node does not know are kept as they came.</summary>
public readonly record struct InventoryItem(InventoryType Type, Hash256 Hash)
{
    /// <summary>Encoded length in bytes.</summary>
    public const int Size = sizeof(uint) + Hash256.Size;

    /// <summary>Reads 36 bytes.</summary>
    public static InventoryItem Read(ref ByteReader reader) =>
        new((InventoryType)reader.ReadUInt32(), new Hash256(reader.ReadSpan(Hash256.Size)));

    /// <summary>Writes 36 bytes.</summary>
    public void Write(ByteWriter writer)
    {
        writer.WriteUInt32((uint)Type);
        Hash.CopyTo(writer.Take(Hash256.Size));
    }

    /// <summary>Type and hash.</summary>
    public override string ToString() => $"{Type} {Hash}";
}
