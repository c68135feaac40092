namespace Chain.Core.Scripts;

/// <summary>
/// OP_CHECKMULTISIG and OP_CHECKMULTISIGVERIFY: <c>dummy sig… m key… n</c>, where each signature must be that of a key, in
/// the order of the keys. One element too many is taken below the signatures, the dummy: an old bug, and consensus.
/// </summary>
internal static class MultiSigOperations
{
    public static ScriptError Execute(ScriptMachine machine, Opcode opcode)
    {
        if (machine.Version == SignatureVersion.Tapscript) return ScriptError.TapscriptCheckMultiSig;
        var error = ReadCounts(machine, out var keys, out var signatures);
        if (error != ScriptError.Ok) return error;

        // Places on the stack: 1 is the number of keys, the last key lies below it, then the number of signatures.
        var firstSignature = keys + 3;
        var scriptCode = machine.ScriptCode;
        for (var i = 0; i < signatures && error == ScriptError.Ok; i++)
            error = SignatureOperations.RemoveSignature(machine, machine.Stack[firstSignature + i].Span, ref scriptCode);
        var succeeded = false;
        if (error == ScriptError.Ok) error = Check(machine, scriptCode, firstSignature, signatures, keys, out succeeded);
        if (error == ScriptError.Ok && !succeeded && machine.Has(ScriptFlags.NullFail)) error = RequireEmpty(machine, firstSignature, signatures);
        return error == ScriptError.Ok ? Answer(machine, opcode, keys + signatures + 2, succeeded) : error;
    }

    private static ScriptError ReadCounts(ScriptMachine machine, out int keys, out int signatures)
    {
        keys = signatures = 0;
        var stack = machine.Stack;
        if (stack.Count < 1) return ScriptError.InvalidStackOperation;
        if (!machine.TryReadNumber(1, out var keyCount)) return ScriptError.UnknownError;
        if (keyCount is < 0 or > SigOps.MaxPublicKeysPerMultiSig) return ScriptError.PubKeyCount;
        keys = (int)keyCount;
        if (!machine.TryCount(keys)) return ScriptError.OpCount;
        if (stack.Count < keys + 2) return ScriptError.InvalidStackOperation;
        if (!machine.TryReadNumber(keys + 2, out var signatureCount)) return ScriptError.UnknownError;
        if (signatureCount < 0 || signatureCount > keys) return ScriptError.SigCount;
        signatures = (int)signatureCount;
        return stack.Count < keys + signatures + 3 ? ScriptError.InvalidStackOperation : ScriptError.Ok;
    }

    /// <summary>
    /// Tries keys in turn for each signature. Encodings are looked at only as they are reached, which a script can tell where
    /// it expects the check to fail.
    /// </summary>
    private static ScriptError Check(ScriptMachine machine, ReadOnlyMemory<byte> scriptCode, int firstSignature, int signatures, int keys, out bool succeeded)
    {
        succeeded = true;
        var signaturePlace = firstSignature;
        for (var keyPlace = 2; signatures > 0; keyPlace++, keys--)
        {
            if (signatures > keys)
            {
                succeeded = false;
                return ScriptError.Ok;
            }

            var signature = machine.Stack[signaturePlace].Span;
            var publicKey = machine.Stack[keyPlace].Span;
            var error = SignatureEncoding.CheckSignature(signature, machine.Flags);
            if (error == ScriptError.Ok) error = SignatureEncoding.CheckPublicKey(publicKey, machine.Flags, machine.Version);
            if (error != ScriptError.Ok) return error;
            if (!machine.Checker.CheckEcdsa(signature, publicKey, scriptCode, machine.Version)) continue;
            signaturePlace++;
            signatures--;
        }

        return ScriptError.Ok;
    }

    private static ScriptError RequireEmpty(ScriptMachine machine, int firstSignature, int signatures)
    {
        for (var i = 0; i < signatures; i++)
        {
            if (!machine.Stack[firstSignature + i].IsEmpty) return ScriptError.SigNullFail;
        }

        return ScriptError.Ok;
    }

    private static ScriptError Answer(ScriptMachine machine, Opcode opcode, int taken, bool succeeded)
    {
        var stack = machine.Stack;
        stack.Drop(taken);
        if (!stack.Pop().IsEmpty && machine.Has(ScriptFlags.NullDummy)) return ScriptError.SigNullDummy;
        if (opcode == Opcode.CheckMultiSig) stack.Push(succeeded);
        else if (!succeeded) return ScriptError.CheckMultiSigVerify;
        return ScriptError.Ok;
    }
}
