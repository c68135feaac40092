using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Chain.Core.Cryptography;

/// <summary>
/// Schnorr signatures on secp256k1 (BIP340) and the keys that they use, which are x coordinates alone: the part of the
/// binding to libsecp256k1 that taproot needs. Every length is checked before a call.
/// </summary>
public static unsafe partial class Schnorr
{
    /// <summary>Length of an x-only public key.</summary>
    public const int PublicKeySize = 32;

    /// <summary>Length of a signature: x of a point, then a number.</summary>
    public const int SignatureSize = 64;

    /// <summary>Length of the auxiliary randomness for a signature, and of a tweak.</summary>
    public const int ScalarSize = 32;

    private const int KeyPairSize = 96;

    /// <summary>True where the bytes are the x coordinate of a point on the curve.</summary>
    public static bool IsValidPublicKey(ReadOnlySpan<byte> publicKey)
    {
        var point = stackalloc byte[Secp256k1.OpaqueSize];
        return TryParse(publicKey, point);
    }

    /// <summary>Verifies a signature of 64 bytes over a message of any length; false for any malformed key or signature.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message)
    {
        var point = stackalloc byte[Secp256k1.OpaqueSize];
        if (signature.Length != SignatureSize || !TryParse(publicKey, point)) return false;
        byte none = 0;
        fixed (byte* s = signature, m = message)
            return secp256k1_schnorrsig_verify(Secp256k1.Context.Value, s, m is null ? &none : m, (nuint)message.Length, point) == 1;
    }

    /// <summary>
    /// Signs a message; the nonce comes from key, message and 32 bytes of auxiliary randomness, which may be zeros: they only
    /// protect against devices that watch or disturb the computation.
    /// </summary>
    public static byte[] Sign(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> auxiliaryRandomness)
    {
        Secp256k1.RequireSize(auxiliaryRandomness, ScalarSize, nameof(auxiliaryRandomness));
        var pair = stackalloc byte[KeyPairSize];
        CreateKeyPair(privateKey, pair);
        var signature = new byte[SignatureSize];
        byte none = 0;
        fixed (byte* s = signature, m = message, a = auxiliaryRandomness)
        {
            var extra = new ExtraParameters { Magic = ExtraParameters.MagicNumber, NonceData = a };
            if (secp256k1_schnorrsig_sign_custom(Secp256k1.Context.Value, s, m is null ? &none : m, (nuint)message.Length, pair, &extra) != 1)
                throw new InvalidOperationException("libsecp256k1 gave no signature.");
        }

        CryptographicOperations.ZeroMemory(new Span<byte>(pair, KeyPairSize));
        return signature;
    }

    /// <summary>
    /// The x-only key of an x-only key plus a number times the generator, and whether its y is odd; null where the key is
    /// none, or the sum is no point.
    /// </summary>
    public static byte[]? TryTweakPublicKey(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> tweak, out bool isOdd)
    {
        Secp256k1.RequireSize(tweak, ScalarSize, nameof(tweak));
        isOdd = false;
        byte* point = stackalloc byte[Secp256k1.OpaqueSize], sum = stackalloc byte[Secp256k1.OpaqueSize];
        if (!TryParse(publicKey, point)) return null;
        var result = new byte[PublicKeySize];
        int parity;
        fixed (byte* t = tweak, r = result)
        {
            if (secp256k1_xonly_pubkey_tweak_add(Secp256k1.Context.Value, sum, point, t) != 1) return null;
            _ = secp256k1_xonly_pubkey_from_pubkey(Secp256k1.Context.Value, point, &parity, sum);
            _ = secp256k1_xonly_pubkey_serialize(Secp256k1.Context.Value, r, point);
        }

        isOdd = parity != 0;
        return result;
    }

    /// <summary>True where <paramref name="tweaked"/> is the inner key plus the tweak, with that parity of y.</summary>
    public static bool IsTweaked(ReadOnlySpan<byte> tweaked, bool isOdd, ReadOnlySpan<byte> innerKey, ReadOnlySpan<byte> tweak)
    {
        Secp256k1.RequireSize(tweak, ScalarSize, nameof(tweak));
        var point = stackalloc byte[Secp256k1.OpaqueSize];
        if (tweaked.Length != PublicKeySize || !TryParse(innerKey, point)) return false;
        fixed (byte* k = tweaked, t = tweak)
            return secp256k1_xonly_pubkey_tweak_add_check(Secp256k1.Context.Value, k, isOdd ? 1 : 0, point, t) == 1;
    }

    /// <summary>The private key of the x-only public key that <see cref="TryTweakPublicKey"/> gives for this key's.</summary>
    public static byte[] TweakPrivateKey(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> tweak)
    {
        Secp256k1.RequireSize(tweak, ScalarSize, nameof(tweak));
        var pair = stackalloc byte[KeyPairSize];
        CreateKeyPair(privateKey, pair);
        var result = new byte[Secp256k1.PrivateKeySize];
        fixed (byte* t = tweak, r = result)
        {
            if (secp256k1_keypair_xonly_tweak_add(Secp256k1.Context.Value, pair, t) != 1)
                throw new ArgumentException("The tweak is not below the group order, or takes the key away.", nameof(tweak));
            _ = secp256k1_keypair_sec(Secp256k1.Context.Value, r, pair);
        }

        CryptographicOperations.ZeroMemory(new Span<byte>(pair, KeyPairSize));
        return result;
    }

    private static bool TryParse(ReadOnlySpan<byte> publicKey, byte* point)
    {
        if (publicKey.Length != PublicKeySize) return false;
        fixed (byte* k = publicKey) return secp256k1_xonly_pubkey_parse(Secp256k1.Context.Value, point, k) == 1;
    }

    private static void CreateKeyPair(ReadOnlySpan<byte> privateKey, byte* pair)
    {
        Secp256k1.RequireSize(privateKey, Secp256k1.PrivateKeySize, nameof(privateKey));
        fixed (byte* k = privateKey)
        {
            if (secp256k1_keypair_create(Secp256k1.Context.Value, pair, k) != 1)
                throw new ArgumentException("The private key is zero or not below the group order.", nameof(privateKey));
        }
    }

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_xonly_pubkey_parse(nint context, byte* point64, byte* input32);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_xonly_pubkey_serialize(nint context, byte* output32, byte* point64);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_xonly_pubkey_from_pubkey(nint context, byte* xonly64, int* parity, byte* point64);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_xonly_pubkey_tweak_add(nint context, byte* output64, byte* xonly64, byte* tweak32);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_xonly_pubkey_tweak_add_check(nint context, byte* tweaked32, int parity, byte* inner64, byte* tweak32);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_keypair_create(nint context, byte* pair96, byte* key32);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_keypair_sec(nint context, byte* key32, byte* pair96);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_keypair_xonly_tweak_add(nint context, byte* pair96, byte* tweak32);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_schnorrsig_verify(nint context, byte* signature64, byte* message, nuint length, byte* xonly64);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_schnorrsig_sign_custom(nint context, byte* signature64, byte* message, nuint length, byte* pair96, ExtraParameters* extra);

    /// <summary>secp256k1_schnorrsig_extraparams: without a nonce function, BIP340's is used with this data.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ExtraParameters
    {
        public const uint MagicNumber = 0x8cb36fda;

        public uint Magic;
        public void* NonceFunction;
        public byte* NonceData;
    }
}
