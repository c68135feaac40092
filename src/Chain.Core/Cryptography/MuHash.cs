using System.Numerics;

namespace Chain.Core.Cryptography;

/// <summary>
/// A hash of a set that does not depend on the order (Core: MuHash3072): each element becomes a number of 3,072 bits, all are
/// multiplied modulo a prime, and the product is hashed. What is taken out is divided by.
/// </summary>
public sealed class MuHash
{
    private const int NumberSize = 384;

    private static readonly BigInteger Prime = (BigInteger.One << (8 * NumberSize)) - 1103717;

    private BigInteger _numerator = BigInteger.One;
    private BigInteger _denominator = BigInteger.One;

    /// <summary>Adds an element.</summary>
    public void Add(ReadOnlySpan<byte> element) => _numerator = _numerator * ToNumber(element) % Prime;

    /// <summary>Takes an element out.</summary>
    public void Remove(ReadOnlySpan<byte> element) => _denominator = _denominator * ToNumber(element) % Prime;

    /// <summary>The hash of the set as it is.</summary>
    public Hash256 ToHash()
    {
        var inverse = _denominator.IsOne ? _denominator : BigInteger.ModPow(_denominator, Prime - 2, Prime);
        var bytes = new byte[NumberSize];
        (_numerator * inverse % Prime).TryWriteBytes(bytes, out _, isUnsigned: true);
        return new Hash256(Sha256.Hash(bytes));
    }

    private static BigInteger ToNumber(ReadOnlySpan<byte> element)
    {
        Span<byte> key = stackalloc byte[ChaCha20.KeySize];
        Span<byte> number = stackalloc byte[NumberSize];
        Sha256.Hash(element, key);
        ChaCha20.KeyStream(key, number);
        return new BigInteger(number, isUnsigned: true);
    }
}
