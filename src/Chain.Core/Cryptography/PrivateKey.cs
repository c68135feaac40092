using System.Buffers.Binary;

namespace Chain.Core.Cryptography;

/// <summary>
/// A secp256k1 private key: a number from 1 to the group order less 1, 32 bytes big-endian, and whether its public key
/// is written compressed. The caller brings the randomness.
/// </summary>
public sealed class PrivateKey
{
    private const byte CompressedMark = 0x01;

    private readonly byte[] _bytes;

    private PrivateKey(byte[] bytes, bool compressed)
    {
        _bytes = bytes;
        PublicKey = PublicKey.OfPrivateKey(bytes, compressed);
        IsCompressed = compressed;
    }

    /// <summary>The public key that belongs to it.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>Whether the public key is the 33-byte form.</summary>
    public bool IsCompressed { get; }

    /// <summary>The 32 secret bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Takes 32 bytes where they are a valid key; null for zero or a number beyond the group order.</summary>
    public static PrivateKey? TryCreate(ReadOnlySpan<byte> bytes, bool compressed = true) =>
        Secp256k1.IsValidPrivateKey(bytes) ? new PrivateKey(bytes.ToArray(), compressed) : null;

    /// <summary>
    /// Reads wallet import format: Base58Check of version, 32 bytes and, for compressed keys, 01. Null for another
    /// version, a wrong checksum or length, or an invalid key.
    /// </summary>
    public static PrivateKey? TryParseWif(string text, byte version)
    {
        var payload = Base58Check.TryDecode(text);
        if (payload is null || payload.Length is not (33 or 34) || payload[0] != version) return null;
        var compressed = payload.Length == 34;
        return compressed && payload[33] != CompressedMark ? null : TryCreate(payload.AsSpan(1, 32), compressed);
    }

    /// <summary>The key in wallet import format with the chain's version byte (0x80 on Bitcoin's main network).</summary>
    public string ToWif(byte version) =>
        Base58Check.Encode(IsCompressed ? [version, .. _bytes, CompressedMark] : [version, .. _bytes]);

    /// <summary>Signs a message hash: RFC 6979 nonce, low S, strict DER, without a hash type byte.</summary>
    public byte[] Sign(Hash256 messageHash)
    {
        Span<byte> message = stackalloc byte[Hash256.Size];
        messageHash.CopyTo(message);
        return Secp256k1.Sign(_bytes, message);
    }

    /// <summary>
    /// As <see cref="Sign"/>, with further nonces tried until R needs no 33rd byte, as Core signs transactions: every signature
    /// has at most 70 bytes then, and fees can be reckoned beforehand.
    /// </summary>
    public byte[] SignLowR(Hash256 messageHash)
    {
        const int LengthOfR = 3;
        Span<byte> message = stackalloc byte[Hash256.Size];
        messageHash.CopyTo(message);
        var signature = Secp256k1.Sign(_bytes, message);
        Span<byte> entropy = stackalloc byte[Hash256.Size];
        entropy.Clear();
        for (var counter = 1u; signature[LengthOfR] > Hash256.Size; counter++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(entropy, counter);
            signature = Secp256k1.Sign(_bytes, message, entropy);
        }

        return signature;
    }

    /// <summary>Signs a hash with Schnorr (BIP340): 64 bytes, without a hash type byte.</summary>
    public byte[] SignSchnorr(Hash256 messageHash, ReadOnlySpan<byte> auxiliaryRandomness)
    {
        Span<byte> message = stackalloc byte[Hash256.Size];
        messageHash.CopyTo(message);
        return Schnorr.Sign(_bytes, message, auxiliaryRandomness);
    }

    /// <summary>The key whose x-only public key is this one's plus a number times the generator (BIP341).</summary>
    public PrivateKey Tweak(Hash256 tweak) => new(Schnorr.TweakPrivateKey(_bytes, tweak.ToByteArray()), compressed: true);
}
