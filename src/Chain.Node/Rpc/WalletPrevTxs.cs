using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Core.Signing;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Reads outputs that a request describes because the node does not know them, with the scripts that they pay (Core: ParsePrevouts).</summary>
internal static class WalletPrevTxs
{
    /// <summary>The outputs by their place; scripts are added to <paramref name="scripts"/>.</summary>
    internal static Dictionary<OutPoint, TxOut> Read(JsonArray list, LoadedChain chain, NodeWallet wallet, SigningKeys scripts)
    {
        var outputs = new Dictionary<OutPoint, TxOut>();
        foreach (var item in list)
        {
            if (item is not JsonObject json) throw new RpcException(RpcErrorCode.Deserialization, "expected object with {\"txid'\",\"vout\",\"scriptPubKey\"}");
            var outPoint = WalletInputs.ReadOutPoint(json);
            var script = Hex(json, "scriptPubKey") ?? throw new RpcException(RpcErrorCode.TypeError, "Missing scriptPubKey");
            if (WalletSending.FindOutput(wallet, chain, outPoint) is { } known && !known.ScriptPubKey.Span.SequenceEqual(script))
                throw new RpcException(RpcErrorCode.Deserialization, $"Previous output scriptPubKey mismatch:\n{Convert.ToHexStringLower(known.ScriptPubKey.Span)}\nvs:\n{Convert.ToHexStringLower(script)}");
            var amount = json["amount"] is { } given ? RpcParams.AmountOf(given).Satoshis : WalletSending.FindOutput(wallet, chain, outPoint)?.Value ?? TransactionSigner.UnknownAmount;
            outputs[outPoint] = new TxOut(amount, script);
            AddScripts(json, script, scripts);
        }

        return outputs;
    }

    private static void AddScripts(JsonObject json, byte[] script, SigningKeys scripts)
    {
        var (redeem, witness) = (Hex(json, "redeemScript"), Hex(json, "witnessScript"));
        if (redeem is not null) scripts.AddScript(redeem);
        if (witness is not null) scripts.AddScript(witness);

        // In P2SH of P2WSH the script of the first is that of the second's program, which follows from the witness script.
        if (StandardScripts.FindScriptHash(script) is not null && (witness ?? redeem) is { } inner) scripts.AddScript(StandardScripts.PayToWitnessScriptHash(inner));
    }

    private static byte[]? Hex(JsonObject json, string name)
    {
        if (json[name] is not { } value) return null;
        if (value.GetValueKind() != JsonValueKind.String) throw new RpcException(RpcErrorCode.TypeError, $"JSON value of type {value.GetValueKind().ToString().ToLowerInvariant()} for field {name} is not of expected type string");
        try
        {
            return Convert.FromHexString(value.GetValue<string>());
        }
        catch (FormatException)
        {
            throw new RpcException(RpcErrorCode.InvalidParameter, $"{name} must be hexadecimal string (not '{value.GetValue<string>()}')");
        }
    }
}
