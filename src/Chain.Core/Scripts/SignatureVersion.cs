namespace Chain.Core.Scripts;

/// <summary>Which rules of Script and of signature hashing apply where a script is run (Core: SigVersion).</summary>
public enum SignatureVersion
{
    /// <summary>Scripts outside the witness, those of P2SH too.</summary>
    Base,

    /// <summary>P2WPKH and P2WSH (BIP143).</summary>
    WitnessV0,

    /// <summary>The key path of taproot: one signature, no script (BIP341).</summary>
    Taproot,

    /// <summary>The script path of taproot with leaf version c0 (BIP342).</summary>
    Tapscript,
}
