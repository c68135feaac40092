using System.Security.Cryptography;
using System.Text;

namespace Chain.Node.Wallet;

/// <summary>The secret text that opens an encrypted wallet, as UTF-8, never empty. Its bytes are erased on disposal.</summary>
public sealed class Passphrase : IDisposable
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _bytes;

    private Passphrase(byte[] bytes) => _bytes = bytes;

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Takes a text; null where it is empty or has half a surrogate pair.</summary>
    public static Passphrase? TryCreate(string text)
    {
        try
        {
            return text.Length == 0 ? null : new Passphrase(Strict.GetBytes(text));
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Copies bytes; null where there are none or they are not UTF-8.</summary>
    public static Passphrase? TryCreate(ReadOnlySpan<byte> utf8) =>
        utf8.IsEmpty || !System.Text.Unicode.Utf8.IsValid(utf8) ? null : new Passphrase(utf8.ToArray());

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);
}
