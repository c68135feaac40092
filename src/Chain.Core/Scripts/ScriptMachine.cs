namespace Chain.Core.Scripts;

/// <summary>
/// Executes one script after the other on a stack (Core: EvalScript). It keeps what operations share and counts what is
/// limited; what the operations do stands with their families.
/// </summary>
internal sealed class ScriptMachine
{
    private ConditionStack _conditions;
    private ScriptStack? _altStack;
    private int _operations;

    private ReadOnlyMemory<byte> _script;
    private int _next;
    private SignatureChecker? _checker;

    public ScriptStack Stack { get; set; } = new();

    public ScriptStack AltStack => _altStack ??= new ScriptStack();

    public ScriptFlags Flags { get; private set; }

    public SignatureChecker Checker => _checker!;

    public SignatureVersion Version { get; private set; }

    /// <summary>What tapscript adds; null in other versions.</summary>
    public ScriptExecutionData? ExecutionData { get; private set; }

    /// <summary>What a signature in this script covers: the script from behind the last OP_CODESEPARATOR that was executed.</summary>
    public ReadOnlyMemory<byte> ScriptCode { get; set; }

    /// <summary>The script behind the operation that is being executed.</summary>
    public ReadOnlyMemory<byte> Rest => _script[_next..];

    /// <summary>The number of the operation that is being executed, pushes counted too.</summary>
    public uint Position { get; private set; }

    public ref ConditionStack Conditions => ref _conditions;

    public bool Has(ScriptFlags flag) => (Flags & flag) != 0;

    /// <summary>Counts operations towards the limit, which tapscript has replaced by the weight of the witness.</summary>
    public bool TryCount(int operations) => Version == SignatureVersion.Tapscript || (_operations += operations) <= ScriptInterpreter.MaxOperations;

    /// <summary>Reads the number at a place of the stack, in the form that the flags ask for.</summary>
    public bool TryReadNumber(int fromTop, out long value, int maxSize = ScriptNumber.MaxSize) =>
        ScriptNumber.TryRead(Stack[fromTop].Span, Has(ScriptFlags.MinimalData), out value, maxSize);

    /// <summary>Begins with an empty stack, under these rules.</summary>
    public void Begin(ScriptFlags flags, SignatureChecker checker, SignatureVersion version, ScriptExecutionData? executionData = null)
    {
        Clear();
        Flags = flags;
        _checker = checker;
        Version = version;
        ExecutionData = executionData;
    }

    /// <summary>Lets go of all that scripts brought.</summary>
    public void Clear()
    {
        Stack.Clear();
        _altStack = null;
        _checker = null;
        ExecutionData = null;
        ScriptCode = _script = default;
    }

    /// <summary>Runs a script on what the stack holds; the other stack and all counts begin anew.</summary>
    public ScriptError Run(ReadOnlyMemory<byte> script)
    {
        if (Version != SignatureVersion.Tapscript && script.Length > ScriptInterpreter.MaxScriptSize) return ScriptError.ScriptSize;
        _conditions = new ConditionStack();
        _altStack = null;
        _operations = 0;
        ScriptCode = _script = script;
        var reader = new ScriptReader(script);
        for (Position = 0; reader.TryRead(out var opcode, out var data); Position++)
        {
            _next = reader.Position;
            var error = Step(opcode, data);
            if (error != ScriptError.Ok) return error;
            if (Stack.Count + (_altStack?.Count ?? 0) > ScriptInterpreter.MaxStackSize) return ScriptError.StackSize;
        }

        if (reader.IsMalformed) return ScriptError.BadOpcode;
        return _conditions.IsEmpty ? ScriptError.Ok : ScriptError.UnbalancedConditional;
    }

    private ScriptError Step(Opcode opcode, ReadOnlyMemory<byte> data)
    {
        if (data.Length > ScriptInterpreter.MaxElementSize) return ScriptError.PushSize;
        if (opcode > Opcode.Op16 && !TryCount(1)) return ScriptError.OpCount;
        // These two fail a script also where they stand in a branch that is not taken.
        if (opcode.IsDisabled()) return ScriptError.DisabledOpcode;
        if (opcode == Opcode.CodeSeparator && Version == SignatureVersion.Base && Has(ScriptFlags.ConstScriptCode)) return ScriptError.OpCodeSeparator;
        if (!_conditions.AreAllTrue && opcode is < Opcode.If or > Opcode.EndIf) return ScriptError.Ok;
        return opcode <= Opcode.PushData4 ? Push(opcode, data) : Execute(opcode);
    }

    private ScriptError Push(Opcode opcode, ReadOnlyMemory<byte> data)
    {
        if (Has(ScriptFlags.MinimalData) && !ScriptEditing.IsMinimalPush(opcode, data.Span)) return ScriptError.MinimalData;
        Stack.Push(data);
        return ScriptError.Ok;
    }

    private ScriptError Execute(Opcode opcode) => opcode switch
    {
        Opcode.Op1Negate or (>= Opcode.Op1 and <= Opcode.Op16) => PushSmallNumber(opcode),
        >= Opcode.Nop and <= Opcode.Return => FlowOperations.Execute(this, opcode),
        (>= Opcode.ToAltStack and <= Opcode.Tuck) or Opcode.Size => StackOperations.Execute(this, opcode),
        Opcode.Equal or Opcode.EqualVerify or (>= Opcode.Add1 and <= Opcode.Within) => ArithmeticOperations.Execute(this, opcode),
        >= Opcode.Ripemd160 and <= Opcode.Hash256 => HashOperations.Execute(this, opcode),
        (>= Opcode.CodeSeparator and <= Opcode.CheckSigVerify) or Opcode.CheckSigAdd => SignatureOperations.Execute(this, opcode),
        Opcode.CheckMultiSig or Opcode.CheckMultiSigVerify => MultiSigOperations.Execute(this, opcode),
        >= Opcode.Nop1 and <= Opcode.Nop10 => LockTimeOperations.Execute(this, opcode),
        _ => ScriptError.BadOpcode,
    };

    private ScriptError PushSmallNumber(Opcode opcode)
    {
        Stack.Push((long)opcode - (long)Opcode.Reserved);
        return ScriptError.Ok;
    }
}
