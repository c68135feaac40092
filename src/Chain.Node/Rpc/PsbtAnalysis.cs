using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Core.Psbt;
using Chain.Core.Scripts;
using Chain.Core.Signing;

namespace Chain.Node.Rpc;

/// <summary>What a partially signed transaction needs next (Core: AnalyzePSBT).</summary>
internal static class PsbtAnalysis
{
    private static readonly string[] Roles = ["updater", "signer", "finalizer", "extractor"];
    private static readonly SigningKeys Nothing = new();

    /// <summary>For each input what is there and what is missing, the next role of BIP174, and size and fee where they can be reckoned.</summary>
    public static JsonObject Describe(PartiallySignedTransaction psbt)
    {
        var json = new JsonObject();
        var inputs = new JsonArray();
        var next = Roles.Length - 1;
        for (var i = 0; i < psbt.Inputs.Length; i++)
        {
            if (FindError(psbt, i) is { } error) return new JsonObject { ["inputs"] = new JsonArray(), ["next"] = "creator", ["error"] = error };
            var (input, role) = DescribeInput(psbt, i);
            inputs.Add((JsonNode)input);
            next = Math.Min(next, role);
        }

        json["inputs"] = inputs;
        if (PsbtJson.FindFee(psbt) is { } fee)
        {
            if (fee < 0) return new JsonObject { ["inputs"] = new JsonArray(), ["next"] = "creator", ["error"] = "PSBT is not valid. Output amount invalid" };
            if (EstimateSize(psbt) is { } size)
            {
                json["estimated_vsize"] = size;
                json["estimated_feerate"] = RpcJson.Money(fee * 1000 / size);
            }

            json["fee"] = RpcJson.Money(fee);
        }

        json["next"] = Roles[next];
        return json;
    }

    private static string? FindError(PartiallySignedTransaction psbt, int index)
    {
        if (psbt.Inputs[index].FindSpentOutput(psbt.Transaction.Inputs[index].PreviousOutput) is not { } spent) return null;
        if (!Amount.IsInRange(spent.Value)) return $"PSBT is not valid. Input {index} has invalid value";
        return StandardScripts.IsUnspendable(spent.ScriptPubKey.Span) ? $"PSBT is not valid. Input {index} spends unspendable output" : null;
    }

    private static (JsonObject Json, int Role) DescribeInput(PartiallySignedTransaction psbt, int index)
    {
        var input = psbt.Inputs[index];
        var hasUtxo = input.FindSpentOutput(psbt.Transaction.Inputs[index].PreviousOutput) is not null;
        var json = new JsonObject { ["has_utxo"] = hasUtxo, ["is_final"] = input.IsFinal };
        if (!hasUtxo || input.IsFinal)
        {
            json["next"] = input.IsFinal ? "extractor" : "updater";
            return (json, input.IsFinal ? 3 : 0);
        }

        var copy = Copy(psbt);
        var isComplete = PsbtSigner.SignInput(copy, index, Nothing, SignatureHashType.All, finish: false, out var found);
        var missing = new JsonObject();
        if (found.MissingPublicKeys.Count > 0) missing["pubkeys"] = new JsonArray([.. found.MissingPublicKeys.Select(key => JsonValue.Create(key.ToString()))]);
        if (found.MissingRedeemScript is { } redeem) missing["redeemscript"] = redeem.ToString();
        if (found.MissingWitnessScript is { } witness) missing["witnessscript"] = Convert.ToHexStringLower(witness.ToByteArray());
        var onlySignatures = missing.Count == 0 && found.MissingSignatures.Count > 0;
        if (found.MissingSignatures.Count > 0 && !isComplete) missing["signatures"] = new JsonArray([.. found.MissingSignatures.Select(key => JsonValue.Create(key.ToString()))]);
        var role = isComplete ? 2 : onlySignatures ? 1 : 0;
        if (missing.Count > 0 && !isComplete) json["missing"] = missing;
        json["next"] = Roles[role];
        return (json, role);
    }

    /// <summary>The size in vbytes once all signatures are there; null where keys or scripts are missing.</summary>
    private static int? EstimateSize(PartiallySignedTransaction psbt)
    {
        var copy = Copy(psbt);
        if (PsbtSigner.Precompute(copy) is not { } data) return null;
        for (var i = 0; i < copy.Inputs.Length; i++)
        {
            if (!PsbtSigner.FinishWithPlaceholders(copy, i, data)) return null;
        }

        return copy.Extract().VirtualSize;
    }

    private static PartiallySignedTransaction Copy(PartiallySignedTransaction psbt) =>
        PartiallySignedTransaction.TryDecode(psbt.ToByteArray(), out var copy, out var error) ? copy : throw new InvalidOperationException(error);
}
