using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.Node.Rpc;

/// <summary>What is wrong with a text that is no address, in Core's words (validateaddress, getaddressinfo).</summary>
internal static class AddressCheck
{
    private const int HashSize = 20;

    /// <summary>The words, and the places of the characters that are mistyped, where they can be told.</summary>
    public static (string Message, IReadOnlyList<int> Places) Explain(string text, AddressFormat format)
    {
        if (!text.StartsWith(format.Bech32Prefix, StringComparison.OrdinalIgnoreCase)) return (ExplainBase58(text, format), []);
        return Bech32.TryDecode(text, out var prefix, out var values, out var variant)
            ? (ExplainProgram(prefix, values, variant, format), [])
            : Bech32Errors.Locate(text);
    }

    private static string ExplainBase58(string text, AddressFormat format)
    {
        if (Base58Check.TryDecode(text) is { Length: <= 1 + HashSize } payload)
        {
            return payload is [var version, ..] && (version == format.PublicKeyHashVersion || version == format.ScriptHashVersion)
                ? "Invalid length for Base58 address (P2PKH or P2SH)"
                : "Invalid or unsupported Base58-encoded address.";
        }

        return Base58Check.IsAlphabetic(text)
            ? "Invalid checksum or length of Base58 address (P2PKH or P2SH)"
            : "Invalid or unsupported Segwit (Bech32) or Base58 encoding.";
    }

    private static string ExplainProgram(string prefix, byte[] values, Bech32Variant variant, AddressFormat format)
    {
        if (values.Length == 0) return "Empty Bech32 data section";
        if (prefix != format.Bech32Prefix) return $"Invalid or unsupported prefix for Segwit (Bech32) address (expected {format.Bech32Prefix}, got {prefix}).";
        if (values[0] == 0 && variant != Bech32Variant.Bech32) return "Version 0 witness address must use Bech32 checksum";
        if (values[0] != 0 && variant != Bech32Variant.Bech32m) return "Version 1+ witness address must use Bech32m checksum";
        if (Bech32.TryToBytes(values.AsSpan(1)) is not { } program) return "Invalid padding in Bech32 data section";
        var size = $"({program.Length} {(program.Length == 1 ? "byte" : "bytes")})";
        if (values[0] == 0) return $"Invalid Bech32 v0 address program size {size}, per BIP141";
        return values[0] > Address.MaxWitnessVersion ? "Invalid Bech32 address witness version" : $"Invalid Bech32 address program size {size}";
    }
}
