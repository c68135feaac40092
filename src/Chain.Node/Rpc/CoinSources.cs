using System.Text.Json.Nodes;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Core.Signing;

namespace Chain.Node.Rpc;

/// <summary>The outputs that a transaction to be signed spends: those of the chain and the pool, and those that the caller describes.</summary>
public sealed class CoinSources
{
    private readonly Dictionary<OutPoint, TxOut> _outputs = [];

    /// <summary>Looks up what the inputs of transactions spend, on the coins of the chain with the pool on top.</summary>
    public CoinSources(LoadedChain chain, IEnumerable<Transaction> transactions)
    {
        foreach (var input in transactions.SelectMany(transaction => transaction.Inputs))
        {
            if (chain.Mempool.FindWhereverSpent(input.PreviousOutput) is { } coin) _outputs[input.PreviousOutput] = coin.Output;
        }
    }

    /// <summary>An output; null where nobody knows it.</summary>
    public TxOut? Find(OutPoint outPoint) => _outputs.TryGetValue(outPoint, out var output) ? output : null;

    /// <summary>Adds the outputs that the caller describes, and their scripts (Core: ParsePrevouts). Errors are Core's.</summary>
    public void AddDescribed(JsonArray? described, SigningKeys keys)
    {
        foreach (var item in described ?? [])
        {
            if (item is not JsonObject output) throw new RpcException(RpcErrorCode.Deserialization, "expected object with {\"txid'\",\"vout\",\"scriptPubKey\"}");
            JsonValues.Require(output, ("txid", "string"), ("vout", "number"), ("scriptPubKey", "string"));
            var id = JsonValues.Id(output["txid"], "txid");
            var index = JsonValues.Integer(output["vout"]);
            if (index < 0) throw new RpcException(RpcErrorCode.Deserialization, "vout cannot be negative");
            var outPoint = new OutPoint(id, (uint)index);
            var script = JsonValues.Hex(output["scriptPubKey"], "scriptPubKey");
            if (Find(outPoint) is { } known && !known.ScriptPubKey.Span.SequenceEqual(script))
            {
                throw new RpcException(RpcErrorCode.Deserialization,
                    $"Previous output scriptPubKey mismatch:\n{ScriptAssembly.ToText(known.ScriptPubKey)}\nvs:\n{ScriptAssembly.ToText(script)}");
            }

            var amount = output.ContainsKey("amount") ? RpcParams.AmountOf(output["amount"]).Satoshis : TransactionSigner.UnknownAmount;
            _outputs[outPoint] = new TxOut(amount, script);
            AddScripts(output, script, keys);
        }
    }

    private static void AddScripts(JsonObject output, byte[] scriptPubKey, SigningKeys keys)
    {
        var isP2sh = StandardScripts.FindScriptHash(scriptPubKey) is not null;
        var isP2wsh = WitnessProgram.Find(scriptPubKey) is { IsScriptHash: true };
        if (!isP2sh && !isP2wsh) return;
        var redeem = output["redeemScript"] is null ? null : JsonValues.Hex(output["redeemScript"], "redeemScript");
        var witness = output["witnessScript"] is null ? null : JsonValues.Hex(output["witnessScript"], "witnessScript");
        if ((witness ?? redeem) is not { } script) throw Invalid("Missing redeemScript/witnessScript");
        var wrapped = StandardScripts.PayToWitnessScriptHash(script);
        keys.AddScript(script);

        // Callers may name the script of P2SH-P2WSH by either of the two names.
        keys.AddScript(wrapped);
        if (witness is not null && redeem is not null && !witness.AsSpan().SequenceEqual(redeem) && !redeem.AsSpan().SequenceEqual(wrapped))
            throw Invalid("redeemScript does not correspond to witnessScript");
        var fits = isP2sh
            ? Pays(scriptPubKey, script) || Pays(scriptPubKey, wrapped)
            : wrapped.AsSpan().SequenceEqual(scriptPubKey);
        if (!fits) throw Invalid("redeemScript/witnessScript does not match scriptPubKey");
    }

    private static bool Pays(byte[] scriptPubKey, byte[] script) => StandardScripts.FindScriptHash(scriptPubKey) == Hash160.Of(script);

    private static RpcException Invalid(string message) => new(RpcErrorCode.InvalidParameter, message);
}
