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

    /// <summary>Applies what <paramref name="flags"/> ask of a public key: 33 bytes from 02 or 03, or 65 from 04.</summary>
    public static ScriptError CheckPublicKey(ReadOnlySpan<byte> publicKey, ScriptFlags flags)
    {
        if ((flags & ScriptFlags.StrictEncoding) == 0) return ScriptError.Ok;
        var ok = publicKey.Length switch
        {
            Secp256k1.CompressedSize => publicKey[0] is 0x02 or 0x03,
            Secp256k1.UncompressedSize => publicKey[0] == 0x04,
            _ => false,
        };
        return ok ? ScriptError.Ok : ScriptError.PubKeyType;
    }

    private static bool IsPositiveInteger(byte tag, ReadOnlySpan<byte> value) =>
        tag == 0x02 && !value.IsEmpty && (value[0] & 0x80) == 0
        && !(value.Length > 1 && value[0] == 0 && (value[1] & 0x80) == 0);
}
