using System.Collections.Immutable;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;

namespace Chain.Core.Scripts;

/// <summary>
/// Runs what a witness shows for a witness program (Core: VerifyWitnessProgram, ExecuteWitnessScript), on the machine that found
/// the program.
/// </summary>
internal readonly struct WitnessInterpreter
{
    private readonly ImmutableArray<ReadOnlyMemory<byte>> _witness;
    private readonly ScriptMachine _machine;

    public WitnessInterpreter(ImmutableArray<ReadOnlyMemory<byte>> witness, ScriptMachine machine)
    {
        _witness = witness;
        _machine = machine;
    }

    public ScriptError Verify(WitnessProgram program, bool isP2sh)
    {
        if (program.IsPublicKeyHash) return VerifyPublicKeyHash(program.Program);
        if (program.IsScriptHash) return VerifyScriptHash(program.Program);
        if (program.Version == 0) return ScriptError.WitnessProgramWrongLength;
        if (program.IsTaproot && !isP2sh) return _machine.Has(ScriptFlags.Taproot) ? VerifyTaproot(program.Program) : ScriptError.Ok;
        if (program.IsAnchor && !isP2sh) return ScriptError.Ok;
        return _machine.Has(ScriptFlags.DiscourageUpgradableWitnessProgram) ? ScriptError.DiscourageUpgradableWitnessProgram : ScriptError.Ok;
    }

    private ScriptError VerifyPublicKeyHash(ReadOnlyMemory<byte> program)
    {
        if (_witness.Length != 2) return ScriptError.WitnessProgramMismatch;
        var script = StandardScripts.PayToPublicKeyHash(new Hash160(program.Span));
        return Execute(script, elements: 2, SignatureVersion.WitnessV0, executionData: null);
    }

    private ScriptError VerifyScriptHash(ReadOnlyMemory<byte> program)
    {
        if (_witness.IsEmpty) return ScriptError.WitnessProgramWitnessEmpty;
        var script = _witness[^1];
        Span<byte> hash = stackalloc byte[Hash256.Size];
        Sha256.Hash(script.Span, hash);
        if (!hash.SequenceEqual(program.Span)) return ScriptError.WitnessProgramMismatch;
        return Execute(script, _witness.Length - 1, SignatureVersion.WitnessV0, executionData: null);
    }

    private ScriptError VerifyTaproot(ReadOnlyMemory<byte> program)
    {
        if (_witness.IsEmpty) return ScriptError.WitnessProgramWitnessEmpty;
        var elements = _witness.Length;
        Hash256? annexHash = null;
        if (elements >= 2 && _witness[^1].Span is [Taproot.AnnexTag, ..]) annexHash = HashAnnex(_witness[--elements].Span);
        return elements == 1
            ? _machine.Checker.CheckSchnorr(_witness[0].Span, program.Span, new ScriptExecutionData { AnnexHash = annexHash })
            : VerifyLeaf(program, elements, annexHash);
    }

    private ScriptError VerifyLeaf(ReadOnlyMemory<byte> program, int elements, Hash256? annexHash)
    {
        var control = _witness[elements - 1].Span;
        var script = _witness[elements - 2];
        if (!Taproot.IsControlSize(control.Length)) return ScriptError.TaprootWrongControlSize;
        var version = (byte)(control[0] & Taproot.LeafMask);
        var leaf = Taproot.LeafHash(script.Span, version);
        if (!Taproot.IsCommitted(control, program.Span, leaf)) return ScriptError.WitnessProgramMismatch;
        if (version != Taproot.TapscriptLeaf)
            return _machine.Has(ScriptFlags.DiscourageUpgradableTaprootVersion) ? ScriptError.DiscourageUpgradableTaprootVersion : ScriptError.Ok;
        var executionData = new ScriptExecutionData
        {
            AnnexHash = annexHash,
            LeafHash = leaf,
            ValidationWeightLeft = EncodedSize() + SignatureOperations.WeightPerSignature,
        };
        return Execute(script, elements - 2, SignatureVersion.Tapscript, executionData);
    }

    /// <summary>Runs a script on the first elements of the witness; exactly one, a true one, must be left.</summary>
    private ScriptError Execute(ReadOnlyMemory<byte> script, int elements, SignatureVersion version, ScriptExecutionData? executionData)
    {
        if (version == SignatureVersion.Tapscript)
        {
            if (FindSuccess(script) is { } answer) return answer;
            if (elements > ScriptInterpreter.MaxStackSize) return ScriptError.StackSize;
        }

        _machine.Begin(_machine.Flags, _machine.Checker, version, executionData);
        var stack = _machine.Stack;
        foreach (var element in _witness.AsSpan()[..elements])
        {
            if (element.Length > ScriptInterpreter.MaxElementSize) return ScriptError.PushSize;
            stack.Push(element);
        }

        var error = _machine.Run(script);
        if (error != ScriptError.Ok) return error;
        if (stack.Count != 1) return ScriptError.CleanStack;
        return stack.IsTopTrue ? ScriptError.Ok : ScriptError.EvalFalse;
    }

    /// <summary>
    /// What an OP_SUCCESSx in a tapscript answers before anything is run or limited; a malformed push before it fails. Null
    /// where there is none.
    /// </summary>
    private ScriptError? FindSuccess(ReadOnlyMemory<byte> script)
    {
        var reader = new ScriptReader(script);
        while (reader.TryRead(out var opcode))
        {
            if (opcode.IsSuccess()) return _machine.Has(ScriptFlags.DiscourageOpSuccess) ? ScriptError.DiscourageOpSuccess : ScriptError.Ok;
        }

        return reader.IsMalformed ? ScriptError.BadOpcode : null;
    }

    private static Hash256 HashAnnex(ReadOnlySpan<byte> annex)
    {
        var writer = new ByteWriter(annex.Length + 5).WriteVarBytes(annex);
        Span<byte> hash = stackalloc byte[Hash256.Size];
        Sha256.Hash(writer.WrittenSpan, hash);
        return new Hash256(hash);
    }

    private long EncodedSize()
    {
        long size = ByteWriter.CompactSizeLength((ulong)_witness.Length);
        foreach (var element in _witness) size += ByteWriter.CompactSizeLength((ulong)element.Length) + element.Length;
        return size;
    }
}
