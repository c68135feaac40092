using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Node.Rpc;

/// <summary>Methods that answer from the address index. Core has none; the names are those of its address-index forks.</summary>
internal static class AddressMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("getaddressbalance", "address", "what an address has: confirmed, and what waiting transactions take and bring", (c, p, _) => Read(c, chain => GetBalance(chain, p))),
        new("getaddressutxos", "address", "the outputs that an address can spend next, waiting ones included", (c, p, _) => Read(c, chain => GetUtxos(chain, p))),
    ];

    private static async Task<JsonNode?> Read(RpcContext context, Func<LoadedChain, JsonNode?> read) =>
        await context.OnStateAsync(read).ConfigureAwait(false);

    private static JsonObject GetBalance(LoadedChain chain, RpcParams p)
    {
        var script = Script(chain, p);
        long confirmed = 0, immature = 0, leaving = 0, coming = 0;
        foreach (var (outPoint, coin) in chain.Chainstate.FindCoins(script))
        {
            confirmed += coin.Output.Value;
            if (!IsMature(chain, coin.IsCoinbase, coin.Height)) immature += coin.Output.Value;
            if (chain.Mempool.FindSpender(outPoint) is not null) leaving += coin.Output.Value;
        }

        foreach (var (outPoint, output, _) in Waiting(chain, script))
        {
            if (chain.Mempool.FindSpender(outPoint) is null) coming += output.Value;
        }

        return new JsonObject
        {
            ["balance"] = RpcJson.Money(confirmed),
            ["immature"] = RpcJson.Money(immature),
            ["leaving"] = RpcJson.Money(leaving),
            ["coming"] = RpcJson.Money(coming),
            ["height"] = chain.Chainstate.Tip.Height,
        };
    }

    private static JsonArray GetUtxos(LoadedChain chain, RpcParams p)
    {
        var script = Script(chain, p);
        var tip = chain.Chainstate.Tip.Height;
        var result = new JsonArray();
        foreach (var (outPoint, coin) in chain.Chainstate.FindCoins(script).OrderBy(pair => pair.Coin.Height).ThenBy(pair => pair.OutPoint.TxId).ThenBy(pair => pair.OutPoint.Index))
        {
            if (chain.Mempool.FindSpender(outPoint) is not null) continue;
            result.Add((JsonNode)Utxo(outPoint, coin.Output, tip - coin.Height + 1, IsMature(chain, coin.IsCoinbase, coin.Height), isChange: false));
        }

        foreach (var (outPoint, output, isChange) in Waiting(chain, script))
        {
            if (chain.Mempool.FindSpender(outPoint) is null) result.Add((JsonNode)Utxo(outPoint, output, 0, isMature: true, isChange));
        }

        return result;
    }

    private static byte[] Script(LoadedChain chain, RpcParams p) => StandardScripts.PayTo(p.Address(0, chain.Params.AddressFormat));

    private static bool IsMature(LoadedChain chain, bool isCoinbase, int height) =>
        !isCoinbase || chain.Chainstate.Tip.Height + 1 - height >= chain.Params.CoinbaseMaturity;

    /// <summary>What waiting transactions pay to a script, each with whether it spends from that script too: then it is change.</summary>
    private static IEnumerable<(OutPoint OutPoint, TxOut Output, bool IsChange)> Waiting(LoadedChain chain, ReadOnlyMemory<byte> script)
    {
        foreach (var entry in chain.Mempool.InOrder())
        {
            for (var i = 0; i < entry.Transaction.Outputs.Length; i++)
            {
                var output = entry.Transaction.Outputs[i];
                if (output.ScriptPubKey.Span.SequenceEqual(script.Span))
                    yield return (new OutPoint(entry.Transaction.Id, (uint)i), output, SpendsFrom(chain, entry.Transaction, script));
            }
        }
    }

    private static bool SpendsFrom(LoadedChain chain, Transaction transaction, ReadOnlyMemory<byte> script) =>
        transaction.Inputs.Any(input => FindSpent(chain, input.PreviousOutput) is { } spent && spent.ScriptPubKey.Span.SequenceEqual(script.Span));

    private static TxOut? FindSpent(LoadedChain chain, OutPoint outPoint) =>
        chain.Mempool.FindEntry(outPoint.TxId) is { } parent
            ? parent.Transaction.Outputs[(int)outPoint.Index]
            : chain.Chainstate.Coins.Find(outPoint)?.Output;

    private static JsonObject Utxo(OutPoint outPoint, TxOut output, int confirmations, bool isMature, bool isChange) => new()
    {
        ["txid"] = outPoint.TxId.ToString(),
        ["vout"] = outPoint.Index,
        ["amount"] = RpcJson.Money(output.Amount),
        ["satoshis"] = output.Value,
        ["scriptPubKey"] = Convert.ToHexStringLower(output.ScriptPubKey.Span),
        ["confirmations"] = confirmations,
        ["mature"] = isMature,
        ["change"] = isChange,
    };
}
