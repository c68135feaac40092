namespace Chain.Core.Scripts;

/// <summary>
/// The last byte of a signature in a script: which parts of the transaction it covers. The low five bits choose the
/// outputs, the top bit leaves out the other inputs.
/// </summary>
[Flags]
public enum SignatureHashType : uint
{
    /// <summary>No type: in no valid signature before taproot.</summary>
    None = 0,

    /// <summary>All outputs (SIGHASH_ALL).</summary>
    All = 1,

    /// <summary>No outputs (SIGHASH_NONE).</summary>
    NoOutputs = 2,

    /// <summary>The output with the input's own index (SIGHASH_SINGLE).</summary>
    Single = 3,

    /// <summary>Only this input: others may be added (SIGHASH_ANYONECANPAY).</summary>
    AnyoneCanPay = 0x80,
}

/// <summary>Questions to a <see cref="SignatureHashType"/>.</summary>
public static class SignatureHashTypes
{
    /// <summary>The low five bits: which outputs.</summary>
    public static SignatureHashType OutputPart(this SignatureHashType type) => (SignatureHashType)((uint)type & 0x1f);

    /// <summary>True for 1, 2, 3, each with or without the top bit.</summary>
    public static bool IsDefined(this SignatureHashType type) =>
        (type & ~SignatureHashType.AnyoneCanPay) is SignatureHashType.All or SignatureHashType.NoOutputs or SignatureHashType.Single;
}
