using System.Diagnostics.CodeAnalysis;

namespace Chain.Core.Encoding;

/// <summary>
/// Bytes as a number in base 58, most significant digit first; each zero byte in front is a '1' in front (Core's base58.cpp).
/// Both ways take time that grows with the square of the length: callers bound it.
/// </summary>
public static class Base58
{
    /// <summary>The digits from 0 to 57: no 0, O, I or l, which look alike.</summary>
    public const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    private const int Radix = 58;

    /// <summary>The text of these bytes.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var zeros = bytes.IndexOfAnyExcept((byte)0) is >= 0 and var first ? first : bytes.Length;

        // log(256) / log(58) is below 1.38.
        var digits = new char[zeros + ((bytes.Length - zeros) * 138 / 100) + 1];
        var start = digits.Length;
        foreach (var item in bytes[zeros..])
        {
            int carry = item, place = digits.Length;
            while (place > start || carry != 0)
            {
                if (--place < start) start = place;
                carry += digits[place] * 256;
                digits[place] = (char)(carry % Radix);
                carry /= Radix;
            }
        }

        for (var i = start; i < digits.Length; i++) digits[i] = Alphabet[digits[i]];
        digits.AsSpan(start - zeros, zeros).Fill(Alphabet[0]);
        return new string(digits, start - zeros, digits.Length - start + zeros);
    }

    /// <summary>The bytes of a text; false where a character is none of the alphabet's. Nothing is no character.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        var zeros = text.IndexOfAnyExcept(Alphabet[0]) is >= 0 and var first ? first : text.Length;

        // log(58) / log(256) is below 0.733.
        var buffer = new byte[zeros + ((text.Length - zeros) * 733 / 1_000) + 1];
        var start = buffer.Length;
        foreach (var c in text[zeros..])
        {
            int carry = Alphabet.IndexOf(c, StringComparison.Ordinal), place = buffer.Length;
            if (carry < 0) return false;
            while (place > start || carry != 0)
            {
                if (--place < start) start = place;
                carry += buffer[place] * Radix;
                buffer[place] = (byte)(carry & byte.MaxValue);
                carry >>= 8;
            }
        }

        bytes = buffer[(start - zeros)..];
        return true;
    }
}
