namespace Chain.Core.Cryptography;

/// <summary>A point on secp256k1 in one of its two serializations: 33 bytes (02 or 03, x) or 65 bytes (04, x, y).</summary>
public sealed class PublicKey : IEquatable<PublicKey>
{
    private readonly byte[] _bytes;

    private PublicKey(byte[] bytes)
    {
        _bytes = bytes;
        Hash = Hash160.Of(bytes);
    }

    /// <summary>The serialization, as it stands in scripts.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The x coordinate alone, as taproot and Schnorr signatures use it (BIP340).</summary>
    public ReadOnlySpan<byte> XOnly => _bytes.AsSpan(1, Schnorr.PublicKeySize);

    /// <summary>HASH160 of the serialization: what a P2PKH address holds.</summary>
    public Hash160 Hash { get; }

    /// <summary>Takes the bytes where they encode a point on the curve; null otherwise.</summary>
    public static PublicKey? TryCreate(ReadOnlySpan<byte> bytes) =>
        Secp256k1.IsValidPublicKey(bytes) ? new PublicKey(bytes.ToArray()) : null;

    /// <summary>Verifies a strict DER signature over a message hash.</summary>
    public bool Verify(ReadOnlySpan<byte> derSignature, Hash256 messageHash)
    {
        Span<byte> message = stackalloc byte[Hash256.Size];
        messageHash.CopyTo(message);
        return Secp256k1.Verify(_bytes, derSignature, message);
    }

    /// <inheritdoc/>
    public bool Equals(PublicKey? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => Hash.GetHashCode();

    /// <summary>The serialization in hexadecimal.</summary>
    public override string ToString() => Convert.ToHexStringLower(_bytes);

    internal static PublicKey OfPrivateKey(ReadOnlySpan<byte> privateKey, bool compressed) =>
        new(Secp256k1.CreatePublicKey(privateKey, compressed));
}
