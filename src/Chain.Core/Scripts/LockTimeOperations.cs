namespace Chain.Core.Scripts;

/// <summary>OP_NOP1 to OP_NOP10, two of which rules have since redefined: OP_CHECKLOCKTIMEVERIFY and OP_CHECKSEQUENCEVERIFY.</summary>
internal static class LockTimeOperations
{
    public static ScriptError Execute(ScriptMachine machine, Opcode opcode) => opcode switch
    {
        Opcode.CheckLockTimeVerify => machine.Has(ScriptFlags.CheckLockTimeVerify) ? CheckLockTime(machine) : ScriptError.Ok,
        Opcode.CheckSequenceVerify => machine.Has(ScriptFlags.CheckSequenceVerify) ? CheckSequence(machine) : ScriptError.Ok,
        _ => machine.Has(ScriptFlags.DiscourageUpgradableNops) ? ScriptError.DiscourageUpgradableNops : ScriptError.Ok,
    };

    /// <summary>The transaction may not be mined before the lock time on the stack, which stays there (BIP65).</summary>
    private static ScriptError CheckLockTime(ScriptMachine machine)
    {
        if (machine.Stack.Count < 1) return ScriptError.InvalidStackOperation;
        if (!machine.TryReadNumber(1, out var lockTime, ScriptNumber.MaxLockTimeSize)) return ScriptError.UnknownError;
        if (lockTime < 0) return ScriptError.NegativeLockTime;
        return machine.Checker.CheckLockTime(lockTime) ? ScriptError.Ok : ScriptError.UnsatisfiedLockTime;
    }

    /// <summary>The input may not be mined before the coin has the age on the stack, which stays there (BIP112).</summary>
    private static ScriptError CheckSequence(ScriptMachine machine)
    {
        if (machine.Stack.Count < 1) return ScriptError.InvalidStackOperation;
        if (!machine.TryReadNumber(1, out var sequence, ScriptNumber.MaxLockTimeSize)) return ScriptError.UnknownError;
        if (sequence < 0) return ScriptError.NegativeLockTime;
        if ((sequence & RelativeLockTime.DisableFlag) != 0) return ScriptError.Ok;
        return machine.Checker.CheckSequence(sequence) ? ScriptError.Ok : ScriptError.UnsatisfiedLockTime;
    }
}
