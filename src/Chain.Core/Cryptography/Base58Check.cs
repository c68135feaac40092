using Chain.Core.Encoding;

namespace Chain.Core.Cryptography;

/// <summary>
/// Base58 with a version prefix inside the payload and the first four bytes of its double SHA-256 behind it: the form of
/// legacy addresses and of private keys for people (WIF).
/// </summary>
public static class Base58Check
{
    private const int ChecksumSize = 4;

    /// <summary>The longest text that is looked at: decoding is quadratic, and nothing in the field is longer (BIP32 keys: 111).</summary>
    private const int LongestText = 128;

    /// <summary>Encodes <paramref name="payload"/> (version byte first) with its checksum.</summary>
    public static string Encode(ReadOnlySpan<byte> payload)
    {
        Span<byte> data = new byte[payload.Length + ChecksumSize];
        payload.CopyTo(data);
        Checksum(payload, data[payload.Length..]);
        return Base58.Encode(data);
    }

    /// <summary>Decodes a text to its payload (version byte first); null where a character or the checksum is wrong.</summary>
    public static byte[]? TryDecode(string text)
    {
        if (text.Length > LongestText || !Base58.TryDecode(text, out var data) || data.Length < ChecksumSize) return null;
        var payload = data.AsSpan(0, data.Length - ChecksumSize);
        Span<byte> checksum = stackalloc byte[ChecksumSize];
        Checksum(payload, checksum);
        return checksum.SequenceEqual(data.AsSpan(payload.Length)) ? payload.ToArray() : null;
    }

    /// <summary>Whether a text that is not longer than any in the field has only characters of Base58.</summary>
    public static bool IsAlphabetic(string text) => text.Length is > 0 and <= LongestText && text.All(c => Base58.Alphabet.Contains(c, StringComparison.Ordinal));

    private static void Checksum(ReadOnlySpan<byte> payload, Span<byte> checksum)
    {
        Span<byte> hash = stackalloc byte[Sha256.Size];
        Sha256.Hash(payload, hash);
        Sha256.Hash(hash, hash);
        hash[..ChecksumSize].CopyTo(checksum);
    }
}
