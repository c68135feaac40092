namespace Chain.Core.Scripts;

/// <summary>Why a script failed. Names follow Core's SCRIPT_ERR_ values.</summary>
public enum ScriptError
{
    /// <summary>It did not fail.</summary>
    Ok,

    /// <summary>A number is longer than it may be, or not in its shortest form.</summary>
    UnknownError,

    /// <summary>The script ran to its end and left nothing, or something false.</summary>
    EvalFalse,

    /// <summary>OP_RETURN was executed.</summary>
    OpReturn,

    /// <summary>The script is longer than 10,000 bytes.</summary>
    ScriptSize,

    /// <summary>An element is longer than 520 bytes.</summary>
    PushSize,

    /// <summary>More than 201 operations.</summary>
    OpCount,

    /// <summary>More than 1,000 elements on the two stacks.</summary>
    StackSize,

    /// <summary>CHECKMULTISIG asks for a negative number of signatures, or for more than there are keys.</summary>
    SigCount,

    /// <summary>CHECKMULTISIG has a negative number of keys, or more than 20.</summary>
    PubKeyCount,

    /// <summary>OP_VERIFY took something false.</summary>
    Verify,

    /// <summary>OP_EQUALVERIFY compared different elements.</summary>
    EqualVerify,

    /// <summary>OP_CHECKMULTISIGVERIFY found too few signatures.</summary>
    CheckMultiSigVerify,

    /// <summary>OP_CHECKSIGVERIFY found no valid signature.</summary>
    CheckSigVerify,

    /// <summary>OP_NUMEQUALVERIFY compared different numbers.</summary>
    NumEqualVerify,

    /// <summary>An opcode that is unknown or reserved, or a push that runs beyond the end.</summary>
    BadOpcode,

    /// <summary>An opcode that was disabled for good (CVE-2010-5137), executed or not.</summary>
    DisabledOpcode,

    /// <summary>The stack holds too few elements for the operation.</summary>
    InvalidStackOperation,

    /// <summary>The alternative stack is empty.</summary>
    InvalidAltStackOperation,

    /// <summary>OP_IF, OP_ELSE and OP_ENDIF do not belong together, or there is nothing to decide by.</summary>
    UnbalancedConditional,

    /// <summary>A lock time in a script is negative.</summary>
    NegativeLockTime,

    /// <summary>The transaction's lock time or the input's sequence has not come to what the script asks for.</summary>
    UnsatisfiedLockTime,

    /// <summary>A signature's last byte is no known hash type.</summary>
    SigHashType,

    /// <summary>A signature is not strict DER (BIP66).</summary>
    SigDer,

    /// <summary>A push has not its shortest form.</summary>
    MinimalData,

    /// <summary>An unlocking script does more than push.</summary>
    SigPushOnly,

    /// <summary>A signature's S lies in the upper half of the group order.</summary>
    SigHighS,

    /// <summary>The element that CHECKMULTISIG takes too many is not empty.</summary>
    SigNullDummy,

    /// <summary>A public key is in neither of its two forms.</summary>
    PubKeyType,

    /// <summary>More than one element is left at the end.</summary>
    CleanStack,

    /// <summary>OP_IF or OP_NOTIF took something other than nothing or 01.</summary>
    MinimalIf,

    /// <summary>A signature failed that was not empty.</summary>
    SigNullFail,

    /// <summary>An OP_NOP that later rules may redefine.</summary>
    DiscourageUpgradableNops,

    /// <summary>A witness version that later rules may define.</summary>
    DiscourageUpgradableWitnessProgram,

    /// <summary>A leaf version that later rules may define.</summary>
    DiscourageUpgradableTaprootVersion,

    /// <summary>An opcode of tapscript that later rules may define.</summary>
    DiscourageOpSuccess,

    /// <summary>A kind of public key that later rules may define.</summary>
    DiscourageUpgradablePubKeyType,

    /// <summary>A witness program of version 0 has neither 20 nor 32 bytes.</summary>
    WitnessProgramWrongLength,

    /// <summary>A witness program is spent without a witness.</summary>
    WitnessProgramWitnessEmpty,

    /// <summary>The witness is not what the program commits to.</summary>
    WitnessProgramMismatch,

    /// <summary>A witness program is spent with an unlocking script beside the witness.</summary>
    WitnessMalleated,

    /// <summary>A witness program inside P2SH is spent with more than the one push of it.</summary>
    WitnessMalleatedP2sh,

    /// <summary>There is a witness, and no script that takes it.</summary>
    WitnessUnexpected,

    /// <summary>A public key in witness version 0 is not compressed.</summary>
    WitnessPubKeyType,

    /// <summary>A Schnorr signature has neither 64 nor 65 bytes.</summary>
    SchnorrSigSize,

    /// <summary>A Schnorr signature's hash type is unknown, written out where it is the default, or covers an output that is not there.</summary>
    SchnorrSigHashType,

    /// <summary>A Schnorr signature is wrong.</summary>
    SchnorrSig,

    /// <summary>A control block has not 33 bytes and 0 to 128 hashes.</summary>
    TaprootWrongControlSize,

    /// <summary>More signatures are checked than the weight of the witness pays for.</summary>
    TapscriptValidationWeight,

    /// <summary>OP_CHECKMULTISIG in tapscript, where OP_CHECKSIGADD takes its place.</summary>
    TapscriptCheckMultiSig,

    /// <summary>OP_IF or OP_NOTIF in tapscript took something other than nothing or 01.</summary>
    TapscriptMinimalIf,

    /// <summary>A public key in tapscript is empty.</summary>
    TapscriptEmptyPubKey,

    /// <summary>OP_CODESEPARATOR outside the witness.</summary>
    OpCodeSeparator,

    /// <summary>A signature stands in the script that it signs.</summary>
    SigFindAndDelete,
}
