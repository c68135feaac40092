using System.Collections.Immutable;

namespace Chain.Core.Scripts;

/// <summary>
/// Decides whether an input's unlocking script and witness unlock an output's locking script (Core: VerifyScript). Scripts
/// are programs for a stack machine without loops: the unlocking script runs first, the locking script on what it left.
/// </summary>
public static class ScriptInterpreter
{
    /// <summary>The longest script in bytes; in tapscript, the block's weight is the limit.</summary>
    public const int MaxScriptSize = 10_000;

    /// <summary>The longest element in bytes.</summary>
    public const int MaxElementSize = 520;

    /// <summary>The most operations other than pushes in a script; in tapscript there is no limit.</summary>
    public const int MaxOperations = 201;

    /// <summary>The most elements on the two stacks.</summary>
    public const int MaxStackSize = 1_000;

    /// <summary>
    /// Runs the unlocking script, then the locking script on the same stack: valid where both run through and something true
    /// lies on top. P2SH and witness programs go on from there. CLEANSTACK asks for P2SH and WITNESS, WITNESS for P2SH.
    /// Who runs many scripts gives them one <paramref name="workspace"/>.
    /// </summary>
    public static ScriptError Verify(ReadOnlyMemory<byte> scriptSig, ReadOnlyMemory<byte> scriptPubKey, ScriptFlags flags,
        SignatureChecker checker, ImmutableArray<ReadOnlyMemory<byte>> witness = default, ScriptWorkspace? workspace = null)
    {
        var machine = workspace?.Machine ?? new ScriptMachine();
        machine.Begin(flags, checker, SignatureVersion.Base);
        var error = Verify(machine, scriptSig, scriptPubKey, witness.IsDefault ? [] : witness);
        machine.Clear();
        return error;
    }

    private static ScriptError Verify(ScriptMachine machine, ReadOnlyMemory<byte> scriptSig, ReadOnlyMemory<byte> scriptPubKey,
        ImmutableArray<ReadOnlyMemory<byte>> witness)
    {
        if (machine.Has(ScriptFlags.SigPushOnly) && !ScriptEditing.IsPushOnly(scriptSig)) return ScriptError.SigPushOnly;

        var isP2sh = machine.Has(ScriptFlags.P2sh) && StandardScripts.FindScriptHash(scriptPubKey.Span) is not null;
        var error = machine.Run(scriptSig);
        if (error != ScriptError.Ok) return error;
        var redeem = isP2sh ? machine.Stack.Copy() : null;
        error = RunToTrue(machine, scriptPubKey);
        if (error != ScriptError.Ok) return error;

        var program = machine.Has(ScriptFlags.Witness) ? WitnessProgram.Find(scriptPubKey) : null;
        if (program is not null && !scriptSig.IsEmpty) return ScriptError.WitnessMalleated;
        if (redeem is not null)
        {
            error = RunRedeemScript(machine, redeem, scriptSig, out program);
            if (error != ScriptError.Ok) return error;
        }

        if (program is { } found) return new WitnessInterpreter(witness, machine).Verify(found, isP2sh);
        if (machine.Has(ScriptFlags.CleanStack) && machine.Stack.Count != 1) return ScriptError.CleanStack;
        return machine.Has(ScriptFlags.Witness) && !witness.IsEmpty ? ScriptError.WitnessUnexpected : ScriptError.Ok;
    }

    /// <summary>
    /// P2SH (BIP16): the last element that the unlocking script left is a script, which runs on the rest, and which may
    /// consist of a witness program in turn.
    /// </summary>
    private static ScriptError RunRedeemScript(ScriptMachine machine, ScriptStack stack, ReadOnlyMemory<byte> scriptSig, out WitnessProgram? program)
    {
        program = null;
        if (!ScriptEditing.IsPushOnly(scriptSig)) return ScriptError.SigPushOnly;
        var script = stack.Pop();
        machine.Stack = stack;
        var error = RunToTrue(machine, script);
        if (error != ScriptError.Ok || !machine.Has(ScriptFlags.Witness)) return error;
        program = WitnessProgram.Find(script);
        var isMalleated = program is not null && !scriptSig.Span.SequenceEqual(ScriptEditing.Push(script.Span));
        return isMalleated ? ScriptError.WitnessMalleatedP2sh : ScriptError.Ok;
    }

    private static ScriptError RunToTrue(ScriptMachine machine, ReadOnlyMemory<byte> script)
    {
        var error = machine.Run(script);
        if (error != ScriptError.Ok) return error;
        return machine.Stack.IsTopTrue ? ScriptError.Ok : ScriptError.EvalFalse;
    }
}
