using System.Buffers.Binary;

namespace Chain.Core.Encoding;

/// <summary>Writes Bitcoin's serialization into a growing buffer: the counterpart of <see cref="ByteReader"/>.</summary>
public sealed class ByteWriter
{
    private byte[] _buffer;
    private int _length;

    /// <summary>Creates an empty writer with room for <paramref name="capacity"/> bytes.</summary>
    public ByteWriter(int capacity = 256) => _buffer = new byte[capacity];

    /// <summary>Bytes written so far.</summary>
    public int Length => _length;

    /// <summary>What was written, valid until the next write.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, _length);

    /// <summary>The size in bytes of <paramref name="value"/> as CompactSize: 1, 3, 5 or 9.</summary>
    public static int CompactSizeLength(ulong value) =>
        value < 0xfd ? 1 : value <= ushort.MaxValue ? 3 : value <= uint.MaxValue ? 5 : 9;

    /// <summary>A copy of what was written.</summary>
    public byte[] ToArray() => WrittenSpan.ToArray();

    /// <summary>Forgets what was written and keeps the room.</summary>
    public void Clear() => _length = 0;

    /// <summary>Writes one byte.</summary>
    public ByteWriter WriteByte(byte value)
    {
        Take(1)[0] = value;
        return this;
    }

    /// <summary>Writes a little-endian 16-bit integer.</summary>
    public ByteWriter WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Take(2), value);
        return this;
    }

    /// <summary>Writes a big-endian 16-bit integer (ports).</summary>
    public ByteWriter WriteUInt16BigEndian(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(Take(2), value);
        return this;
    }

    /// <summary>Writes a little-endian 32-bit integer.</summary>
    public ByteWriter WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);
        return this;
    }

    /// <summary>Writes a little-endian signed 32-bit integer.</summary>
    public ByteWriter WriteInt32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);
        return this;
    }

    /// <summary>Writes a little-endian 64-bit integer.</summary>
    public ByteWriter WriteUInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);
        return this;
    }

    /// <summary>Writes a little-endian signed 64-bit integer.</summary>
    public ByteWriter WriteInt64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);
        return this;
    }

    /// <summary>Writes the bytes as they are.</summary>
    public ByteWriter WriteBytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Take(bytes.Length));
        return this;
    }

    /// <summary>Writes a CompactSize integer in its shortest form.</summary>
    public ByteWriter WriteCompactSize(ulong value) => value switch
    {
        < 0xfd => WriteByte((byte)value),
        <= ushort.MaxValue => WriteByte(0xfd).WriteUInt16((ushort)value),
        <= uint.MaxValue => WriteByte(0xfe).WriteUInt32((uint)value),
        _ => WriteByte(0xff).WriteUInt64(value),
    };

    /// <summary>Writes the length as CompactSize, then the bytes.</summary>
    public ByteWriter WriteVarBytes(ReadOnlySpan<byte> bytes) => WriteCompactSize((ulong)bytes.Length).WriteBytes(bytes);

    /// <summary>Room for <paramref name="count"/> more bytes, counted as written; the caller fills it.</summary>
    public Span<byte> Take(int count)
    {
        if (_buffer.Length - _length < count)
            Array.Resize(ref _buffer, Math.Max(_length + count, (int)Math.Min(_buffer.Length * 2L, Array.MaxLength)));
        var span = _buffer.AsSpan(_length, count);
        _length += count;
        return span;
    }
}
