namespace Chain.Core.Scripts;

/// <summary>Why a script failed. Names follow Core's SCRIPT_ERR_ values.</summary>
public enum ScriptError
{
    /// <summary>It did not fail.</summary>
    Ok,

    /// <summary>The script ran to its end and left nothing, or something false.</summary>
    EvalFalse,

    /// <summary>OP_RETURN was executed.</summary>
    OpReturn,

    /// <summary>The script is longer than 10,000 bytes.</summary>
    ScriptSize,

    /// <summary>A push is longer than 520 bytes.</summary>
    PushSize,

    /// <summary>More than 201 operations.</summary>
    OpCount,

    /// <summary>More than 1,000 elements on the stack.</summary>
    StackSize,

    /// <summary>An opcode that is unknown, or a push that runs beyond the end.</summary>
    BadOpcode,

    /// <summary>The stack holds too few elements for the operation.</summary>
    InvalidStackOperation,

    /// <summary>OP_EQUALVERIFY compared different elements.</summary>
    EqualVerify,

    /// <summary>A signature is not strict DER (BIP66).</summary>
    SigDer,

    /// <summary>A signature's S lies in the upper half of the group order.</summary>
    SigHighS,

    /// <summary>A signature's last byte is no known hash type.</summary>
    SigHashType,

    /// <summary>A public key is in neither of its two forms.</summary>
    PubKeyType,
}

/// <summary>The texts of <see cref="ScriptError"/>.</summary>
public static class ScriptErrorText
{
    /// <summary>The reason as Bitcoin Core words it, which tools match.</summary>
    public static string Describe(this ScriptError error) => error switch
    {
        ScriptError.Ok => "No error",
        ScriptError.EvalFalse => "Script evaluated without error but finished with a false/empty top stack element",
        ScriptError.OpReturn => "OP_RETURN was encountered",
        ScriptError.ScriptSize => "Script is too big",
        ScriptError.PushSize => "Push value size limit exceeded",
        ScriptError.OpCount => "Operation limit exceeded",
        ScriptError.StackSize => "Stack size limit exceeded",
        ScriptError.BadOpcode => "Opcode missing or not understood",
        ScriptError.InvalidStackOperation => "Operation not valid with the current stack size",
        ScriptError.EqualVerify => "Script failed an OP_EQUALVERIFY operation",
        ScriptError.SigDer => "Non-canonical DER signature",
        ScriptError.SigHighS => "Non-canonical signature: S value is unnecessarily high",
        ScriptError.SigHashType => "Signature hash type missing or not understood",
        ScriptError.PubKeyType => "Public key is neither compressed or uncompressed",
        _ => throw new ArgumentOutOfRangeException(nameof(error), error, null),
    };
}
