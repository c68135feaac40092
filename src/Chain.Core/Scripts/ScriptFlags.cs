namespace Chain.Core.Scripts;

/// <summary>
/// Which of the rules that were added to Script over time apply. Names follow Core's SCRIPT_VERIFY_ flags, values are
/// Core's. Every flag only forbids: what is valid with a flag is valid without it.
/// </summary>
[Flags]
public enum ScriptFlags
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>Pay to script hash: the last element of the unlocking script is run as a script (P2SH, BIP16).</summary>
    P2sh = 1 << 0,

    /// <summary>Known hash type and a well-formed public key are required (STRICTENC): policy.</summary>
    StrictEncoding = 1 << 1,

    /// <summary>A signature that is not strict DER fails the script instead of counting as wrong (DERSIG, BIP66).</summary>
    DerSignatures = 1 << 2,

    /// <summary>S must lie in the lower half of the group order (LOW_S, BIP62 and 146): policy.</summary>
    LowS = 1 << 3,

    /// <summary>The element that CHECKMULTISIG takes too many must be empty (NULLDUMMY, BIP147).</summary>
    NullDummy = 1 << 4,

    /// <summary>Unlocking scripts only push (SIGPUSHONLY, BIP62): policy, and consensus in P2SH.</summary>
    SigPushOnly = 1 << 5,

    /// <summary>Pushes and numbers have their shortest form (MINIMALDATA, BIP62): policy.</summary>
    MinimalData = 1 << 6,

    /// <summary>OP_NOP1 and OP_NOP4 to 10, which later rules may redefine, fail (DISCOURAGE_UPGRADABLE_NOPS): policy.</summary>
    DiscourageUpgradableNops = 1 << 7,

    /// <summary>Exactly one element is left at the end (CLEANSTACK, BIP62): policy; asks for P2SH and WITNESS too.</summary>
    CleanStack = 1 << 8,

    /// <summary>OP_CHECKLOCKTIMEVERIFY works (BIP65).</summary>
    CheckLockTimeVerify = 1 << 9,

    /// <summary>OP_CHECKSEQUENCEVERIFY works (BIP112).</summary>
    CheckSequenceVerify = 1 << 10,

    /// <summary>Segregated witness, version 0 (BIP141 and 143); asks for P2SH too.</summary>
    Witness = 1 << 11,

    /// <summary>Unknown witness versions fail (DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM): policy.</summary>
    DiscourageUpgradableWitnessProgram = 1 << 12,

    /// <summary>OP_IF and OP_NOTIF take only nothing or 01 in witness version 0 (MINIMALIF): policy.</summary>
    MinimalIf = 1 << 13,

    /// <summary>A signature that fails must be empty (NULLFAIL, BIP146): policy.</summary>
    NullFail = 1 << 14,

    /// <summary>Keys are compressed in witness version 0 (WITNESS_PUBKEYTYPE, BIP143): policy.</summary>
    WitnessPubKeyType = 1 << 15,

    /// <summary>OP_CODESEPARATOR, and signatures that stand in what they sign, fail outside the witness (CONST_SCRIPTCODE): policy.</summary>
    ConstScriptCode = 1 << 16,

    /// <summary>Taproot and tapscript, witness version 1 (BIP341 and 342).</summary>
    Taproot = 1 << 17,

    /// <summary>Unknown leaf versions of taproot fail (DISCOURAGE_UPGRADABLE_TAPROOT_VERSION): policy.</summary>
    DiscourageUpgradableTaprootVersion = 1 << 18,

    /// <summary>OP_SUCCESSx in tapscript fails (DISCOURAGE_OP_SUCCESS): policy.</summary>
    DiscourageOpSuccess = 1 << 19,

    /// <summary>Unknown kinds of public keys in tapscript fail (DISCOURAGE_UPGRADABLE_PUBKEYTYPE): policy.</summary>
    DiscourageUpgradablePubKeyType = 1 << 20,

    /// <summary>What blocks must obey once every deployment is active.</summary>
    Mandatory = P2sh | DerSignatures | NullDummy | CheckLockTimeVerify | CheckSequenceVerify | Witness | Taproot,

    /// <summary>What relayed transactions must obey, stricter than what blocks must.</summary>
    Standard = Mandatory | StrictEncoding | LowS | MinimalData | DiscourageUpgradableNops | CleanStack | MinimalIf | NullFail
        | DiscourageUpgradableWitnessProgram | WitnessPubKeyType | ConstScriptCode | DiscourageUpgradableTaprootVersion
        | DiscourageOpSuccess | DiscourageUpgradablePubKeyType,
}
