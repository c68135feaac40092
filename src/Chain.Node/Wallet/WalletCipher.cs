using System.Security.Cryptography;

namespace Chain.Node.Wallet;

/// <summary>
/// AES-256-GCM under a key that PBKDF2-HMAC-SHA256 makes of a passphrase. Iterations and salt stand in the file, so that
/// new files can ask for more work than old ones. The key is erased on disposal.
/// </summary>
internal sealed class WalletCipher : IDisposable
{
    internal const int DefaultIterations = 600_000;

    /// <summary>A few seconds of work: a file cannot ask for hours of it.</summary>
    internal const int MaxIterations = 10_000_000;

    internal const int SaltSize = 16;
    internal const int NonceSize = 12;
    internal const int TagSize = 16;

    private const int KeySize = 32;

    private readonly byte[] _key;

    internal WalletCipher(Passphrase passphrase, int iterations, byte[] salt)
    {
        Iterations = iterations;
        Salt = salt;
        _key = Rfc2898DeriveBytes.Pbkdf2(passphrase.Bytes, salt, iterations, HashAlgorithmName.SHA256, KeySize);
    }

    internal int Iterations { get; }

    internal byte[] Salt { get; }

    /// <summary>The ciphertext, then its tag.</summary>
    internal byte[] Encrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> associated)
    {
        var result = new byte[plain.Length + TagSize];
        using var aes = new AesGcm(_key, TagSize);
        aes.Encrypt(nonce, plain, result.AsSpan(0, plain.Length), result.AsSpan(plain.Length), associated);
        return result;
    }

    /// <summary>Null where the tag does not match: another passphrase, or bytes changed by someone who could mend the checksum.</summary>
    internal byte[]? TryDecrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> cipherAndTag, ReadOnlySpan<byte> associated)
    {
        var plain = new byte[cipherAndTag.Length - TagSize];
        using var aes = new AesGcm(_key, TagSize);
        try
        {
            aes.Decrypt(nonce, cipherAndTag[..plain.Length], cipherAndTag[plain.Length..], plain, associated);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_key);
}
