using System.Buffers.Binary;

namespace Chain.Core.Encoding;

/// <summary>
/// Reads Bitcoin's serialization: little-endian integers, CompactSize lengths, byte strings. One encoding serves wire,
/// disk and hashing. Every read is bounded by what is left, and a length is checked before anything is allocated for it.
/// Byte strings are slices of the buffer, never copies: whoever decodes gives the buffer away and must not change it.
/// </summary>
/// <remarks>All reads throw <see cref="DecodeException"/> where the data ends early or breaks the format.</remarks>
public ref struct ByteReader
{
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly ReadOnlySpan<byte> _span;
    private int _position;

    /// <summary>Starts reading at the first byte of <paramref name="data"/>.</summary>
    public ByteReader(ReadOnlyMemory<byte> data)
    {
        _memory = data;
        _span = data.Span;
    }

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _position;

    /// <summary>Bytes left.</summary>
    public readonly int Remaining => _span.Length - _position;

    /// <summary>The bytes between two positions that were already read, without a copy.</summary>
    public readonly ReadOnlyMemory<byte> Slice(int start, int end) => _memory[start..end];

    /// <summary>The next byte, which stays unread; null at the end.</summary>
    public readonly byte? Peek(int ahead = 0) => Remaining > ahead ? _span[_position + ahead] : null;

    /// <summary>Reads one byte.</summary>
    public byte ReadByte() => ReadSpan(1)[0];

    /// <summary>Reads a little-endian 16-bit integer.</summary>
    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(ReadSpan(2));

    /// <summary>Reads a big-endian 16-bit integer: the port in a network address is the only one in the protocol.</summary>
    public ushort ReadUInt16BigEndian() => BinaryPrimitives.ReadUInt16BigEndian(ReadSpan(2));

    /// <summary>Reads a little-endian 32-bit integer.</summary>
    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadSpan(4));

    /// <summary>Reads a little-endian signed 32-bit integer.</summary>
    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(ReadSpan(4));

    /// <summary>Reads a little-endian 64-bit integer.</summary>
    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(ReadSpan(8));

    /// <summary>Reads a little-endian signed 64-bit integer.</summary>
    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(ReadSpan(8));

    /// <summary>Reads <paramref name="count"/> bytes as a view.</summary>
    public ReadOnlySpan<byte> ReadSpan(int count)
    {
        if ((uint)count > (uint)Remaining) throw EndsEarly(count);
        var result = _span.Slice(_position, count);
        _position += count;
        return result;
    }

    /// <summary>Reads <paramref name="count"/> bytes as a slice that may be kept.</summary>
    public ReadOnlyMemory<byte> ReadMemory(int count)
    {
        if ((uint)count > (uint)Remaining) throw EndsEarly(count);
        var result = _memory.Slice(_position, count);
        _position += count;
        return result;
    }

    /// <summary>
    /// Reads a CompactSize integer (1, 3, 5 or 9 bytes). A longer form than needed is refused, as Core does, since two
    /// encodings of one object would give it two hashes.
    /// </summary>
    public ulong ReadCompactSize()
    {
        var first = ReadByte();
        var (value, minimum) = first switch
        {
            < 0xfd => (first, 0UL),
            0xfd => (ReadUInt16(), 0xfdUL),
            0xfe => (ReadUInt32(), 0x1_0000UL),
            _ => (ReadUInt64(), 0x1_0000_0000UL),
        };
        return value >= minimum ? value : throw new DecodeException("a CompactSize integer is not in its shortest form");
    }

    /// <summary>
    /// Reads the number of items that follow, each at least <paramref name="minimumItemSize"/> bytes long: a number that
    /// cannot fit into what is left is refused before anyone allocates room for it.
    /// </summary>
    public int ReadCount(int minimumItemSize)
    {
        var count = ReadCompactSize();
        return count <= (ulong)(Remaining / minimumItemSize)
            ? (int)count
            : throw new DecodeException($"{count} items are announced where {Remaining} bytes are left");
    }

    /// <summary>Reads a CompactSize length and as many bytes, as a slice that may be kept.</summary>
    public ReadOnlyMemory<byte> ReadVarBytes() => ReadMemory(ReadCount(1));

    /// <summary>Requires that everything was read.</summary>
    public readonly void ExpectEnd()
    {
        if (Remaining != 0) throw new DecodeException($"{Remaining} bytes are left over at the end");
    }

    private readonly DecodeException EndsEarly(int wanted) =>
        new($"the data ends early: {wanted} bytes wanted at {_position}, {Remaining} left");
}
