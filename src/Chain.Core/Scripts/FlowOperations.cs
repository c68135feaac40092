namespace Chain.Core.Scripts;

/// <summary>OP_NOP, OP_IF to OP_ENDIF, OP_VERIFY and OP_RETURN.</summary>
internal static class FlowOperations
{
    public static ScriptError Execute(ScriptMachine machine, Opcode opcode) => opcode switch
    {
        Opcode.Nop => ScriptError.Ok,
        Opcode.If => Branch(machine, isNegated: false),
        Opcode.NotIf => Branch(machine, isNegated: true),
        Opcode.Else => Else(machine),
        Opcode.EndIf => EndIf(machine),
        Opcode.Verify => Verify(machine),
        Opcode.Return => ScriptError.OpReturn,
        _ => ScriptError.BadOpcode,
    };

    private static ScriptError Branch(ScriptMachine machine, bool isNegated)
    {
        var taken = false;
        if (machine.Conditions.AreAllTrue)
        {
            if (machine.Stack.Count < 1) return ScriptError.UnbalancedConditional;
            var condition = machine.Stack[1].Span;
            var isMinimal = condition is [] or [1];
            if (!isMinimal && machine.Version == SignatureVersion.Tapscript) return ScriptError.TapscriptMinimalIf;
            if (!isMinimal && machine.Version == SignatureVersion.WitnessV0 && machine.Has(ScriptFlags.MinimalIf)) return ScriptError.MinimalIf;
            taken = ScriptNumber.IsTrue(condition) != isNegated;
            machine.Stack.Drop(1);
        }

        machine.Conditions.Push(taken);
        return ScriptError.Ok;
    }

    private static ScriptError Else(ScriptMachine machine)
    {
        if (machine.Conditions.IsEmpty) return ScriptError.UnbalancedConditional;
        machine.Conditions.ToggleTop();
        return ScriptError.Ok;
    }

    private static ScriptError EndIf(ScriptMachine machine)
    {
        if (machine.Conditions.IsEmpty) return ScriptError.UnbalancedConditional;
        machine.Conditions.Pop();
        return ScriptError.Ok;
    }

    private static ScriptError Verify(ScriptMachine machine)
    {
        if (machine.Stack.Count < 1) return ScriptError.InvalidStackOperation;
        if (!machine.Stack.IsTopTrue) return ScriptError.Verify;
        machine.Stack.Drop(1);
        return ScriptError.Ok;
    }
}
