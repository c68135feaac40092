using System.Globalization;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Psbt;
using Chain.Core.Scripts;
using Chain.Core.Signing;

namespace Chain.Node.Rpc;

/// <summary>Partially signed transactions as Core's decodepsbt writes them.</summary>
internal static class PsbtJson
{
    /// <summary>All that a PSBT says, and its fee where all outputs that it spends are known.</summary>
    public static JsonObject Describe(PartiallySignedTransaction psbt, ChainParams p)
    {
        var json = new JsonObject
        {
            ["tx"] = WithoutHex(psbt.Transaction, p),
            ["global_xpubs"] = List(psbt.Global.ExtendedKeys.Select(pair => (JsonNode)new JsonObject
            {
                ["xpub"] = Base58Check.Encode(pair.ExtendedKey.Span),
                ["master_fingerprint"] = pair.Origin.FingerprintText,
                ["path"] = pair.Origin.PathText,
            })),
            ["psbt_version"] = 0,
            ["proprietary"] = Proprietary(psbt.Global),
            ["unknown"] = Unknown(psbt.Global),
            ["inputs"] = List(psbt.Inputs.Select(input => (JsonNode)Input(input, p))),
            ["outputs"] = List(psbt.Outputs.Select(output => (JsonNode)Output(output))),
        };
        if (FindFee(psbt) is { } fee) json["fee"] = RpcJson.Money(fee);
        return json;
    }

    /// <summary>The sum of what is spent less the sum of what is paid, in satoshis; null where it is not known or makes no sense.</summary>
    public static long? FindFee(PartiallySignedTransaction psbt)
    {
        long fee = 0;
        for (var i = 0; i < psbt.Inputs.Length; i++)
        {
            if (psbt.Inputs[i].FindSpentOutput(psbt.Transaction.Inputs[i].PreviousOutput) is not { } spent || !Amount.IsInRange(spent.Value)) return null;
            fee += spent.Value;
            if (!Amount.IsInRange(fee)) return null;
        }

        foreach (var output in psbt.Transaction.Outputs)
        {
            if (!Amount.IsInRange(output.Value)) return null;
            fee -= output.Value;
        }

        return fee;
    }

    private static JsonObject Input(PsbtInput input, ChainParams p)
    {
        var json = new JsonObject();
        if (input.WitnessUtxo is { } output)
        {
            json["witness_utxo"] = new JsonObject { ["amount"] = RpcJson.Money(output.Value), ["scriptPubKey"] = ScriptJson.Locking(output.ScriptPubKey, p) };
        }

        if (input.NonWitnessUtxo is { } transaction) json["non_witness_utxo"] = WithoutHex(transaction, p);
        if (input.Has(PsbtInput.PartialSignatureType))
            json["partial_signatures"] = new JsonObject(input.PartialSignatures.Select(signature => KeyValuePair.Create<string, JsonNode?>(Hex(signature.PublicKey), Hex(signature.Signature))));
        if (input.SighashType is { } type) json["sighash"] = NameOf(type);
        if (input.RedeemScript is { } redeem) json["redeem_script"] = ScriptJson.Hidden(redeem);
        if (input.WitnessScript is { } witness) json["witness_script"] = ScriptJson.Hidden(witness);
        AddDerivations(json, input.Derivations);
        if (input.FinalScriptSig is { } scriptSig) json["final_scriptSig"] = ScriptJson.Unlocking(scriptSig);
        if (input.FinalScriptWitness is { } items) json["final_scriptwitness"] = List(items.Select(item => (JsonNode)Hex(item)));
        AddPreimages(json, input);
        AddTaproot(json, input);
        AddOthers(json, input);
        return json;
    }

    private static void AddPreimages(JsonObject json, PsbtInput input)
    {
        foreach (var (type, name) in ((ulong, string)[])[
            (PsbtInput.Ripemd160Type, "ripemd160_preimages"), (PsbtInput.Sha256Type, "sha256_preimages"),
            (PsbtInput.Hash160Type, "hash160_preimages"), (PsbtInput.Hash256Type, "hash256_preimages")])
        {
            if (input.Has(type)) json[name] = new JsonObject(input.All(type).Select(entry => KeyValuePair.Create<string, JsonNode?>(Hex(entry.Data), Hex(entry.Value))));
        }
    }

    private static void AddTaproot(JsonObject json, PsbtInput input)
    {
        if (input.Find(PsbtInput.TaprootKeySignatureType) is { } signature) json["taproot_key_path_sig"] = Hex(signature);
        if (input.Has(PsbtInput.TaprootScriptSignatureType))
        {
            json["taproot_script_path_sigs"] = List(input.All(PsbtInput.TaprootScriptSignatureType).Select(entry => (JsonNode)new JsonObject
            {
                ["pubkey"] = Hex(entry.Data[..Schnorr.PublicKeySize]),
                ["leaf_hash"] = Hex(entry.Data[Schnorr.PublicKeySize..]),
                ["sig"] = Hex(entry.Value),
            }));
        }

        if (input.Has(PsbtInput.TaprootLeafType))
        {
            json["taproot_scripts"] = List(input.All(PsbtInput.TaprootLeafType).GroupBy(entry => Hex(entry.Value)).Select(leaf => (JsonNode)new JsonObject
            {
                ["script"] = leaf.Key[..^2],
                ["leaf_ver"] = leaf.First().Value.Span[^1],
                ["control_blocks"] = List(leaf.Select(entry => (JsonNode)Hex(entry.Data))),
            }));
        }

        AddTaprootDerivations(json, input, PsbtInput.TaprootDerivationType);
        if (input.Find(PsbtInput.TaprootInnerKeyType) is { } key) json["taproot_internal_key"] = Hex(key);
        if (input.Find(PsbtInput.TaprootRootType) is { } root) json["taproot_merkle_root"] = Hex(root);
    }

    private static JsonObject Output(PsbtOutput output)
    {
        var json = new JsonObject();
        if (output.RedeemScript is { } redeem) json["redeem_script"] = ScriptJson.Hidden(redeem);
        if (output.WitnessScript is { } witness) json["witness_script"] = ScriptJson.Hidden(witness);
        AddDerivations(json, output.Derivations);
        if (output.Find(PsbtOutput.TaprootInnerKeyType) is { } key) json["taproot_internal_key"] = Hex(key);
        if (output.Find(PsbtOutput.TaprootTreeType) is { } tree)
        {
            json["taproot_tree"] = List(PsbtValues.ReadTaprootTree(tree).Select(leaf => (JsonNode)new JsonObject
            {
                ["depth"] = leaf.Depth,
                ["leaf_ver"] = leaf.Version,
                ["script"] = Hex(leaf.Script),
            }));
        }

        AddTaprootDerivations(json, output, PsbtOutput.TaprootDerivationType);
        AddOthers(json, output);
        return json;
    }

    private static void AddDerivations(JsonObject json, IEnumerable<(PublicKey Key, KeyOrigin Origin)> derivations)
    {
        var list = List(derivations.Select(pair => (JsonNode)new JsonObject
        {
            ["pubkey"] = pair.Key.ToString(),
            ["master_fingerprint"] = pair.Origin.FingerprintText,
            ["path"] = pair.Origin.PathText,
        }));
        if (list.Count > 0) json["bip32_derivs"] = list;
    }

    private static void AddTaprootDerivations(JsonObject json, PsbtMap map, ulong type)
    {
        if (!map.Has(type)) return;
        json["taproot_bip32_derivs"] = List(map.All(type).Select(entry =>
        {
            var (leaves, origin) = PsbtValues.ReadTaprootDerivation(entry.Value);
            return (JsonNode)new JsonObject
            {
                ["pubkey"] = Hex(entry.Data),
                ["master_fingerprint"] = origin.FingerprintText,
                ["path"] = origin.PathText,
                ["leaf_hashes"] = List(leaves.Select(leaf => (JsonNode)Convert.ToHexStringLower(leaf.ToByteArray()))),
            };
        }));
    }

    private static void AddOthers(JsonObject json, PsbtMap map)
    {
        if (Proprietary(map) is { Count: > 0 } proprietary) json["proprietary"] = proprietary;
        if (Unknown(map) is { Count: > 0 } unknown) json["unknown"] = unknown;
    }

    private static JsonArray Proprietary(PsbtMap map) => List(map.Proprietary.Select(entry => (JsonNode)new JsonObject
    {
        ["identifier"] = Hex(entry.Identifier),
        ["subtype"] = entry.Subtype,
        ["key"] = Hex(entry.Key),
        ["value"] = Hex(entry.Value),
    }));

    private static JsonObject Unknown(PsbtMap map) => new(map.Unknown.Select(entry => KeyValuePair.Create<string, JsonNode?>(Hex(entry.Key), Hex(entry.Value))));

    private static JsonObject WithoutHex(Transaction transaction, ChainParams p)
    {
        var json = RpcJson.Transaction(transaction, p);
        json.Remove("hex");
        return json;
    }

    private static string NameOf(SignatureHashType type) =>
        type == SignatureHashType.None ? "DEFAULT" : ScriptAssembly.NameOf(type) ?? ((uint)type).ToString(CultureInfo.InvariantCulture);

    private static JsonArray List(IEnumerable<JsonNode> nodes) => new([.. nodes]);

    private static string Hex(ReadOnlyMemory<byte> bytes) => ScriptJson.Hex(bytes);
}
