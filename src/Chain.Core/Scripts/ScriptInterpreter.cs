using Chain.Core.Cryptography;

namespace Chain.Core.Scripts;

/// <summary>
/// Runs scripts: a stack machine without loops, in which an input's unlocking script runs first and the output's locking
/// script runs on what it left (Core: EvalScript, VerifyScript). It knows the operations of P2PKH, P2PK and OP_RETURN;
/// any other opcode fails the script.
/// </summary>
public sealed class ScriptInterpreter
{
    /// <summary>The longest script in bytes.</summary>
    public const int MaxScriptSize = 10_000;

    /// <summary>The longest element in bytes.</summary>
    public const int MaxElementSize = 520;

    /// <summary>The most operations other than pushes in a script.</summary>
    public const int MaxOperations = 201;

    /// <summary>The most elements on the stack.</summary>
    public const int MaxStackSize = 1_000;

    private static readonly ReadOnlyMemory<byte> True = new byte[] { 1 };

    private readonly ScriptFlags _flags;
    private readonly SignatureChecker _checker;
    private readonly List<ReadOnlyMemory<byte>> _stack = [];

    private ScriptInterpreter(ScriptFlags flags, SignatureChecker checker)
    {
        _flags = flags;
        _checker = checker;
    }

    /// <summary>
    /// Runs the unlocking script, then the locking script on the same stack: valid where both run through and something true
    /// lies on top.
    /// </summary>
    public static ScriptError Verify(ReadOnlyMemory<byte> scriptSig, ReadOnlyMemory<byte> scriptPubKey, ScriptFlags flags, SignatureChecker checker)
    {
        var interpreter = new ScriptInterpreter(flags, checker);
        var error = interpreter.Run(scriptSig);
        if (error == ScriptError.Ok) error = interpreter.Run(scriptPubKey);
        if (error != ScriptError.Ok) return error;
        return interpreter._stack.Count > 0 && IsTrue(interpreter._stack[^1].Span) ? ScriptError.Ok : ScriptError.EvalFalse;
    }

    private ScriptError Run(ReadOnlyMemory<byte> script)
    {
        if (script.Length > MaxScriptSize) return ScriptError.ScriptSize;
        var reader = new ScriptReader(script);
        var operations = 0;
        while (reader.TryRead(out var opcode, out var data))
        {
            if (data.Length > MaxElementSize) return ScriptError.PushSize;
            if (opcode > Opcode.Op16 && ++operations > MaxOperations) return ScriptError.OpCount;
            var error = Execute(opcode, data, script);
            if (error != ScriptError.Ok) return error;
            if (_stack.Count > MaxStackSize) return ScriptError.StackSize;
        }

        return reader.IsMalformed ? ScriptError.BadOpcode : ScriptError.Ok;
    }

    private ScriptError Execute(Opcode opcode, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> script) => opcode switch
    {
        > Opcode.Op0 and <= Opcode.PushData4 => Push(data),
        Opcode.Dup => Duplicate(),
        Opcode.Hash160 => HashTop(),
        Opcode.EqualVerify => EqualVerify(),
        Opcode.CheckSig => CheckSignature(script),
        Opcode.Return => ScriptError.OpReturn,
        _ => ScriptError.BadOpcode,
    };

    private ScriptError Push(ReadOnlyMemory<byte> element)
    {
        _stack.Add(element);
        return ScriptError.Ok;
    }

    private ScriptError Duplicate() => _stack.Count < 1 ? ScriptError.InvalidStackOperation : Push(_stack[^1]);

    private ScriptError HashTop() =>
        _stack.Count < 1 ? ScriptError.InvalidStackOperation : Push(Hash160.Of(Pop().Span).ToByteArray());

    private ScriptError EqualVerify()
    {
        if (_stack.Count < 2) return ScriptError.InvalidStackOperation;
        return Pop().Span.SequenceEqual(Pop().Span) ? ScriptError.Ok : ScriptError.EqualVerify;
    }

    private ScriptError CheckSignature(ReadOnlyMemory<byte> script)
    {
        if (_stack.Count < 2) return ScriptError.InvalidStackOperation;
        var publicKey = Pop().Span;
        var signature = Pop();
        var error = SignatureEncoding.CheckSignature(signature.Span, _flags);
        if (error == ScriptError.Ok) error = SignatureEncoding.CheckPublicKey(publicKey, _flags);
        if (error != ScriptError.Ok) return error;
        var scriptCode = ScriptEditing.RemovePush(script, signature.Span);
        return Push(_checker.CheckSignature(signature.Span, publicKey, scriptCode) ? True : default);
    }

    private ReadOnlyMemory<byte> Pop()
    {
        var top = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return top;
    }

    /// <summary>False is zero in any length, negative zero included.</summary>
    private static bool IsTrue(ReadOnlySpan<byte> element)
    {
        var nonZero = element.IndexOfAnyExcept((byte)0);
        return nonZero >= 0 && !(nonZero == element.Length - 1 && element[nonZero] == 0x80);
    }
}
