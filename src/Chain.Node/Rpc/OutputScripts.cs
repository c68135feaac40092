using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Node.Rpc;

/// <summary>
/// Scripts that a miner can be paid at: an address, or a descriptor (BIP380) of one script without key derivation:
/// raw(HEX), addr(ADDRESS), and pk, pkh, wpkh, sh(wpkh) and combo of a public key in hexadecimal.
/// </summary>
internal static class OutputScripts
{
    /// <summary>The script that an address stands for; null where the text is none.</summary>
    public static byte[]? FindOfAddress(string text, ChainParams p) =>
        Address.TryParse(text, p.AddressFormat, out var address) == AddressError.None ? StandardScripts.PayTo(address) : null;

    /// <summary>The script of a descriptor; null where the text is none. Of combo it is the one that Core takes: P2WPKH, or P2PKH of an uncompressed key.</summary>
    public static byte[]? FindOfDescriptor(string text, ChainParams p)
    {
        if (Inside(text, "raw") is { } raw) return RpcValues.HexOf(raw);
        if (Inside(text, "addr") is { } address) return FindOfAddress(address, p);
        if (Inside(text, "sh") is { } inner)
            return Inside(inner, "wpkh") is { } nested && ParseKey(nested) is { } witnessKey && IsCompressed(witnessKey)
                ? StandardScripts.PayToScriptHash(Hash160.Of(StandardScripts.PayToWitnessPublicKeyHash(witnessKey.Hash)))
                : null;
        if (Inside(text, "pk") is { } pk) return ParseKey(pk) is { } key ? StandardScripts.PayToPublicKey(key) : null;
        if (Inside(text, "pkh") is { } pkh) return ParseKey(pkh) is { } key ? StandardScripts.PayToPublicKeyHash(key.Hash) : null;
        if (Inside(text, "wpkh") is { } wpkh)
            return ParseKey(wpkh) is { } key && IsCompressed(key) ? StandardScripts.PayToWitnessPublicKeyHash(key.Hash) : null;
        if (Inside(text, "combo") is { } combo && ParseKey(combo) is { } any)
            return IsCompressed(any) ? StandardScripts.PayToWitnessPublicKeyHash(any.Hash) : StandardScripts.PayToPublicKeyHash(any.Hash);
        return null;
    }

    private static string? Inside(string text, string function) =>
        text.StartsWith(function + "(", StringComparison.Ordinal) && text.EndsWith(')') ? text[(function.Length + 1)..^1] : null;

    private static bool IsCompressed(PublicKey key) => key.Bytes.Length == Secp256k1.CompressedSize;

    private static PublicKey? ParseKey(string text) => RpcValues.HexOf(text) is { } bytes ? PublicKey.TryCreate(bytes) : null;
}
