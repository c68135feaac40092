namespace Chain.Core.Scripts;

/// <summary>
/// Numbers as scripts hold them (Core: CScriptNum): little-endian, the sign in the top bit of the last byte, zero as no
/// bytes. Operations take numbers of at most 4 bytes, whose results of 5 bytes may be pushed but not be reckoned with.
/// </summary>
public static class ScriptNumber
{
    /// <summary>The longest number that operations take.</summary>
    public const int MaxSize = 4;

    /// <summary>The longest lock time, so that 32 unsigned bits fit (BIP65, BIP112).</summary>
    public const int MaxLockTimeSize = 5;

    /// <summary>The longest encoding of a 64-bit integer.</summary>
    private const int LongestSize = 9;

    /// <summary>Reads a number; false where it is too long, or where it must be and is not in its shortest form.</summary>
    public static bool TryRead(ReadOnlySpan<byte> element, bool requireMinimal, out long value, int maxSize = MaxSize)
    {
        value = 0;
        if (element.Length > maxSize || (requireMinimal && !IsMinimal(element))) return false;
        if (element.IsEmpty) return true;
        for (var i = 0; i < element.Length; i++) value |= (long)element[i] << (8 * i);
        if ((element[^1] & 0x80) != 0) value = -(value & ~(0x80L << (8 * (element.Length - 1))));
        return true;
    }

    /// <summary>The shortest form of a number.</summary>
    public static byte[] Encode(long value)
    {
        Span<byte> bytes = stackalloc byte[LongestSize];
        return bytes[..Write(value, bytes)].ToArray();
    }

    /// <summary>Writes the shortest form of a number and gives its length.</summary>
    public static int Write(long value, Span<byte> destination)
    {
        if (value == 0) return 0;
        var size = 0;
        // The magnitude of the least integer has no positive counterpart in 64 signed bits.
        for (var rest = value < 0 ? unchecked((ulong)-value) : (ulong)value; rest > 0; rest >>= 8) destination[size++] = (byte)(rest & 0xff);
        if ((destination[size - 1] & 0x80) != 0) destination[size++] = 0;
        if (value < 0) destination[size - 1] |= 0x80;
        return size;
    }

    /// <summary>False is zero in any length, negative zero included (Core: CastToBool).</summary>
    public static bool IsTrue(ReadOnlySpan<byte> element)
    {
        var nonZero = element.IndexOfAnyExcept((byte)0);
        return nonZero >= 0 && !(nonZero == element.Length - 1 && element[nonZero] == 0x80);
    }

    /// <summary>The last byte may hold nothing but the sign only where the byte before needs its top bit.</summary>
    private static bool IsMinimal(ReadOnlySpan<byte> element) =>
        element.IsEmpty || (element[^1] & 0x7f) != 0 || (element.Length > 1 && (element[^2] & 0x80) != 0);
}
