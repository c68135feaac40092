using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Core.Psbt;
using Chain.Core.Scripts;
using Chain.Core.Signing;

namespace Chain.Node.Rpc;

/// <summary>Methods about partially signed transactions (BIP174; Core: rpc/rawtransaction.cpp).</summary>
internal static class PsbtMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("createpsbt", "inputs:array outputs locktime?:number replaceable?:bool", "builds a partially signed transaction that nobody has signed", (c, p, _) =>
            Answer(new PartiallySignedTransaction(RawTransactionMethods.Draft(c, p)).ToString()))
        {
            Details = "As createrawtransaction, but the answer is in base64.",
        },
        new("converttopsbt", "hexstring:hex permitsigdata?:bool iswitness?:bool", "makes a partially signed transaction of a transaction", (_, p, _) => Answer(Convert(p)))
        {
            Details = "permitsigdata: whether the transaction may have signatures, which are left out; false without it.",
        },
        new("decodepsbt", "psbt:string", "what a partially signed transaction says", (c, p, _) => Answer(PsbtJson.Describe(Parse(p.Text(0)), c.Chain.Params))),
        new("combinepsbt", "txs:array", "puts together what several signers of one transaction added", (_, p, _) => Answer(Combine(p))),
        new("finalizepsbt", "psbt:string extract?:bool", "puts together what unlocks the inputs, where all signatures are there", (_, p, _) => Answer(Finish(p)))
        {
            Details = "extract: whether a complete transaction is answered in hexadecimal, ready to be sent; true without it.",
        },
        new("joinpsbts", "txs:array", "makes one partially signed transaction of several, with the inputs and outputs of all", (_, p, _) => Answer(Join(p))),
        new("utxoupdatepsbt", "psbt:string descriptors?:array", "adds the outputs that are spent, from the chain and the pool, and what descriptors tell", (c, p, _) => Read(c, chain => Update(chain, p)))
        {
            Details = "descriptors: descriptors, or objects of desc and range, for scripts and keys.",
        },
        new("analyzepsbt", "psbt:string", "tells what a partially signed transaction needs next", (_, p, _) => Answer(PsbtAnalysis.Describe(Parse(p.Text(0))))),
    ];

    /// <summary>Reads a PSBT in base64.</summary>
    public static PartiallySignedTransaction Parse(string text) =>
        PartiallySignedTransaction.TryParse(text, out var psbt, out var error) ? psbt : throw new RpcException(RpcErrorCode.Deserialization, $"TX decode failed {error}");

    private static Task<JsonNode?> Answer(JsonNode? node) => Task.FromResult(node);

    private static async Task<JsonNode?> Read(RpcContext context, Func<LoadedChain, JsonNode?> read) =>
        await context.OnStateAsync(read).ConfigureAwait(false);

    private static JsonValue Convert(RpcParams p)
    {
        var isWitness = p.Has(2) ? p.Flag(2) : (bool?)null;
        var transaction = RawTransactionText.TryDecode(p.Text(0), withoutWitness: isWitness != true, withWitness: isWitness != false)
            ?? throw new RpcException(RpcErrorCode.Deserialization, "TX decode failed");
        if (!p.Flag(1, fallback: false) && transaction.Inputs.Any(input => !input.ScriptSig.IsEmpty || !input.Witness.IsEmpty))
            throw new RpcException(RpcErrorCode.Deserialization, "Inputs must not have scriptSigs and scriptWitnesses");
        return JsonValue.Create(new PartiallySignedTransaction(transaction).ToString());
    }

    private static JsonValue Combine(RpcParams p)
    {
        var all = p.List(0).Select(text => Parse(JsonValues.Text(text))).ToList();
        if (all.Count == 0) throw new RpcException(RpcErrorCode.InvalidParameter, "Parameter 'txs' cannot be empty");
        foreach (var other in all.Skip(1))
        {
            if (!all[0].TryMerge(other)) throw new RpcException(RpcErrorCode.InvalidParameter, "PSBTs not compatible (different transactions)");
        }

        return JsonValue.Create(all[0].ToString());
    }

    private static JsonObject Finish(RpcParams p)
    {
        var psbt = Parse(p.Text(0));
        var isComplete = PsbtSigner.Finish(psbt);
        var json = new JsonObject();
        if (isComplete && p.Flag(1, fallback: true)) json["hex"] = ScriptJson.Hex(psbt.Extract().Raw);
        else json["psbt"] = psbt.ToString();
        json["complete"] = isComplete;
        return json;
    }

    private static JsonValue Join(RpcParams p)
    {
        var all = p.List(0).Select(text => Parse(JsonValues.Text(text))).ToList();
        if (all.Count <= 1) throw new RpcException(RpcErrorCode.InvalidParameter, "At least two PSBTs are required to join PSBTs.");
        var spent = new HashSet<OutPoint>();
        foreach (var input in all.SelectMany(psbt => psbt.Transaction.Inputs))
        {
            if (!spent.Add(input.PreviousOutput))
                throw new RpcException(RpcErrorCode.InvalidParameter, $"Input {input.PreviousOutput.TxId}:{input.PreviousOutput.Index} exists in multiple PSBTs");
        }

        // In any order, so that nobody sees which output belongs to whose inputs.
        var inputs = all.SelectMany(psbt => psbt.Transaction.Inputs.Zip(psbt.Inputs)).ToArray();
        var outputs = all.SelectMany(psbt => psbt.Transaction.Outputs.Zip(psbt.Outputs)).ToArray();
        RandomNumberGenerator.Shuffle<(TxIn, PsbtInput)>(inputs);
        RandomNumberGenerator.Shuffle<(TxOut, PsbtOutput)>(outputs);
        var joined = new PartiallySignedTransaction(new Transaction(all.Max(psbt => psbt.Transaction.Version),
            [.. inputs.Select(pair => pair.First)], [.. outputs.Select(pair => pair.First)], all.Min(psbt => psbt.Transaction.LockTime)));
        for (var i = 0; i < inputs.Length; i++) joined.Inputs[i].Merge(inputs[i].Second);
        for (var i = 0; i < outputs.Length; i++) joined.Outputs[i].Merge(outputs[i].Second);
        foreach (var psbt in all) joined.Global.Merge(psbt.Global);
        return JsonValue.Create(joined.ToString());
    }

    private static JsonValue Update(LoadedChain chain, RpcParams p)
    {
        var psbt = Parse(p.Text(0));
        var keys = new SigningKeys();
        if (p.Has(1)) DescriptorKeys.AddAll(p.List(1), chain.Params, keys);
        var known = new HidingSource(keys, hidesKeys: true, hidesOrigins: false);
        var coins = new CoinSources(chain, [psbt.Transaction]);
        for (var i = 0; i < psbt.Inputs.Length; i++)
        {
            var outPoint = psbt.Transaction.Inputs[i].PreviousOutput;
            if (psbt.Inputs[i].FindSpentOutput(outPoint) is null && coins.Find(outPoint) is { } spent) AddSpent(chain, psbt.Inputs[i], outPoint, spent);
            _ = PsbtSigner.SignInput(psbt, i, known, finish: false);
        }

        for (var i = 0; i < psbt.Outputs.Length; i++) PsbtSigner.UpdateOutput(psbt, i, known);
        return JsonValue.Create(psbt.ToString());
    }

    /// <summary>The output alone suffices for witnesses; for others the whole transaction, where it can be had.</summary>
    private static void AddSpent(LoadedChain chain, PsbtInput input, OutPoint outPoint, TxOut spent)
    {
        if (WitnessProgram.Find(spent.ScriptPubKey) is not null)
        {
            input.WitnessUtxo = spent;
            return;
        }

        input.NonWitnessUtxo = chain.Mempool.FindEntry(outPoint.TxId)?.Transaction
            ?? (RawTransactionMethods.FindBlockByCoins(chain, outPoint.TxId) is { } node ? chain.Chainstate.GetBlock(node).Transactions.First(t => t.Id == outPoint.TxId) : null);
    }
}
