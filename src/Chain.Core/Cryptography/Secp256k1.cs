using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Chain.Core.Cryptography;

/// <summary>
/// The binding to libsecp256k1, Bitcoin Core's own library for the curve secp256k1. One context is created at first use,
/// randomised against side channels, shared by all threads and kept for the life of the process. The library aborts the
/// process on arguments of a wrong size, so every length is checked here before a call.
/// </summary>
public static unsafe partial class Secp256k1
{
    /// <summary>Length of a private key in bytes, big-endian.</summary>
    public const int PrivateKeySize = 32;

    /// <summary>Length of a compressed public key: 02 or 03, then x.</summary>
    public const int CompressedSize = 33;

    /// <summary>Length of an uncompressed public key: 04, x, y.</summary>
    public const int UncompressedSize = 65;

    internal const string Library = "secp256k1";
    internal const int OpaqueSize = 64;

    private const int LongestDer = 72;
    private const uint ContextSignVerify = 0x301;
    private const uint SerializeCompressed = 0x102;
    private const uint SerializeUncompressed = 0x002;

    internal static readonly Lazy<nint> Context = new(CreateContext);

    /// <summary>True for a number from 1 to the group order less 1.</summary>
    public static bool IsValidPrivateKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != PrivateKeySize) return false;
        fixed (byte* k = key) return secp256k1_ec_seckey_verify(Context.Value, k) == 1;
    }

    /// <summary>True where the bytes (33 or 65) encode a point on the curve.</summary>
    public static bool IsValidPublicKey(ReadOnlySpan<byte> publicKey)
    {
        var point = stackalloc byte[OpaqueSize];
        return TryParsePoint(publicKey, point);
    }

    /// <summary>The public key of a valid private key, serialized in 33 or 65 bytes.</summary>
    public static byte[] CreatePublicKey(ReadOnlySpan<byte> privateKey, bool compressed)
    {
        RequireSize(privateKey, PrivateKeySize, nameof(privateKey));
        var point = stackalloc byte[OpaqueSize];
        fixed (byte* k = privateKey)
        {
            if (secp256k1_ec_pubkey_create(Context.Value, point, k) != 1)
                throw new ArgumentException("The private key is zero or not below the group order.", nameof(privateKey));
        }

        var result = new byte[compressed ? CompressedSize : UncompressedSize];
        var size = (nuint)result.Length;
        fixed (byte* r = result)
            _ = secp256k1_ec_pubkey_serialize(Context.Value, r, &size, point, compressed ? SerializeCompressed : SerializeUncompressed);
        return result;
    }

    /// <summary>
    /// Signs a 32-byte message hash with ECDSA: the nonce by RFC 6979, S in the lower half, in strict DER (at most 72 bytes).
    /// Another nonce comes of 32 bytes of <paramref name="extraEntropy"/>.
    /// </summary>
    public static byte[] Sign(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> messageHash, ReadOnlySpan<byte> extraEntropy = default)
    {
        RequireSize(privateKey, PrivateKeySize, nameof(privateKey));
        RequireSize(messageHash, Hash256.Size, nameof(messageHash));
        if (!extraEntropy.IsEmpty) RequireSize(extraEntropy, Hash256.Size, nameof(extraEntropy));
        var signature = stackalloc byte[OpaqueSize];
        var der = stackalloc byte[LongestDer];
        nuint size = LongestDer;
        fixed (byte* k = privateKey, m = messageHash, e = extraEntropy)
        {
            if (secp256k1_ecdsa_sign(Context.Value, signature, m, k, null, e) != 1)
                throw new ArgumentException("The private key is zero or not below the group order.", nameof(privateKey));
        }

        _ = secp256k1_ecdsa_signature_serialize_der(Context.Value, der, &size, signature);
        return new ReadOnlySpan<byte>(der, (int)size).ToArray();
    }

    /// <summary>
    /// Verifies an ECDSA signature in strict DER over a 32-byte message hash. S in the upper half is accepted, as consensus
    /// does (low S is policy, BIP146). False for any malformed key or signature.
    /// </summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> derSignature, ReadOnlySpan<byte> messageHash)
    {
        RequireSize(messageHash, Hash256.Size, nameof(messageHash));
        if (derSignature.IsEmpty) return false;
        var point = stackalloc byte[OpaqueSize];
        var signature = stackalloc byte[OpaqueSize];
        if (!TryParsePoint(publicKey, point)) return false;
        fixed (byte* s = derSignature, m = messageHash)
        {
            if (secp256k1_ecdsa_signature_parse_der(Context.Value, signature, s, (nuint)derSignature.Length) != 1) return false;
            _ = secp256k1_ecdsa_signature_normalize(Context.Value, signature, signature);
            return secp256k1_ecdsa_verify(Context.Value, signature, m, point) == 1;
        }
    }

    /// <summary>True where S of a strict DER signature lies in the lower half of the group order (BIP146).</summary>
    public static bool IsLowS(ReadOnlySpan<byte> derSignature)
    {
        if (derSignature.IsEmpty) return false;
        var signature = stackalloc byte[OpaqueSize];
        fixed (byte* s = derSignature)
        {
            return secp256k1_ecdsa_signature_parse_der(Context.Value, signature, s, (nuint)derSignature.Length) == 1
                && secp256k1_ecdsa_signature_normalize(Context.Value, null, signature) == 0;
        }
    }

    /// <summary>
    /// Loads the library and creates the context. Throws <see cref="DllNotFoundException"/> with a text that names the
    /// package to install, so that a program can report it before it starts to work.
    /// </summary>
    public static void Load() => _ = Context.Value;

    private static bool TryParsePoint(ReadOnlySpan<byte> publicKey, byte* point)
    {
        if (publicKey.Length is not (CompressedSize or UncompressedSize)) return false;
        fixed (byte* p = publicKey) return secp256k1_ec_pubkey_parse(Context.Value, point, p, (nuint)publicKey.Length) == 1;
    }

    internal static void RequireSize(ReadOnlySpan<byte> value, int size, string name)
    {
        if (value.Length != size) throw new ArgumentException($"{size} bytes expected, not {value.Length}.", name);
    }

    private static nint CreateContext()
    {
        NativeLibrary.SetDllImportResolver(typeof(Secp256k1).Assembly, Resolve);
        var context = secp256k1_context_create(ContextSignVerify);
        var seed = stackalloc byte[32];
        RandomNumberGenerator.Fill(new Span<byte>(seed, 32));
        _ = secp256k1_context_randomize(context, seed);
        return context;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library) return 0;
        string[] files =
        [
            "libsecp256k1.so.1", "libsecp256k1.so.2", "libsecp256k1.so.5", "libsecp256k1.so.6", "libsecp256k1.so",
            "libsecp256k1.dylib", "secp256k1.dll", "libsecp256k1.dll", "libsecp256k1-2.dll", "libsecp256k1-6.dll",
        ];
        foreach (var file in files)
        {
            if (NativeLibrary.TryLoad(Path.Combine(AppContext.BaseDirectory, file), out var handle)) return handle;
            if (NativeLibrary.TryLoad(file, out handle)) return handle;
        }

        throw new DllNotFoundException(
            "libsecp256k1 was not found. Install it (Debian, Ubuntu: apt-get install libsecp256k1-1; "
            + "newer releases: libsecp256k1-2; macOS: brew install secp256k1) or put it beside the executable.");
    }

    [LibraryImport(Library)]
    private static partial nint secp256k1_context_create(uint flags);

    [LibraryImport(Library)]
    private static partial int secp256k1_context_randomize(nint context, byte* seed32);

    [LibraryImport(Library)]
    private static partial int secp256k1_ec_seckey_verify(nint context, byte* key32);

    [LibraryImport(Library)]
    private static partial int secp256k1_ec_pubkey_create(nint context, byte* point64, byte* key32);

    [LibraryImport(Library)]
    private static partial int secp256k1_ec_pubkey_parse(nint context, byte* point64, byte* input, nuint length);

    [LibraryImport(Library)]
    private static partial int secp256k1_ec_pubkey_serialize(nint context, byte* output, nuint* length, byte* point64, uint flags);

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_sign(nint context, byte* signature64, byte* message32, byte* key32, void* nonce, void* data);

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_verify(nint context, byte* signature64, byte* message32, byte* point64);

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_signature_parse_der(nint context, byte* signature64, byte* input, nuint length);

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_signature_serialize_der(nint context, byte* output, nuint* length, byte* signature64);

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_signature_normalize(nint context, byte* output64, byte* input64);
}
