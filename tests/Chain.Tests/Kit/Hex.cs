namespace Chain.Tests.Kit;

/// <summary>Hexadecimal text, in which test vectors are written.</summary>
public static class Hex
{
    public static byte[] Bytes(string text) => Convert.FromHexString(text);

    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
