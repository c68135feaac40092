using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Node.Rpc;

/// <summary>Transactions in hexadecimal (Core: DecodeHexTx, DecodeTx).</summary>
internal static class RawTransactionText
{
    /// <summary>What Core advises where a transaction does not decode.</summary>
    public const string Hint = "Make sure the tx has at least one input.";

    /// <summary>
    /// Decodes a text; null where it is no transaction. One without inputs can be read in both forms: what makes sense is
    /// taken, first with witnesses.
    /// </summary>
    public static Transaction? TryDecode(string text, bool withoutWitness = true, bool withWitness = true)
    {
        if (JsonValues.TryHex(text) is not { } bytes) return null;
        var extended = withWitness ? Transaction.TryDecode(bytes) : null;
        if (extended is not null && IsSane(extended)) return extended;
        var legacy = withoutWitness ? Transaction.TryDecode(bytes, allowWitness: false) : null;
        return legacy is not null && IsSane(legacy) ? legacy : extended ?? legacy;
    }

    /// <summary>Decodes a text that must be a transaction.</summary>
    public static Transaction Decode(string text) =>
        TryDecode(text) ?? throw new RpcException(RpcErrorCode.Deserialization, $"TX decode failed. {Hint}");

    /// <summary>Whether a script has only operations that there are, and no push that is too long (Core: HasValidOps).</summary>
    public static bool HasValidOperations(ReadOnlyMemory<byte> script)
    {
        var reader = new ScriptReader(script);
        while (reader.TryRead(out var opcode, out var data))
        {
            if (opcode > Opcode.Nop10 || data.Length > ScriptInterpreter.MaxElementSize) return false;
        }

        return !reader.IsMalformed;
    }

    private static bool IsSane(Transaction transaction) =>
        (transaction.IsCoinbase || transaction.Inputs.All(input => IsSane(input.ScriptSig))) && transaction.Outputs.All(output => IsSane(output.ScriptPubKey));

    private static bool IsSane(ReadOnlyMemory<byte> script) => script.Length <= ScriptInterpreter.MaxScriptSize && HasValidOperations(script);
}
