using System.Runtime.InteropServices;

namespace Chain.Core.Cryptography;

/// <summary>
/// Adds a number to a key: what BIP32 derives children with, on private keys and, the same way, on public keys alone. A part of
/// the binding to libsecp256k1; every length is checked before a call.
/// </summary>
public static unsafe partial class KeyAddition
{
    private const uint SerializeCompressed = 0x102;

    /// <summary>The private key plus the number, modulo the group order; null where that is zero, or the number is not below the order.</summary>
    public static byte[]? TryAdd(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> number)
    {
        Secp256k1.RequireSize(privateKey, Secp256k1.PrivateKeySize, nameof(privateKey));
        Secp256k1.RequireSize(number, Secp256k1.PrivateKeySize, nameof(number));
        var sum = privateKey.ToArray();
        fixed (byte* k = sum, n = number) return secp256k1_ec_seckey_tweak_add(Secp256k1.Context.Value, k, n) == 1 ? sum : null;
    }

    /// <summary>The compressed public key of the sum; null where the key is none or the sum is no point.</summary>
    public static byte[]? TryAddToPublicKey(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> number)
    {
        Secp256k1.RequireSize(publicKey, Secp256k1.CompressedSize, nameof(publicKey));
        Secp256k1.RequireSize(number, Secp256k1.PrivateKeySize, nameof(number));
        var point = stackalloc byte[Secp256k1.OpaqueSize];
        var sum = new byte[Secp256k1.CompressedSize];
        nuint size = Secp256k1.CompressedSize;
        fixed (byte* p = publicKey, n = number, s = sum)
        {
            if (secp256k1_ec_pubkey_parse(Secp256k1.Context.Value, point, p, (nuint)publicKey.Length) != 1) return null;
            if (secp256k1_ec_pubkey_tweak_add(Secp256k1.Context.Value, point, n) != 1) return null;
            _ = secp256k1_ec_pubkey_serialize(Secp256k1.Context.Value, s, &size, point, SerializeCompressed);
        }

        return sum;
    }

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ec_seckey_tweak_add(nint context, byte* key32, byte* tweak32);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ec_pubkey_parse(nint context, byte* point64, byte* input, nuint length);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ec_pubkey_tweak_add(nint context, byte* point64, byte* tweak32);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ec_pubkey_serialize(nint context, byte* output, nuint* length, byte* point64, uint flags);
}
