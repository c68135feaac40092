using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Methods that say what transactions would mean for a wallet, and which of its addresses belong together.</summary>
internal static class WalletSimulationMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("simulaterawtransaction", "rawtxs?:array options?:object(include_watchonly)", "what transactions would change in the balance", (c, p, _) => WalletCalls.On(c, (w, chain) => Simulate(w, chain, p))),
        new("listaddressgroupings", "", "the addresses that were spent from together, so that anyone sees whose they are", (c, _, _) => WalletCalls.On(c, ListGroups)),
    ];

    private static JsonObject Simulate(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        var options = p.Has(1) ? p.Members(1) : [];
        if (options.FirstOrDefault(pair => pair.Key != "include_watchonly").Key is { } unknown) throw new RpcException(RpcErrorCode.TypeError, $"Unexpected key {unknown}");
        var withWatched = options["include_watchonly"] is { } wish ? JsonValues.Flag(wish) : !wallet.HasPrivateKeys;
        var made = new Dictionary<OutPoint, long>();
        var spent = new HashSet<OutPoint>();
        long change = 0;
        foreach (var item in p.Has(0) ? p.List(0) : [])
        {
            var transaction = RawTransactionText.TryDecode(JsonValues.Text(item), withoutWitness: true, withWitness: true)
                ?? throw new RpcException(RpcErrorCode.Deserialization, "Transaction hex string decoding failure.");
            foreach (var input in transaction.Inputs)
            {
                if (spent.Contains(input.PreviousOutput)) throw Invalid("Transaction(s) are spending the same output more than once");
                change -= made.TryGetValue(input.PreviousOutput, out var value) ? value : WorthOfCoin(wallet, chain, input.PreviousOutput, withWatched);
                spent.Add(input.PreviousOutput);
            }

            for (var i = 0; i < transaction.Outputs.Length; i++)
            {
                var worth = Worth(wallet, transaction.Outputs[i], withWatched);
                made[new OutPoint(transaction.Id, (uint)i)] = worth;
                change += worth;
            }
        }

        return new JsonObject { ["balance_change"] = RpcJson.Money(change) };
    }

    private static long WorthOfCoin(NodeWallet wallet, LoadedChain chain, OutPoint coin, bool withWatched)
    {
        var isThere = chain.Mempool.FindSpender(coin) is null && (chain.Chainstate.Coins.Find(coin) is not null || chain.Mempool.FindEntry(coin.TxId) is not null);
        return isThere && WalletSending.FindOutput(wallet, chain, coin) is { } output
            ? Worth(wallet, output, withWatched)
            : throw Invalid("One or more transaction inputs are missing or have been spent already");
    }

    private static long Worth(NodeWallet wallet, TxOut output, bool withWatched) =>
        wallet.Book.Find(output.ScriptPubKey) is { } own && (withWatched || own.Kind == OwnKind.Spendable) ? output.Value : 0;

    private static JsonArray ListGroups(NodeWallet wallet, LoadedChain chain)
    {
        var groups = new Dictionary<ScriptBytes, HashSet<ScriptBytes>>();
        foreach (var transaction in wallet.Ledger.InOrder)
        {
            var own = transaction.Transaction.Inputs.Select(input => wallet.Ledger.FindOutput(input.PreviousOutput)).OfType<TxOut>()
                .Where(output => wallet.Book.Find(output.ScriptPubKey) is not null).Select(output => new ScriptBytes(output.ScriptPubKey)).ToList();
            if (own.Count > 0) Join(groups, own.Concat(transaction.Transaction.Outputs.Where(output => wallet.IsChange(output.ScriptPubKey)).Select(output => new ScriptBytes(output.ScriptPubKey))));
            foreach (var output in transaction.Transaction.Outputs.Where(output => wallet.Book.Find(output.ScriptPubKey) is not null)) Join(groups, [new ScriptBytes(output.ScriptPubKey)]);
        }

        var balances = Balances(wallet);
        return new JsonArray([.. groups.Values.Distinct().Select(group => new JsonArray([.. group.Select(script => Describe(wallet, chain, script, balances)).OfType<JsonArray>()]))
            .Where(group => group.Count > 0)]);
    }

    private static void Join(Dictionary<ScriptBytes, HashSet<ScriptBytes>> groups, IEnumerable<ScriptBytes> scripts)
    {
        var joined = new HashSet<ScriptBytes>();
        foreach (var script in scripts.ToList())
        {
            joined.Add(script);
            if (groups.TryGetValue(script, out var known)) joined.UnionWith(known);
        }

        foreach (var script in joined) groups[script] = joined;
    }

    private static Dictionary<ScriptBytes, long> Balances(NodeWallet wallet)
    {
        var balances = new Dictionary<ScriptBytes, long>();
        foreach (var coin in wallet.Coins.Available(new CoinFilter { IncludeLocked = true, IncludeWatched = true }))
        {
            var script = new ScriptBytes(coin.Output.ScriptPubKey);
            balances[script] = balances.GetValueOrDefault(script) + coin.Output.Value;
        }

        return balances;
    }

    private static JsonArray? Describe(NodeWallet wallet, LoadedChain chain, ScriptBytes script, Dictionary<ScriptBytes, long> balances)
    {
        if (WalletCalls.AddressText(script.Bytes, chain) is not { } address) return null;
        var json = new JsonArray(address, RpcJson.Money(balances.GetValueOrDefault(script)));
        if (WalletAddressMethods.LabelOf(wallet, script.Bytes) is { } label) json.Add((JsonNode?)JsonValue.Create(label));
        return json;
    }

    private static RpcException Invalid(string message) => new(RpcErrorCode.InvalidParameter, message);
}
