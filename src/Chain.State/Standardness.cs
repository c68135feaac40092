using System.Collections.Immutable;
using Chain.Core.Coins;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.State;

/// <summary>
/// The forms of transactions that wallets make, within limits that hold for each: what else is valid may cost much to
/// check, or get another meaning by later rules (Core: IsStandardTx, AreInputsStandard, IsWitnessStandard).
/// </summary>
public static class Standardness
{
    /// <summary>The highest version; 2 turns on relative lock times (BIP68).</summary>
    public const int MaxVersion = 2;

    /// <summary>The longest unlocking script in bytes: 15 signatures of a P2SH multisig with compressed keys.</summary>
    public const int MaxScriptSigSize = 1_650;

    /// <summary>The most keys of a bare multisig.</summary>
    public const int MaxBareMultiSigKeys = 3;

    /// <summary>The most signature operations in a script that is shown for P2SH.</summary>
    public const int MaxP2shSigOps = 15;

    /// <summary>The longest script that is shown for P2WSH, in bytes.</summary>
    public const int MaxWitnessScriptSize = 3_600;

    /// <summary>The most witness items before the script of P2WSH.</summary>
    public const int MaxWitnessItems = 100;

    /// <summary>The longest of those, and of the items before a tapscript, in bytes.</summary>
    public const int MaxWitnessItemSize = 80;

    /// <summary>Outpoint, length of a script, sequence number and a P2PKH input's signature and key, in bytes.</summary>
    private const int SpendSize = OutPoint.Size + 1 + SignatureAndKeySize + sizeof(uint);

    private const int SpendSizeWithWitness = OutPoint.Size + 1 + (SignatureAndKeySize / Transaction.WitnessScaleFactor) + sizeof(uint);
    private const int SignatureAndKeySize = 107;

    /// <summary>What needs nothing but the transaction (Core: IsStandardTx).</summary>
    public static PolicyError? Check(Transaction t, MempoolPolicy policy)
    {
        if (t.Version is < 1 or > MaxVersion) return PolicyError.Version;
        return t.Weight > policy.MaxTransactionWeight ? PolicyError.TransactionSize : CheckUnlocking(t) ?? CheckOutputs(t, policy);
    }

    /// <summary>What needs the coins that it spends, in the order of the inputs: what they are, and what unlocks them.</summary>
    public static PolicyError? CheckSpends(Transaction t, Coin[] spent)
    {
        for (var i = 0; i < spent.Length; i++)
        {
            if (!IsStandardSpend(t.Inputs[i].ScriptSig, spent[i].Output.ScriptPubKey)) return PolicyError.NonStandardInputs;
        }

        for (var i = 0; i < spent.Length; i++)
        {
            if (!t.Inputs[i].Witness.IsEmpty && !IsStandardWitness(t.Inputs[i], spent[i].Output.ScriptPubKey)) return PolicyError.NonStandardWitness;
        }

        return null;
    }

    /// <summary>
    /// The least worth in satoshis at which an output is not dust: what it and the input that spends it cost at a rate in
    /// satoshis per 1,000 vbytes (Core: GetDustThreshold).
    /// </summary>
    public static long DustThreshold(TxOut output, long feeRate)
    {
        if (StandardScripts.IsUnspendable(output.ScriptPubKey.Span)) return 0;
        var size = sizeof(long) + Core.Encoding.ByteWriter.CompactSizeLength((ulong)output.ScriptPubKey.Length) + output.ScriptPubKey.Length;
        return MempoolPolicy.FeeFor(size + (WitnessProgram.Find(output.ScriptPubKey) is null ? SpendSize : SpendSizeWithWitness), feeRate);
    }

    private static PolicyError? CheckUnlocking(Transaction t)
    {
        foreach (var input in t.Inputs)
        {
            if (input.ScriptSig.Length > MaxScriptSigSize) return PolicyError.ScriptSigSize;
            if (!ScriptEditing.IsPushOnly(input.ScriptSig)) return PolicyError.ScriptSigNotPushOnly;
        }

        return null;
    }

    private static PolicyError? CheckOutputs(Transaction t, MempoolPolicy policy)
    {
        var dataOutputs = 0;
        foreach (var output in t.Outputs)
        {
            switch (ScriptTemplates.Recognize(output.ScriptPubKey))
            {
                case ScriptTemplate.NonStandard:
                    return PolicyError.ScriptPubKey;
                case ScriptTemplate.MultiSig when MultiSig.Find(output.ScriptPubKey)!.PublicKeys.Length > MaxBareMultiSigKeys:
                    return PolicyError.ScriptPubKey;
                case ScriptTemplate.MultiSig when !policy.PermitBareMultiSig:
                    return PolicyError.BareMultiSig;
                case ScriptTemplate.NullData when !policy.AcceptDataCarriers || output.ScriptPubKey.Length > policy.MaxDataCarrierSize:
                    return PolicyError.ScriptPubKey;
                case ScriptTemplate.NullData:
                    dataOutputs++;
                    break;
                default:
                    if (output.Value < DustThreshold(output, policy.DustRelayFeeRate)) return PolicyError.Dust;
                    break;
            }
        }

        return dataOutputs > 1 ? PolicyError.MultiOpReturn : null;
    }

    private static bool IsStandardSpend(ReadOnlyMemory<byte> scriptSig, ReadOnlyMemory<byte> scriptPubKey) => ScriptTemplates.Recognize(scriptPubKey) switch
    {
        ScriptTemplate.NonStandard or ScriptTemplate.WitnessUnknown => false,
        ScriptTemplate.ScriptHash => FindRedeemScript(scriptSig) is { } redeem && SigOps.Count(redeem, accurate: true) <= MaxP2shSigOps,
        _ => true,
    };

    private static bool IsStandardWitness(TxIn input, ReadOnlyMemory<byte> scriptPubKey)
    {
        var isP2sh = StandardScripts.FindScriptHash(scriptPubKey.Span) is not null;
        if (isP2sh)
        {
            if (FindRedeemScript(input.ScriptSig) is not { } redeem) return false;
            scriptPubKey = redeem;
        }

        return WitnessProgram.Find(scriptPubKey) switch
        {
            // A witness that nothing asks for was put there by somebody who passed the transaction on.
            null => false,
            { IsScriptHash: true } => IsStandardScriptWitness(input.Witness),
            { IsTaproot: true } when !isP2sh => IsStandardTaprootWitness(input.Witness),
            { IsAnchor: true } when !isP2sh => false,
            _ => true,
        };
    }

    private static bool IsStandardScriptWitness(ImmutableArray<ReadOnlyMemory<byte>> witness) =>
        witness[^1].Length <= MaxWitnessScriptSize && witness.Length - 1 <= MaxWitnessItems && AreShort(witness[..^1]);

    private static bool IsStandardTaprootWitness(ImmutableArray<ReadOnlyMemory<byte>> witness)
    {
        if (witness.Length < 2) return true;
        var controlBlock = witness[^1].Span;
        if (controlBlock.IsEmpty || controlBlock[0] == Taproot.AnnexTag) return false;
        return (controlBlock[0] & Taproot.LeafMask) != Taproot.TapscriptLeaf || AreShort(witness[..^2]);
    }

    private static bool AreShort(ImmutableArray<ReadOnlyMemory<byte>> items)
    {
        foreach (var item in items)
        {
            if (item.Length > MaxWitnessItemSize) return false;
        }

        return true;
    }

    /// <summary>What an unlocking script pushes last; null where it pushes nothing, more than scripts may, or does not only push.</summary>
    private static ReadOnlyMemory<byte>? FindRedeemScript(ReadOnlyMemory<byte> scriptSig)
    {
        ReadOnlyMemory<byte>? last = null;
        var reader = new ScriptReader(scriptSig);
        while (reader.TryRead(out var opcode, out var data))
        {
            if (opcode > Opcode.Op16 || data.Length > ScriptInterpreter.MaxElementSize) return null;
            last = data;
        }

        return reader.IsMalformed ? null : last;
    }
}
