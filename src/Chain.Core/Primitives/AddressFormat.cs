namespace Chain.Core.Primitives;

/// <summary>
/// How a chain writes its addresses: the version bytes of Base58Check for keys (P2PKH) and scripts (P2SH), and the prefix of
/// bech32 for witness programs. Other chains have others, so that nobody pays on the wrong one.
/// </summary>
public sealed record AddressFormat(byte PublicKeyHashVersion, byte ScriptHashVersion, string Bech32Prefix);
