using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Chain.Core.Cryptography;

/// <summary>
/// 32 bytes that a hash function gave, in the order in which they are hashed, sent and stored. People read the bytes in
/// reverse (block hashes begin with zeros), so <see cref="ToString"/> and <see cref="TryParse"/> reverse them, and as a
/// number the last byte is the most significant one.
/// </summary>
public readonly struct Hash256 : IEquatable<Hash256>, IComparable<Hash256>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    private readonly ulong _a, _b, _c, _d;

    /// <summary>Takes 32 bytes in hashing order.</summary>
    public Hash256(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException($"A hash has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        _a = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        _d = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]);
    }

    /// <summary>All bytes zero: "no hash".</summary>
    public static Hash256 Zero => default;

    /// <summary>True for 32 zero bytes.</summary>
    public bool IsZero => (_a | _b | _c | _d) == 0;

    /// <summary>The first eight bytes as a big-endian number: sorting by it sorts by the bytes, all but for equal heads.</summary>
    public ulong LeadingBytes => BinaryPrimitives.ReverseEndianness(_a);

    /// <summary>Parses 64 hexadecimal digits in the order in which people read a hash.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Hash256 hash)
    {
        hash = default;
        if (text is not { Length: Size * 2 }) return false;
        Span<byte> bytes = stackalloc byte[Size];
        if (Convert.FromHexString(text, bytes, out _, out _) != System.Buffers.OperationStatus.Done) return false;
        bytes.Reverse();
        hash = new Hash256(bytes);
        return true;
    }

    /// <summary>Parses what <see cref="TryParse"/> does; throws <see cref="FormatException"/> on anything else.</summary>
    public static Hash256 Parse(string text) =>
        TryParse(text, out var hash) ? hash : throw new FormatException($"'{text}' is not a hash of 64 hexadecimal digits.");

    /// <summary>Writes the 32 bytes in hashing order.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, _a);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], _d);
    }

    /// <summary>The 32 bytes in hashing order, as a new array.</summary>
    public byte[] ToByteArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public bool Equals(Hash256 other) => _a == other._a && _b == other._b && _c == other._c && _d == other._d;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Hash256 other && Equals(other);

    /// <summary>Seeded per process by the runtime: who chooses hashes cannot choose collisions.</summary>
    public override int GetHashCode() => HashCode.Combine(_a, _b);

    /// <summary>Compares as 256-bit little-endian numbers: what proof of work compares.</summary>
    public int CompareTo(Hash256 other) =>
        _d != other._d ? _d.CompareTo(other._d)
        : _c != other._c ? _c.CompareTo(other._c)
        : _b != other._b ? _b.CompareTo(other._b)
        : _a.CompareTo(other._a);

    /// <summary>64 hexadecimal digits, bytes reversed, as people write a hash.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        bytes.Reverse();
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Equality of all bytes.</summary>
    public static bool operator ==(Hash256 left, Hash256 right) => left.Equals(right);

    /// <summary>Inequality of any byte.</summary>
    public static bool operator !=(Hash256 left, Hash256 right) => !left.Equals(right);

    /// <summary>Less, as a number.</summary>
    public static bool operator <(Hash256 left, Hash256 right) => left.CompareTo(right) < 0;

    /// <summary>Less or equal, as a number.</summary>
    public static bool operator <=(Hash256 left, Hash256 right) => left.CompareTo(right) <= 0;

    /// <summary>Greater, as a number.</summary>
    public static bool operator >(Hash256 left, Hash256 right) => left.CompareTo(right) > 0;

    /// <summary>Greater or equal, as a number.</summary>
    public static bool operator >=(Hash256 left, Hash256 right) => left.CompareTo(right) >= 0;
}
