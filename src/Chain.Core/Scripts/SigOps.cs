using System.Collections.Immutable;
using Chain.Core.Primitives;

namespace Chain.Core.Scripts;

/// <summary>
/// Counts signature operations without running scripts, so that a block's cost is bounded before any is run. Scripts that
/// are shown only when they are spent count then: accurately, a CHECKMULTISIG by the keys that it names.
/// </summary>
public static class SigOps
{
    /// <summary>The most public keys in a CHECKMULTISIG, and what one counts where its keys are not looked at.</summary>
    public const int MaxPublicKeysPerMultiSig = 20;

    /// <summary>The legacy count of a transaction: all unlocking and all locking scripts (Core: GetLegacySigOpCount).</summary>
    public static int CountLegacy(Transaction transaction)
    {
        var count = 0;
        foreach (var input in transaction.Inputs) count += Count(input.ScriptSig);
        foreach (var output in transaction.Outputs) count += Count(output.ScriptPubKey);
        return count;
    }

    /// <summary>
    /// The cost of a transaction towards a block's limit: each operation outside the witness four times, inside it once (Core:
    /// GetTransactionSigOpCost). <paramref name="spentOutputs"/> are those of the inputs, in their order; none for a coinbase.
    /// </summary>
    public static long Cost(Transaction transaction, ImmutableArray<TxOut> spentOutputs, ScriptFlags flags)
    {
        var cost = (long)CountLegacy(transaction) * Transaction.WitnessScaleFactor;
        if (transaction.IsCoinbase) return cost;
        for (var i = 0; i < transaction.Inputs.Length; i++)
        {
            var locking = spentOutputs[i].ScriptPubKey;
            if ((flags & ScriptFlags.P2sh) != 0) cost += (long)CountP2sh(transaction.Inputs[i].ScriptSig, locking) * Transaction.WitnessScaleFactor;
            if ((flags & ScriptFlags.Witness) != 0) cost += CountWitness(transaction.Inputs[i], locking);
        }

        return cost;
    }

    /// <summary>
    /// The count of one script, up to a malformed push. Where it is accurate, a CHECKMULTISIG behind OP_1 to OP_16 counts as
    /// that number.
    /// </summary>
    public static int Count(ReadOnlyMemory<byte> script, bool accurate = false)
    {
        var count = 0;
        var previous = Opcode.Nop;
        var reader = new ScriptReader(script);
        while (reader.TryRead(out var opcode))
        {
            count += opcode switch
            {
                Opcode.CheckSig or Opcode.CheckSigVerify => 1,
                Opcode.CheckMultiSig or Opcode.CheckMultiSigVerify =>
                    accurate && previous.SmallNumber() is { } keys and > 0 ? keys : MaxPublicKeysPerMultiSig,
                _ => 0,
            };
            previous = opcode;
        }

        return count;
    }

    /// <summary>The accurate count of the script that an input shows for a P2SH output; 0 for any other output.</summary>
    public static int CountP2sh(ReadOnlyMemory<byte> scriptSig, ReadOnlyMemory<byte> scriptPubKey) =>
        StandardScripts.FindScriptHash(scriptPubKey.Span) is not null && FindRedeemScript(scriptSig) is { } redeem ? Count(redeem, accurate: true) : 0;

    private static int CountWitness(TxIn input, ReadOnlyMemory<byte> scriptPubKey)
    {
        var program = WitnessProgram.Find(scriptPubKey);
        if (program is null && StandardScripts.FindScriptHash(scriptPubKey.Span) is not null && FindRedeemScript(input.ScriptSig) is { } redeem)
            program = WitnessProgram.Find(redeem);
        return program switch
        {
            { IsPublicKeyHash: true } => 1,
            { IsScriptHash: true } when !input.Witness.IsEmpty => Count(input.Witness[^1], accurate: true),
            // Taproot has a budget by the weight of the witness instead.
            _ => 0,
        };
    }

    /// <summary>What the last operation of an unlocking script pushes; null where the script does more than push.</summary>
    private static ReadOnlyMemory<byte>? FindRedeemScript(ReadOnlyMemory<byte> scriptSig)
    {
        ReadOnlyMemory<byte> last = default;
        var reader = new ScriptReader(scriptSig);
        while (reader.TryRead(out var opcode, out var data))
        {
            if (opcode > Opcode.Op16) return null;
            last = data;
        }

        return reader.IsMalformed ? null : last;
    }
}
