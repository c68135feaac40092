namespace Chain.Core.Primitives;

/// <summary>What an address pays.</summary>
public enum AddressKind
{
    /// <summary>The HASH160 of a public key (P2PKH), in Base58Check.</summary>
    PublicKeyHash,

    /// <summary>The HASH160 of a script (P2SH, BIP16), in Base58Check.</summary>
    ScriptHash,

    /// <summary>A witness program (BIP141): P2WPKH, P2WSH, P2TR or one of a later version, in bech32 or bech32m.</summary>
    WitnessProgram,
}
