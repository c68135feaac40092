using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>An entry of an <c>addr</c> message: when the node was last heard of (Unix seconds), and its address.</summary>
public sealed record TimestampedAddress(uint Time, NetworkAddress Address)
{
    /// <summary>Encoded length in bytes.</summary>
    public const int Size = sizeof(uint) + NetworkAddress.Size;

    /// <summary>Reads 30 bytes.</summary>
    public static TimestampedAddress Read(ref ByteReader reader) => new(reader.ReadUInt32(), NetworkAddress.Read(ref reader));

    /// <summary>Writes 30 bytes.</summary>
    public void Write(ByteWriter writer)
    {
        writer.WriteUInt32(Time);
        Address.Write(writer);
    }
}
