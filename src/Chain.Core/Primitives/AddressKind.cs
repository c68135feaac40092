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

/// <summary>Why a text is no address of this chain.</summary>
public enum AddressError
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>A character outside the alphabet, or a wrong checksum: mistyped or cut off.</summary>
    Checksum,

    /// <summary>Well formed, but not as long as what its version holds.</summary>
    Length,

    /// <summary>Well formed, but with another chain's version byte or prefix.</summary>
    Version,

    /// <summary>A bech32 text of this chain without a witness version from 0 to 16, or with bits left over.</summary>
    Program,
}
