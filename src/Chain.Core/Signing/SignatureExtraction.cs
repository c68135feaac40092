using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Core.Signing;

/// <summary>Finds in an input what was signed before, so that another signer can add to it (Core: DataFromTransaction).</summary>
public static class SignatureExtraction
{
    /// <summary>
    /// What an input shows of its unlocking: all of it where that is complete, otherwise the scripts, and of a multisig the
    /// signatures that fit one of its keys.
    /// </summary>
    public static SignatureData Extract(PrecomputedTransactionData data, int inputIndex)
    {
        var input = data.Transaction.Inputs[inputIndex];
        var scriptPubKey = data.SpentOutputs[inputIndex].ScriptPubKey;
        var result = new SignatureData { ScriptSig = input.ScriptSig, Witness = input.Witness };
        var checker = new SignatureChecker(data, inputIndex);
        if (ScriptInterpreter.Verify(input.ScriptSig, scriptPubKey, ScriptFlags.Standard, checker, input.Witness) == ScriptError.Ok)
        {
            result.IsComplete = true;
            return result;
        }

        ExtractPartly(result, input, scriptPubKey, checker);
        return result;
    }

    private static void ExtractPartly(SignatureData result, TxIn input, ReadOnlyMemory<byte> script, SignatureChecker checker)
    {
        var stack = ReadPushes(input.ScriptSig);
        var version = SignatureVersion.Base;
        if (ScriptTemplates.Recognize(script) == ScriptTemplate.ScriptHash && stack is [.., { IsEmpty: false } redeem])
        {
            result.RedeemScript = script = redeem;
            stack.RemoveAt(stack.Count - 1);
        }

        if (ScriptTemplates.Recognize(script) == ScriptTemplate.WitnessV0ScriptHash && input.Witness is [.., { IsEmpty: false } witnessScript])
        {
            result.WitnessScript = script = witnessScript;
            stack = [.. input.Witness[..^1]];
            version = SignatureVersion.WitnessV0;
        }

        if (MultiSig.Find(script) is { } multiSig) ExtractMultiSig(result, multiSig, script, stack, version, checker);
    }

    /// <summary>Signatures stand in the order of their keys.</summary>
    private static void ExtractMultiSig(SignatureData result, MultiSig multiSig, ReadOnlyMemory<byte> script, List<ReadOnlyMemory<byte>> stack,
        SignatureVersion version, SignatureChecker checker)
    {
        var next = 0;
        foreach (var signature in stack)
        {
            for (var i = next; i < multiSig.PublicKeys.Length; i++)
            {
                var key = multiSig.PublicKeys[i];
                var hash = Hash160.Of(key.Span);
                if (!result.Signatures.ContainsKey(hash))
                {
                    if (!checker.CheckEcdsa(signature.Span, key.Span, script, version)) continue;
                    result.Signatures.Add(hash, new KeySignature(key, signature));
                }

                next = i + 1;
                break;
            }
        }
    }

    /// <summary>What an unlocking script leaves on the stack; nothing where it does more than push.</summary>
    private static List<ReadOnlyMemory<byte>> ReadPushes(ReadOnlyMemory<byte> script)
    {
        var result = new List<ReadOnlyMemory<byte>>();
        var reader = new ScriptReader(script);
        while (reader.TryRead(out var opcode, out var data))
        {
            if (opcode > Opcode.Op16) return [];
            result.Add(opcode == Opcode.Op1Negate ? ScriptNumber.Encode(-1) : opcode.SmallNumber() is > 0 and { } number ? ScriptNumber.Encode(number) : data);
        }

        return reader.IsMalformed ? [] : result;
    }
}
