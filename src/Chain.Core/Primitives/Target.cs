using System.Numerics;
using Chain.Core.Cryptography;

namespace Chain.Core.Primitives;

/// <summary>
/// The number that a block's hash must not exceed. In a header it stands in compact form ("bits"): a one-byte exponent in
/// base 256 and a 23-bit mantissa with a sign bit, which no valid target uses.
/// </summary>
public readonly record struct Target
{
    private const uint MantissaMask = 0x007fffff;
    private const uint SignBit = 0x00800000;

    private readonly Hash256 _threshold;

    private Target(uint bits, BigInteger value)
    {
        Bits = bits;
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        _ = value.TryWriteBytes(bytes, out _, isUnsigned: true);
        _threshold = new Hash256(bytes);
    }

    /// <summary>The compact form.</summary>
    public uint Bits { get; }

    /// <summary>The target as a number below 2^256.</summary>
    public BigInteger Value => new(_threshold.ToByteArray(), isUnsigned: true);

    /// <summary>The expected number of hashes that meet it: 2^256 / (target + 1).</summary>
    public BigInteger Work => (BigInteger.One << 256) / (Value + 1);

    /// <summary>Expands the compact form; false for zero, a negative number or one beyond 256 bits.</summary>
    public static bool TryFromCompact(uint bits, out Target target)
    {
        target = default;
        var exponent = (int)(bits >> 24);
        var mantissa = bits & MantissaMask;
        var value = exponent <= 3 ? mantissa >> (8 * (3 - exponent)) : (BigInteger)mantissa << (8 * (exponent - 3));
        if ((bits & SignBit) != 0 || value.IsZero || value.GetBitLength() > 256) return false;
        target = new Target(bits, value);
        return true;
    }

    /// <summary>Expands a compact form known to be good; throws <see cref="ArgumentException"/> otherwise.</summary>
    public static Target FromCompact(uint bits) =>
        TryFromCompact(bits, out var target) ? target : throw new ArgumentException($"0x{bits:x8} is no target.", nameof(bits));

    /// <summary>The target nearest to a positive number below 2^256 that the compact form can hold, rounded down.</summary>
    public static Target FromValue(BigInteger value)
    {
        var size = (int)(value.GetBitLength() + 7) / 8;
        var mantissa = (uint)(size <= 3 ? value << (8 * (3 - size)) : value >> (8 * (size - 3)));
        if ((mantissa & SignBit) != 0)
        {
            mantissa >>= 8;
            size++;
        }

        return FromCompact(((uint)size << 24) | mantissa);
    }

    /// <summary>True where this target is the higher number.</summary>
    public bool IsEasierThan(Target other) => _threshold > other._threshold;

    /// <summary>True where the hash, as a number, is not above the target.</summary>
    public bool IsMetBy(BlockHash hash) => hash.Hash <= _threshold;
}
