namespace Chain.Core.Scripts;

/// <summary>The operations that move elements: OP_TOALTSTACK to OP_TUCK, and OP_SIZE.</summary>
internal static class StackOperations
{
    public static ScriptError Execute(ScriptMachine machine, Opcode opcode)
    {
        var stack = machine.Stack;
        if (stack.Count < Needed(opcode)) return ScriptError.InvalidStackOperation;
        switch (opcode)
        {
            case Opcode.ToAltStack:
                machine.AltStack.Push(stack.Pop());
                return ScriptError.Ok;
            case Opcode.FromAltStack:
                if (machine.AltStack.Count < 1) return ScriptError.InvalidAltStackOperation;
                stack.Push(machine.AltStack.Pop());
                return ScriptError.Ok;
            case Opcode.Pick or Opcode.Roll:
                return PickOrRoll(machine, opcode);
            case Opcode.Depth:
                stack.Push((long)stack.Count);
                return ScriptError.Ok;
            case Opcode.Size:
                stack.Push((long)stack[1].Length);
                return ScriptError.Ok;
            case Opcode.IfDup:
                if (stack.IsTopTrue) stack.Push(stack[1]);
                return ScriptError.Ok;
            default:
                Move(stack, opcode);
                return ScriptError.Ok;
        }
    }

    private static int Needed(Opcode opcode) => opcode switch
    {
        Opcode.FromAltStack or Opcode.Depth => 0,
        Opcode.ToAltStack or Opcode.IfDup or Opcode.Drop or Opcode.Dup or Opcode.Size => 1,
        Opcode.Drop2 or Opcode.Dup2 or Opcode.Nip or Opcode.Over or Opcode.Pick or Opcode.Roll or Opcode.Swap or Opcode.Tuck => 2,
        Opcode.Dup3 or Opcode.Rot => 3,
        Opcode.Over2 or Opcode.Swap2 => 4,
        Opcode.Rot2 => 6,
        _ => throw new ArgumentOutOfRangeException(nameof(opcode), opcode, null),
    };

    /// <summary>What depends on no element's value.</summary>
    private static void Move(ScriptStack stack, Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Drop:
                stack.Drop(1);
                break;
            case Opcode.Drop2:
                stack.Drop(2);
                break;
            case Opcode.Dup:
                stack.Push(stack[1]);
                break;
            case Opcode.Dup2:
                CopyTwice(stack, 2);
                break;
            case Opcode.Dup3:
                CopyTwice(stack, 3);
                stack.Push(stack[3]);
                break;
            case Opcode.Over:
                stack.Push(stack[2]);
                break;
            case Opcode.Over2:
                CopyTwice(stack, 4);
                break;
            case Opcode.Nip:
                _ = stack.Take(2);
                break;
            case Opcode.Swap:
                stack.Swap(1, 2);
                break;
            case Opcode.Swap2:
                stack.Swap(1, 3);
                stack.Swap(2, 4);
                break;
            case Opcode.Rot:
                stack.Push(stack.Take(3));
                break;
            case Opcode.Rot2:
                stack.Push(stack.Take(6));
                stack.Push(stack.Take(6));
                break;
            case Opcode.Tuck:
                stack.Insert(2, stack[1]);
                break;
        }
    }

    /// <summary>Copies the element at a place and then the one above it, which has moved down to that place.</summary>
    private static void CopyTwice(ScriptStack stack, int fromTop)
    {
        stack.Push(stack[fromTop]);
        stack.Push(stack[fromTop]);
    }

    private static ScriptError PickOrRoll(ScriptMachine machine, Opcode opcode)
    {
        if (!machine.TryReadNumber(1, out var depth)) return ScriptError.UnknownError;
        machine.Stack.Drop(1);
        if (depth < 0 || depth >= machine.Stack.Count) return ScriptError.InvalidStackOperation;
        var place = (int)depth + 1;
        machine.Stack.Push(opcode == Opcode.Pick ? machine.Stack[place] : machine.Stack.Take(place));
        return ScriptError.Ok;
    }
}
