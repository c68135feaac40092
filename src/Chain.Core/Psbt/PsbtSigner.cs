using System.Collections.Immutable;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Core.Signing;

namespace Chain.Core.Psbt;

/// <summary>
/// The roles of BIP174 that sign: adds signatures and what others need for theirs, and puts together what unlocks an input
/// (Core: SignPSBTInput, UpdatePSBTOutput, FinalizePSBT).
/// </summary>
public static class PsbtSigner
{
    private static readonly SigningKeys Nothing = new();

    /// <summary>The hashes of a PSBT's transaction, with all outputs that it spends; null where one of those is not known.</summary>
    public static PrecomputedTransactionData? Precompute(PartiallySignedTransaction psbt)
    {
        var outputs = FindSpentOutputs(psbt);
        return outputs.All(output => output is not null) ? new PrecomputedTransactionData(psbt.Transaction, [.. outputs.Select(output => output!.Value)]) : null;
    }

    /// <summary>
    /// Signs what the source can sign of one input, and adds what it knows of scripts and keys; with <paramref name="finish"/> a
    /// complete input is made final. True where the input is complete. The hash type is the input's own where none is given.
    /// </summary>
    public static bool SignInput(PartiallySignedTransaction psbt, int index, ISigningSource source, SignatureHashType type = SignatureHashType.None, bool finish = true) =>
        SignInput(psbt, index, source, type, finish, out _);

    /// <summary>As above; what was found out on the way is in <paramref name="found"/>.</summary>
    public static bool SignInput(PartiallySignedTransaction psbt, int index, ISigningSource source, SignatureHashType type, bool finish, out SignatureData found)
    {
        var input = psbt.Inputs[index];
        found = new SignatureData();
        if (input.IsFinal)
        {
            found.IsComplete = true;
            return true;
        }

        if (input.FindSpentOutput(psbt.Transaction.Inputs[index].PreviousOutput) is not { } spent) return false;
        if (type == SignatureHashType.None) type = input.SighashType ?? type;
        Fill(found, input);
        var outputs = FindSpentOutputs(psbt);
        var data = new PrecomputedTransactionData(psbt.Transaction, [.. outputs.Select(output => output ?? default)]);
        var isComplete = InputSigner.Produce(source, new SignatureCreator(data, index, type, outputs.All(output => output is not null)), spent.ScriptPubKey, found);

        // An output without its whole transaction may be worth more than it says, which a legacy signature would not tell.
        if (input.NonWitnessUtxo is null && !found.IsWitness) return false;
        if (finish && isComplete) input.Finish(found.ScriptSig, found.Witness);
        else Take(input, found, source);
        if (found.IsWitness) input.WitnessUtxo = spent;
        return isComplete;
    }

    /// <summary>Makes every input final whose signatures suffice; true where all are (Core: FinalizePSBT).</summary>
    public static bool Finish(PartiallySignedTransaction psbt)
    {
        var isComplete = true;
        for (var i = 0; i < psbt.Inputs.Length; i++) isComplete &= SignInput(psbt, i, Nothing, SignatureHashType.All);
        return isComplete;
    }

    /// <summary>
    /// Makes an input final with signatures of the right length that are none, to learn how large the transaction becomes; false
    /// where keys or scripts are missing.
    /// </summary>
    public static bool FinishWithPlaceholders(PartiallySignedTransaction psbt, int index, PrecomputedTransactionData data)
    {
        var input = psbt.Inputs[index];
        if (input.IsFinal) return true;
        var found = new SignatureData();
        Fill(found, input);
        if (!InputSigner.Produce(Nothing, new PlaceholderCreator(data, index), data.SpentOutputs[index].ScriptPubKey, found)) return false;
        input.Finish(found.ScriptSig, found.Witness);
        return true;
    }

    /// <summary>Adds to an output what the source knows of its scripts and keys (Core: UpdatePSBTOutput).</summary>
    public static void UpdateOutput(PartiallySignedTransaction psbt, int index, ISigningSource source)
    {
        var output = psbt.Outputs[index];
        var paid = psbt.Transaction.Outputs[index];
        var found = new SignatureData { RedeemScript = output.RedeemScript ?? default, WitnessScript = output.WitnessScript ?? default };

        // As if the output were spent by the first input, which tells its scripts and keys.
        var spending = new Transaction(psbt.Transaction.Version, [new TxIn(OutPoint.Null, default)], [], psbt.Transaction.LockTime);
        _ = InputSigner.Produce(source, new PlaceholderCreator(new PrecomputedTransactionData(spending, [paid]), 0), paid.ScriptPubKey, found);
        if (!found.RedeemScript.IsEmpty) output.RedeemScript = found.RedeemScript;
        if (!found.WitnessScript.IsEmpty) output.WitnessScript = found.WitnessScript;
        foreach (var (key, origin) in found.Origins) output.AddDerivation(key, origin);
        if (found.Taproot is not { } taproot) return;
        output.SetOrRemove(PsbtOutput.TaprootInnerKeyType, taproot.InnerKey);
        if (source.FindOriginByXOnly(taproot.InnerKey.Span) is { } inner)
            output.Set(new PsbtKey(PsbtOutput.TaprootDerivationType, taproot.InnerKey), (byte[])[0, .. PsbtValues.WriteOrigin(inner)]);
    }

    private static ImmutableArray<TxOut?> FindSpentOutputs(PartiallySignedTransaction psbt) =>
        [.. psbt.Transaction.Inputs.Select((input, i) => psbt.Inputs[i].FindSpentOutput(input.PreviousOutput))];

    /// <summary>What the input has (Core: FillSignatureData).</summary>
    private static void Fill(SignatureData data, PsbtInput input)
    {
        foreach (var signature in input.PartialSignatures) data.Signatures[Hash160.Of(signature.PublicKey.Span)] = signature;
        foreach (var (key, _) in input.Derivations) data.PublicKeys[key.Hash] = key;
        data.RedeemScript = input.RedeemScript ?? default;
        data.WitnessScript = input.WitnessScript ?? default;
        data.TaprootKeySignature = input.Find(PsbtInput.TaprootKeySignatureType) ?? default;
        if (input.Find(PsbtInput.TaprootInnerKeyType) is not { } innerKey) return;
        data.Taproot = new TaprootOutput(innerKey, input.Find(PsbtInput.TaprootRootType) is { } root ? new Hash256(root.Span) : null);
    }

    /// <summary>What was found goes into the input (Core: FromSignatureData).</summary>
    private static void Take(PsbtInput input, SignatureData data, ISigningSource source)
    {
        foreach (var signature in data.Signatures.Values) input.Set(new PsbtKey(PsbtInput.PartialSignatureType, signature.PublicKey), signature.Signature);
        if (!data.TaprootKeySignature.IsEmpty) input.SetOrRemove(PsbtInput.TaprootKeySignatureType, data.TaprootKeySignature);
        if (!data.RedeemScript.IsEmpty) input.RedeemScript = data.RedeemScript;
        if (!data.WitnessScript.IsEmpty) input.WitnessScript = data.WitnessScript;
        foreach (var (key, origin) in data.Origins) input.AddDerivation(key, origin);
        if (data.Taproot is not { } taproot) return;
        input.SetOrRemove(PsbtInput.TaprootInnerKeyType, taproot.InnerKey);
        if (taproot.Root is { } root) input.SetOrRemove(PsbtInput.TaprootRootType, root.ToByteArray());
        if (source.FindOriginByXOnly(taproot.InnerKey.Span) is { } inner)
            input.Set(new PsbtKey(PsbtInput.TaprootDerivationType, taproot.InnerKey), (byte[])[0, .. PsbtValues.WriteOrigin(inner)]);
    }
}
