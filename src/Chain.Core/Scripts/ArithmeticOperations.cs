namespace Chain.Core.Scripts;

/// <summary>The operations that compare and reckon: OP_EQUAL, and numbers from OP_1ADD to OP_WITHIN.</summary>
internal static class ArithmeticOperations
{
    public static ScriptError Execute(ScriptMachine machine, Opcode opcode) => opcode switch
    {
        Opcode.Equal or Opcode.EqualVerify => Equal(machine, opcode),
        <= Opcode.NotEqual0 => Unary(machine, opcode),
        Opcode.Within => Within(machine),
        _ => Binary(machine, opcode),
    };

    private static ScriptError Equal(ScriptMachine machine, Opcode opcode)
    {
        var stack = machine.Stack;
        if (stack.Count < 2) return ScriptError.InvalidStackOperation;
        var isEqual = stack[1].Span.SequenceEqual(stack[2].Span);
        stack.Drop(2);
        if (opcode == Opcode.Equal) stack.Push(isEqual);
        else if (!isEqual) return ScriptError.EqualVerify;
        return ScriptError.Ok;
    }

    private static ScriptError Unary(ScriptMachine machine, Opcode opcode)
    {
        if (machine.Stack.Count < 1) return ScriptError.InvalidStackOperation;
        if (!machine.TryReadNumber(1, out var a)) return ScriptError.UnknownError;
        machine.Stack.Drop(1);
        machine.Stack.Push(opcode switch
        {
            Opcode.Add1 => a + 1,
            Opcode.Sub1 => a - 1,
            Opcode.Negate => -a,
            Opcode.Abs => Math.Abs(a),
            Opcode.Not => Number(a == 0),
            Opcode.NotEqual0 => Number(a != 0),
            _ => throw new ArgumentOutOfRangeException(nameof(opcode), opcode, null),
        });
        return ScriptError.Ok;
    }

    private static ScriptError Binary(ScriptMachine machine, Opcode opcode)
    {
        if (machine.Stack.Count < 2) return ScriptError.InvalidStackOperation;
        if (!machine.TryReadNumber(2, out var a) || !machine.TryReadNumber(1, out var b)) return ScriptError.UnknownError;
        var result = opcode switch
        {
            Opcode.Add => a + b,
            Opcode.Sub => a - b,
            Opcode.BoolAnd => Number(a != 0 && b != 0),
            Opcode.BoolOr => Number(a != 0 || b != 0),
            Opcode.NumEqual or Opcode.NumEqualVerify => Number(a == b),
            Opcode.NumNotEqual => Number(a != b),
            Opcode.LessThan => Number(a < b),
            Opcode.GreaterThan => Number(a > b),
            Opcode.LessThanOrEqual => Number(a <= b),
            Opcode.GreaterThanOrEqual => Number(a >= b),
            Opcode.Min => Math.Min(a, b),
            Opcode.Max => Math.Max(a, b),
            _ => throw new ArgumentOutOfRangeException(nameof(opcode), opcode, null),
        };
        machine.Stack.Drop(2);
        if (opcode != Opcode.NumEqualVerify) machine.Stack.Push(result);
        else if (result == 0) return ScriptError.NumEqualVerify;
        return ScriptError.Ok;
    }

    /// <summary>True where the third number is not below the second and below the first.</summary>
    private static ScriptError Within(ScriptMachine machine)
    {
        if (machine.Stack.Count < 3) return ScriptError.InvalidStackOperation;
        if (!machine.TryReadNumber(3, out var value) || !machine.TryReadNumber(2, out var min) || !machine.TryReadNumber(1, out var max))
            return ScriptError.UnknownError;
        machine.Stack.Drop(3);
        machine.Stack.Push(min <= value && value < max);
        return ScriptError.Ok;
    }

    private static long Number(bool answer) => answer ? 1 : 0;
}
