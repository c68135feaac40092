using Chain.Core.Cryptography;

namespace Chain.Core.Scripts;

/// <summary>The form of signatures and public keys in scripts: strict DER (BIP66), low S, hash type, key prefix.</summary>
public static class SignatureEncoding
{
    /// <summary>
    /// True for <c>30 len 02 lenR R 02 lenS S hashtype</c> with R and S positive, without needless zeros, and no byte over
    /// (BIP66). The last byte, the hash type, is any.
    /// </summary>
    public static bool IsStrictDer(ReadOnlySpan<byte> signature)
    {
        if (signature.Length is < 9 or > 73) return false;
        if (signature[0] != 0x30 || signature[1] != signature.Length - 3) return false;
        var lengthR = signature[3];
        if (5 + lengthR >= signature.Length) return false;
        var lengthS = signature[5 + lengthR];
        if (lengthR + lengthS + 7 != signature.Length) return false;
        return IsPositiveInteger(signature[2], signature.Slice(4, lengthR))
            && IsPositiveInteger(signature[4 + lengthR], signature.Slice(6 + lengthR, lengthS));
    }

    /// <summary>
    /// Rewrites a signature (without hash type) as strict DER where it is read as OpenSSL did before BIP66 (Core:
    /// ecdsa_signature_parse_der_lax): lengths in long forms, needless or missing zeros, a wrong total length and bytes
    /// behind the end are overlooked. Null where even so no R and S of 32 bytes are found.
    /// </summary>
    public static byte[]? TryMakeStrict(ReadOnlySpan<byte> signature)
    {
        if (!TryTake(ref signature, 0x30) || !TryReadLength(ref signature, out _)) return null;
        if (!TryReadInteger(ref signature, out var r) || !TryReadInteger(ref signature, out var s)) return null;
        byte[] body = [.. DerInteger(r), .. DerInteger(s)];
        return [0x30, (byte)body.Length, .. body];
    }

    /// <summary>Applies what <paramref name="flags"/> ask of a signature with its hash type; an empty one passes, and fails later.</summary>
    public static ScriptError CheckSignature(ReadOnlySpan<byte> signature, ScriptFlags flags)
    {
        if (signature.IsEmpty) return ScriptError.Ok;
        const ScriptFlags AnyForm = ScriptFlags.DerSignatures | ScriptFlags.LowS | ScriptFlags.StrictEncoding;
        if ((flags & AnyForm) != 0 && !IsStrictDer(signature)) return ScriptError.SigDer;
        if ((flags & ScriptFlags.LowS) != 0 && !Secp256k1.IsLowS(signature[..^1])) return ScriptError.SigHighS;
        if ((flags & ScriptFlags.StrictEncoding) != 0 && !((SignatureHashType)signature[^1]).IsDefined()) return ScriptError.SigHashType;
        return ScriptError.Ok;
    }

    /// <summary>
    /// Applies what <paramref name="flags"/> ask of a public key: 33 bytes from 02 or 03, or 65 from 04, of which the witness
    /// takes the first form only.
    /// </summary>
    public static ScriptError CheckPublicKey(ReadOnlySpan<byte> publicKey, ScriptFlags flags, SignatureVersion version = SignatureVersion.Base)
    {
        if ((flags & ScriptFlags.StrictEncoding) != 0 && !IsCompressed(publicKey) && !IsUncompressed(publicKey)) return ScriptError.PubKeyType;
        return (flags & ScriptFlags.WitnessPubKeyType) != 0 && version == SignatureVersion.WitnessV0 && !IsCompressed(publicKey)
            ? ScriptError.WitnessPubKeyType
            : ScriptError.Ok;
    }

    /// <summary>True for as many bytes as the first one announces, the hybrid forms 06 and 07 included (Core: CPubKey::ValidSize).</summary>
    public static bool IsKeyLength(ReadOnlySpan<byte> publicKey) => publicKey switch
    {
        [0x02 or 0x03, ..] => publicKey.Length == Secp256k1.CompressedSize,
        [0x04 or 0x06 or 0x07, ..] => publicKey.Length == Secp256k1.UncompressedSize,
        _ => false,
    };

    private static bool IsCompressed(ReadOnlySpan<byte> publicKey) => publicKey.Length == Secp256k1.CompressedSize && (publicKey[0] is 0x02 or 0x03);

    private static bool IsUncompressed(ReadOnlySpan<byte> publicKey) => publicKey.Length == Secp256k1.UncompressedSize && publicKey[0] == 0x04;

    private static bool IsPositiveInteger(byte tag, ReadOnlySpan<byte> value) =>
        tag == 0x02 && !value.IsEmpty && (value[0] & 0x80) == 0
        && !(value.Length > 1 && value[0] == 0 && (value[1] & 0x80) == 0);

    private static bool TryReadInteger(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryTake(ref rest, 0x02) || !TryReadLength(ref rest, out var length) || length > rest.Length) return false;
        value = rest[..length].TrimStart((byte)0);
        rest = rest[length..];
        return value.Length <= 32;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> rest, byte tag)
    {
        if (rest.IsEmpty || rest[0] != tag) return false;
        rest = rest[1..];
        return true;
    }

    // The length of the whole is read past, so that it may be any; that of an integer has at most three digits in base 256.
    private static bool TryReadLength(ref ReadOnlySpan<byte> rest, out int length)
    {
        length = 0;
        if (rest.IsEmpty) return false;
        var first = rest[0];
        rest = rest[1..];
        if ((first & 0x80) == 0)
        {
            length = first;
            return true;
        }

        var size = first & 0x7f;
        if (size > rest.Length) return false;
        var digits = rest[..size].TrimStart((byte)0);
        rest = rest[size..];
        if (digits.Length > 3)
        {
            length = int.MaxValue;
            return true;
        }

        foreach (var digit in digits) length = (length << 8) | digit;
        return true;
    }

    private static byte[] DerInteger(ReadOnlySpan<byte> value) =>
        value.IsEmpty ? [0x02, 0x01, 0x00]
        : value[0] >= 0x80 ? [0x02, (byte)(value.Length + 1), 0x00, .. value]
        : [0x02, (byte)value.Length, .. value];
}
