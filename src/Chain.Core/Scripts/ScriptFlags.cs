namespace Chain.Core.Scripts;

/// <summary>Which of the rules that were added to Script over time apply. Names follow Core's SCRIPT_VERIFY_ flags.</summary>
[Flags]
public enum ScriptFlags
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>A signature that is not strict DER fails the script instead of counting as wrong (DERSIG, BIP66).</summary>
    DerSignatures = 1 << 0,

    /// <summary>S must lie in the lower half of the group order (LOW_S, BIP62 and 146): policy.</summary>
    LowS = 1 << 1,

    /// <summary>Known hash type and a well-formed public key are required (STRICTENC): policy.</summary>
    StrictEncoding = 1 << 2,

    /// <summary>What relayed transactions must obey, stricter than what blocks must.</summary>
    Standard = DerSignatures | LowS | StrictEncoding,
}
