using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Node.Explorer.Data;

/// <summary>The scripts that an output shows only the hash of, and that the input which spends it brings along.</summary>
internal static class InnerScripts
{
    /// <summary>The script of P2SH (BIP16), and that of P2WSH (BIP141) or of a leaf of P2TR (BIP342); null where there is none.</summary>
    public static (ReadOnlyMemory<byte>? Redeem, ReadOnlyMemory<byte>? Witness) Find(TxIn input, TxOut? spent)
    {
        if (spent is not { } output) return (null, null);
        var script = output.ScriptPubKey;
        ReadOnlyMemory<byte>? redeem = null;
        if (StandardScripts.FindScriptHash(script.Span) is not null && LastPush(input.ScriptSig) is { } last) redeem = script = last;
        return (redeem, FindWitnessScript(input, script));
    }

    private static ReadOnlyMemory<byte>? FindWitnessScript(TxIn input, ReadOnlyMemory<byte> script)
    {
        var program = WitnessProgram.Find(script);
        if (program is { IsScriptHash: true } && input.Witness.Length > 0) return input.Witness[^1];
        if (program is not { IsTaproot: true }) return null;
        var count = input.Witness.Length;
        if (count >= 2 && input.Witness[^1].Span is [Taproot.AnnexTag, ..]) count--;
        return count >= 2 ? input.Witness[count - 2] : null;
    }

    private static ReadOnlyMemory<byte>? LastPush(ReadOnlyMemory<byte> script)
    {
        ReadOnlyMemory<byte>? last = null;
        var reader = new ScriptReader(script);
        while (reader.TryRead(out var opcode, out ReadOnlyMemory<byte> data)) last = opcode <= Opcode.PushData4 ? data : null;
        return last;
    }
}
