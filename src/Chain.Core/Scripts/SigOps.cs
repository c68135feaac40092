using Chain.Core.Primitives;

namespace Chain.Core.Scripts;

/// <summary>
/// Counts signature operations without running scripts, so that a block's cost is bounded before any is run. A
/// CHECKMULTISIG counts as the most keys it could have.
/// </summary>
public static class SigOps
{
    /// <summary>The most public keys in a CHECKMULTISIG.</summary>
    public const int MaxPublicKeysPerMultiSig = 20;

    /// <summary>The legacy count of a transaction: all unlocking and all locking scripts (Core: GetLegacySigOpCount).</summary>
    public static int CountLegacy(Transaction transaction)
    {
        var count = 0;
        foreach (var input in transaction.Inputs) count += Count(input.ScriptSig);
        foreach (var output in transaction.Outputs) count += Count(output.ScriptPubKey);
        return count;
    }

    /// <summary>The count of one script, up to a malformed push.</summary>
    public static int Count(ReadOnlyMemory<byte> script)
    {
        var count = 0;
        var reader = new ScriptReader(script);
        while (reader.TryRead(out var opcode, out _))
        {
            count += opcode switch
            {
                Opcode.CheckSig or Opcode.CheckSigVerify => 1,
                Opcode.CheckMultiSig or Opcode.CheckMultiSigVerify => MaxPublicKeysPerMultiSig,
                _ => 0,
            };
        }

        return count;
    }
}
