using System.Text;

namespace Chain.Core.Encoding;

/// <summary>Which constant a checksum ends on.</summary>
public enum Bech32Variant
{
    /// <summary>BIP173, for witness version 0.</summary>
    Bech32,

    /// <summary>BIP350, for later versions: the first form could not tell where a q before a last p was added or lost.</summary>
    Bech32m,
}

/// <summary>
/// Text of a prefix for people, the digit 1, values of 5 bits in an alphabet without look-alikes, and a checksum that finds
/// any four mistakes (BIP173, BIP350).
/// </summary>
public static class Bech32
{
    /// <summary>The longest text.</summary>
    public const int MaxLength = 90;

    internal const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    internal const char Separator = '1';
    internal const int ChecksumSize = 6;
    private const uint Bech32mConstant = 0x2bc830a3;

    /// <summary>Encodes values from 0 to 31 under a lower-case prefix.</summary>
    public static string Encode(string prefix, ReadOnlySpan<byte> values, Bech32Variant variant)
    {
        var text = new StringBuilder(prefix, prefix.Length + 1 + values.Length + ChecksumSize).Append(Separator);
        foreach (var value in values) text.Append(Alphabet[value]);
        var state = Feed(FeedPrefix(prefix), values);
        for (var i = 0; i < ChecksumSize; i++) state = Step(state, 0);
        state ^= Constant(variant);
        for (var i = 0; i < ChecksumSize; i++) text.Append(Alphabet[(int)(state >> (5 * (ChecksumSize - 1 - i))) & 31]);
        return text.ToString();
    }

    /// <summary>
    /// Decodes a text in lower or upper case, not mixed, to its prefix (in lower case) and values; false where a character,
    /// the length or the checksum is wrong.
    /// </summary>
    public static bool TryDecode(string text, out string prefix, out byte[] values, out Bech32Variant variant)
    {
        (prefix, values, variant) = ("", [], default);
        if (text.Length > MaxLength || !text.All(c => c is >= '!' and <= '~') || (text.Any(char.IsAsciiLetterUpper) && text.Any(char.IsAsciiLetterLower))) return false;
        var lower = text.ToLowerInvariant();
        var separator = lower.LastIndexOf(Separator);
        if (separator < 1 || lower.Length - separator - 1 < ChecksumSize) return false;
        var data = new byte[lower.Length - separator - 1];
        for (var i = 0; i < data.Length; i++)
        {
            var value = Alphabet.IndexOf(lower[separator + 1 + i], StringComparison.Ordinal);
            if (value < 0) return false;
            data[i] = (byte)value;
        }

        var remainder = Remainder(lower[..separator], data);
        if (remainder != Constant(Bech32Variant.Bech32) && remainder != Constant(Bech32Variant.Bech32m)) return false;
        variant = remainder == Bech32mConstant ? Bech32Variant.Bech32m : Bech32Variant.Bech32;
        (prefix, values) = (lower[..separator], data[..^ChecksumSize]);
        return true;
    }

    /// <summary>Regroups bytes into values of 5 bits, the last one filled up with zeros.</summary>
    public static byte[] ToValues(ReadOnlySpan<byte> bytes)
    {
        var values = new byte[(bytes.Length * 8 + 4) / 5];
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            if ((bytes[bit / 8] & (0x80 >> (bit % 8))) != 0) values[bit / 5] |= (byte)(0x10 >> (bit % 5));
        }

        return values;
    }

    /// <summary>Regroups values of 5 bits into bytes; null where more than 4 bits are left over, or one of them is set.</summary>
    public static byte[]? TryToBytes(ReadOnlySpan<byte> values)
    {
        var bytes = new byte[values.Length * 5 / 8];
        if (values.Length * 5 - bytes.Length * 8 > 4) return null;
        for (var bit = 0; bit < values.Length * 5; bit++)
        {
            if ((values[bit / 5] & (0x10 >> (bit % 5))) == 0) continue;
            if (bit / 8 >= bytes.Length) return null;
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return bytes;
    }

    /// <summary>What is left of a prefix and values with their checksum: the constant of a variant, where there is no mistake.</summary>
    internal static uint Remainder(string prefix, ReadOnlySpan<byte> values) => Feed(FeedPrefix(prefix), values);

    internal static uint Constant(Bech32Variant variant) => variant == Bech32Variant.Bech32 ? 1 : Bech32mConstant;

    /// <summary>The prefix goes in as the high bits of its characters, a zero, and the low bits.</summary>
    private static uint FeedPrefix(string prefix)
    {
        var state = 1u;
        foreach (var c in prefix) state = Step(state, (uint)c >> 5);
        state = Step(state, 0);
        foreach (var c in prefix) state = Step(state, (uint)c & 31);
        return state;
    }

    private static uint Feed(uint state, ReadOnlySpan<byte> values)
    {
        foreach (var value in values) state = Step(state, value);
        return state;
    }

    /// <summary>One step of the division of a polynomial over 32 elements by the code's generator.</summary>
    internal static uint Step(uint state, uint value)
    {
        ReadOnlySpan<uint> generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
        var top = state >> 25;
        state = ((state & 0x1ffffff) << 5) ^ value;
        for (var i = 0; i < generator.Length; i++)
        {
            if (((top >> i) & 1) != 0) state ^= generator[i];
        }

        return state;
    }
}
