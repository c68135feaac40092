using Chain.Core.Cryptography;

namespace Chain.Core.Scripts;

/// <summary>OP_CODESEPARATOR, OP_CHECKSIG, OP_CHECKSIGVERIFY and OP_CHECKSIGADD.</summary>
internal static class SignatureOperations
{
    /// <summary>What a signature in tapscript costs of the weight of its witness (BIP342).</summary>
    public const int WeightPerSignature = 50;

    public static ScriptError Execute(ScriptMachine machine, Opcode opcode) => opcode switch
    {
        Opcode.CodeSeparator => Separate(machine),
        Opcode.CheckSigAdd => CheckAndAdd(machine),
        _ => Check(machine, opcode),
    };

    /// <summary>
    /// Takes the pushes of a signature out of what it signs, as legacy scripts do and the witness does not (Core:
    /// FindAndDelete).
    /// </summary>
    public static ScriptError RemoveSignature(ScriptMachine machine, ReadOnlySpan<byte> signature, ref ReadOnlyMemory<byte> scriptCode)
    {
        if (machine.Version != SignatureVersion.Base) return ScriptError.Ok;
        var rest = ScriptEditing.RemovePush(scriptCode, signature);
        if (rest.Length != scriptCode.Length && machine.Has(ScriptFlags.ConstScriptCode)) return ScriptError.SigFindAndDelete;
        scriptCode = rest;
        return ScriptError.Ok;
    }

    private static ScriptError Separate(ScriptMachine machine)
    {
        machine.ScriptCode = machine.Rest;
        if (machine.ExecutionData is { } data) data.CodeSeparatorPosition = machine.Position;
        return ScriptError.Ok;
    }

    private static ScriptError Check(ScriptMachine machine, Opcode opcode)
    {
        var stack = machine.Stack;
        if (stack.Count < 2) return ScriptError.InvalidStackOperation;
        var error = Check(machine, stack[2].Span, stack[1].Span, out var succeeded);
        if (error != ScriptError.Ok) return error;
        stack.Drop(2);
        if (opcode == Opcode.CheckSig) stack.Push(succeeded);
        else if (!succeeded) return ScriptError.CheckSigVerify;
        return ScriptError.Ok;
    }

    /// <summary>Takes a signature, a number and a key, and leaves the number, one more where the signature is right.</summary>
    private static ScriptError CheckAndAdd(ScriptMachine machine)
    {
        if (machine.Version != SignatureVersion.Tapscript) return ScriptError.BadOpcode;
        var stack = machine.Stack;
        if (stack.Count < 3) return ScriptError.InvalidStackOperation;
        if (!machine.TryReadNumber(2, out var number)) return ScriptError.UnknownError;
        var error = Check(machine, stack[3].Span, stack[1].Span, out var succeeded);
        if (error != ScriptError.Ok) return error;
        stack.Drop(3);
        stack.Push(succeeded ? number + 1 : number);
        return ScriptError.Ok;
    }

    private static ScriptError Check(ScriptMachine machine, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> publicKey, out bool succeeded) =>
        machine.Version == SignatureVersion.Tapscript
            ? CheckSchnorr(machine, machine.ExecutionData!, signature, publicKey, out succeeded)
            : CheckEcdsa(machine, signature, publicKey, out succeeded);

    private static ScriptError CheckEcdsa(ScriptMachine machine, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> publicKey, out bool succeeded)
    {
        succeeded = false;
        var scriptCode = machine.ScriptCode;
        var error = RemoveSignature(machine, signature, ref scriptCode);
        if (error == ScriptError.Ok) error = SignatureEncoding.CheckSignature(signature, machine.Flags);
        if (error == ScriptError.Ok) error = SignatureEncoding.CheckPublicKey(publicKey, machine.Flags, machine.Version);
        if (error != ScriptError.Ok) return error;
        succeeded = machine.Checker.CheckEcdsa(signature, publicKey, scriptCode, machine.Version);
        return succeeded || signature.IsEmpty || !machine.Has(ScriptFlags.NullFail) ? ScriptError.Ok : ScriptError.SigNullFail;
    }

    /// <summary>In tapscript a signature is right or empty: a wrong one fails the script (BIP342).</summary>
    private static ScriptError CheckSchnorr(ScriptMachine machine, ScriptExecutionData data, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> publicKey, out bool succeeded)
    {
        succeeded = !signature.IsEmpty;
        if (succeeded && (data.ValidationWeightLeft -= WeightPerSignature) < 0) return ScriptError.TapscriptValidationWeight;
        return publicKey.Length switch
        {
            0 => ScriptError.TapscriptEmptyPubKey,
            Schnorr.PublicKeySize => succeeded ? machine.Checker.CheckSchnorr(signature, publicKey, data) : ScriptError.Ok,
            // A key of a kind that later rules may define: any signature is right.
            _ => machine.Has(ScriptFlags.DiscourageUpgradablePubKeyType) ? ScriptError.DiscourageUpgradablePubKeyType : ScriptError.Ok,
        };
    }
}
