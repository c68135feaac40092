using System.Runtime.InteropServices;

namespace Chain.Core.Cryptography;

/// <summary>
/// ECDSA signatures of 65 bytes from which the public key can be found again: a first byte that says which of four points it
/// is and whether it is written compressed, then R and S. A part of the binding to libsecp256k1.
/// </summary>
public static unsafe partial class RecoverableSignature
{
    /// <summary>Length of a signature in bytes.</summary>
    public const int Size = 65;

    private const int FirstHeader = 27;
    private const int CompressedBit = 4;
    private const int PointMask = 3;
    private const uint SerializeCompressed = 0x102;
    private const uint SerializeUncompressed = 0x002;

    /// <summary>Signs a hash (Core: SignCompact).</summary>
    public static byte[] Sign(PrivateKey key, Hash256 messageHash)
    {
        var signature = stackalloc byte[Size];
        var result = new byte[Size];
        int point;
        fixed (byte* k = key.Bytes, m = messageHash.ToByteArray(), r = result)
        {
            if (secp256k1_ecdsa_sign_recoverable(Secp256k1.Context.Value, signature, m, k, null, null) != 1)
                throw new InvalidOperationException("libsecp256k1 gave no signature.");
            _ = secp256k1_ecdsa_recoverable_signature_serialize_compact(Secp256k1.Context.Value, r + 1, &point, signature);
        }

        result[0] = (byte)(FirstHeader + point + (key.IsCompressed ? CompressedBit : 0));
        return result;
    }

    /// <summary>The key that made a signature of a hash (Core: RecoverCompact); null where the signature is none.</summary>
    public static PublicKey? Recover(ReadOnlySpan<byte> signature, Hash256 messageHash)
    {
        if (signature.Length != Size) return null;
        var header = unchecked(signature[0] - FirstHeader);
        byte* parsed = stackalloc byte[Size], point = stackalloc byte[Secp256k1.OpaqueSize];
        var isCompressed = (header & CompressedBit) != 0;
        var key = new byte[isCompressed ? Secp256k1.CompressedSize : Secp256k1.UncompressedSize];
        var size = (nuint)key.Length;
        fixed (byte* s = signature, m = messageHash.ToByteArray(), k = key)
        {
            if (secp256k1_ecdsa_recoverable_signature_parse_compact(Secp256k1.Context.Value, parsed, s + 1, header & PointMask) != 1) return null;
            if (secp256k1_ecdsa_recover(Secp256k1.Context.Value, point, parsed, m) != 1) return null;
            _ = secp256k1_ec_pubkey_serialize(Secp256k1.Context.Value, k, &size, point, isCompressed ? SerializeCompressed : SerializeUncompressed);
        }

        return PublicKey.TryCreate(key);
    }

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ecdsa_sign_recoverable(nint context, byte* signature65, byte* message32, byte* key32, void* nonce, void* data);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ecdsa_recoverable_signature_serialize_compact(nint context, byte* output64, int* point, byte* signature65);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ecdsa_recoverable_signature_parse_compact(nint context, byte* signature65, byte* input64, int point);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ecdsa_recover(nint context, byte* point64, byte* signature65, byte* message32);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ec_pubkey_serialize(nint context, byte* output, nuint* length, byte* point64, uint flags);
}
