using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Chain.Core.Cryptography;

/// <summary>
/// SHA-256 for the many short inputs of a block chain. Where OpenSSL's libcrypto, on which .NET stands there, can be reached
/// directly, its functions are called on the stack: .NET's own way to them allocates a context for each hash, which costs
/// several times the hash of a transaction. Elsewhere, and for long inputs, .NET's <see cref="SHA256"/> does it. The first few
/// hashes need no library.
/// </summary>
public static unsafe class Sha256
{
    /// <summary>Length of a hash in bytes.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    /// <summary>SHA256_CTX has 112 bytes in every version of OpenSSL; some room is left.</summary>
    private const int ContextSize = 128;

    /// <summary>The garbage collector waits for a direct call: beyond this length it goes another way.</summary>
    private const int MaxDirectLength = 16_384;

    /// <summary>How many hashes of a process, each of at most so many bytes, are made without a library.</summary>
    private const int Few = 64, MaxManagedLength = 1_024;

    private static int _count;

    /// <summary>Hashes; <paramref name="destination"/> has at least 32 bytes and may be the data itself.</summary>
    [SkipLocalsInit]
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> destination)
    {
        if (_count < Few && data.Length <= MaxManagedLength)
        {
            _count++;
            ManagedSha256.Hash(data, destination);
            return;
        }

        if (!Direct.IsThere || data.Length > MaxDirectLength)
        {
            SHA256.HashData(data, destination);
            return;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, Size, nameof(destination));
        var context = stackalloc byte[ContextSize];
        fixed (byte* input = data, output = destination)
        {
            _ = Direct.Init(context);
            _ = Direct.Update(context, input, (nuint)data.Length);
            _ = Direct.Final(output, context);
        }
    }

    /// <summary>The hash as a new array.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> data)
    {
        var hash = new byte[Size];
        Hash(data, hash);
        return hash;
    }

    /// <summary>OpenSSL's functions, loaded when one is needed.</summary>
    private static class Direct
    {
        public static readonly bool IsThere;
        public static readonly delegate* unmanaged[SuppressGCTransition]<byte*, int> Init;
        public static readonly delegate* unmanaged[SuppressGCTransition]<byte*, byte*, nuint, int> Update;
        public static readonly delegate* unmanaged[SuppressGCTransition]<byte*, byte*, int> Final;

        static Direct()
        {
            foreach (var name in (string[])["libcrypto.so.3", "libcrypto.so.1.1"])
            {
                if (!NativeLibrary.TryLoad(name, out var library)) continue;
                if (!NativeLibrary.TryGetExport(library, "SHA256_Init", out var init)
                    || !NativeLibrary.TryGetExport(library, "SHA256_Update", out var update)
                    || !NativeLibrary.TryGetExport(library, "SHA256_Final", out var final)) continue;
                Init = (delegate* unmanaged[SuppressGCTransition]<byte*, int>)init;
                Update = (delegate* unmanaged[SuppressGCTransition]<byte*, byte*, nuint, int>)update;
                Final = (delegate* unmanaged[SuppressGCTransition]<byte*, byte*, int>)final;
                IsThere = true;
                return;
            }
        }
    }
}
