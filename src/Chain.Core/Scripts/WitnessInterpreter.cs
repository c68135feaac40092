using System.Collections.Immutable;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;

namespace Chain.Core.Scripts;

/// <summary>Runs what a witness shows for a witness program (Core: VerifyWitnessProgram, ExecuteWitnessScript).</summary>
internal sealed class WitnessInterpreter
{
    private readonly ImmutableArray<ReadOnlyMemory<byte>> _witness;
    private readonly ScriptFlags _flags;
    private readonly SignatureChecker _checker;

    public WitnessInterpreter(ImmutableArray<ReadOnlyMemory<byte>> witness, ScriptFlags flags, SignatureChecker checker)
    {
        _witness = witness;
        _flags = flags;
        _checker = checker;
    }

    public ScriptError Verify(WitnessProgram program, bool isP2sh)
    {
        if (program.IsPublicKeyHash) return VerifyPublicKeyHash(program.Program);
        if (program.IsScriptHash) return VerifyScriptHash(program.Program);
        if (program.Version == 0) return ScriptError.WitnessProgramWrongLength;
        if (program.IsTaproot && !isP2sh) return Has(ScriptFlags.Taproot) ? VerifyTaproot(program.Program) : ScriptError.Ok;
        return Has(ScriptFlags.DiscourageUpgradableWitnessProgram) ? ScriptError.DiscourageUpgradableWitnessProgram : ScriptError.Ok;
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
            ? _checker.CheckSchnorr(_witness[0].Span, program.Span, new ScriptExecutionData { AnnexHash = annexHash })
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
            return Has(ScriptFlags.DiscourageUpgradableTaprootVersion) ? ScriptError.DiscourageUpgradableTaprootVersion : ScriptError.Ok;
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

        var stack = new ScriptStack();
        foreach (var element in _witness.AsSpan()[..elements])
        {
            if (element.Length > ScriptInterpreter.MaxElementSize) return ScriptError.PushSize;
            stack.Push(element);
        }

        var error = new ScriptMachine(stack, _flags, _checker, version, executionData).Run(script);
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
        while (reader.TryRead(out var opcode, out _))
        {
            if (opcode.IsSuccess()) return Has(ScriptFlags.DiscourageOpSuccess) ? ScriptError.DiscourageOpSuccess : ScriptError.Ok;
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

    private bool Has(ScriptFlags flag) => (_flags & flag) != 0;
}
