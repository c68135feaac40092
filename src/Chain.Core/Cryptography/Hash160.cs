using System.Buffers.Binary;

namespace Chain.Core.Cryptography;

/// <summary>
/// 20 bytes, RIPEMD-160 of SHA-256: how Bitcoin shortens public keys and scripts for addresses. Bytes are kept, hashed
/// and printed in one order; nothing is reversed.
/// </summary>
public readonly struct Hash160 : IEquatable<Hash160>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 20;

    private readonly ulong _a, _b;
    private readonly uint _c;

    /// <summary>Takes the 20 bytes of a hash that is already known.</summary>
    public Hash160(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException($"A HASH160 has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        _a = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]);
    }

    /// <summary>RIPEMD160(SHA256(data)), the operation of <c>OP_HASH160</c>.</summary>
    public static Hash160 Of(ReadOnlySpan<byte> data)
    {
        Span<byte> sha = stackalloc byte[Sha256.Size];
        Sha256.Hash(data, sha);
        Span<byte> result = stackalloc byte[Size];
        Ripemd160.Hash(sha, result);
        return new Hash160(result);
    }

    /// <summary>Writes the 20 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, _a);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[16..], _c);
    }

    /// <summary>The 20 bytes as a new array.</summary>
    public byte[] ToByteArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public bool Equals(Hash160 other) => _a == other._a && _b == other._b && _c == other._c;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Hash160 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_a, _b);

    /// <summary>40 hexadecimal digits in byte order.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToByteArray());

    /// <summary>Equality of all bytes.</summary>
    public static bool operator ==(Hash160 left, Hash160 right) => left.Equals(right);

    /// <summary>Inequality of any byte.</summary>
    public static bool operator !=(Hash160 left, Hash160 right) => !left.Equals(right);
}
