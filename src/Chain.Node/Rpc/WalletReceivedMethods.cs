using System.Text.Json.Nodes;
using Chain.Core.Scripts;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Methods about what addresses and names were paid, spent or not.</summary>
internal static class WalletReceivedMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("getreceivedbyaddress", "address:string minconf?:number include_immature_coinbase?:bool", "what an address was paid in all", (c, p, _) => WalletCalls.On(c, (w, chain) => GetByAddress(w, chain, p))),
        new("getreceivedbylabel", "label:string minconf?:number include_immature_coinbase?:bool", "what the addresses of a name were paid in all", (c, p, _) => WalletCalls.On(c, (w, _) => GetByLabel(w, p))),
        new("listreceivedbyaddress", "minconf?:number include_empty?:bool include_watchonly?:bool address_filter?:string include_immature_coinbase?:bool", "what each address was paid",
            (c, p, _) => WalletCalls.On(c, (w, chain) => ListByAddress(w, chain, p))),
        new("listreceivedbylabel", "minconf?:number include_empty?:bool include_watchonly?:bool include_immature_coinbase?:bool", "what the addresses of each name were paid",
            (c, p, _) => WalletCalls.On(c, (w, _) => ListByLabel(w, p))),
    ];

    private static JsonNode? GetByAddress(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        var script = new ScriptBytes(StandardScripts.PayTo(WalletCalls.ParseAddress(p.Text(0), chain, "Invalid Bitcoin address")));
        if (wallet.Book.Find(script.Bytes) is null) throw new RpcException(RpcErrorCode.WalletError, "Address not found in wallet");
        return RpcJson.Money(Sum(wallet, [script], p));
    }

    private static JsonNode? GetByLabel(NodeWallet wallet, RpcParams p)
    {
        var label = WalletCalls.Label(p, 0);
        var scripts = wallet.Contents.Book.Where(pair => pair.Value.Label == label).Select(pair => pair.Key).ToList();
        if (scripts.Count == 0) throw new RpcException(RpcErrorCode.WalletError, "Label not found in wallet");
        return RpcJson.Money(Sum(wallet, [.. scripts.Where(script => wallet.Book.Find(script.Bytes) is not null)], p));
    }

    private static long Sum(NodeWallet wallet, HashSet<ScriptBytes> scripts, RpcParams p) =>
        Tally(wallet, p.Integer(1, 1), p.Flag(2, false), withWatched: true).Where(pair => scripts.Contains(pair.Key)).Sum(pair => pair.Value.Amount);

    private static JsonArray ListByAddress(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        ScriptBytes? filter = null;
        if (p.Has(3) && p.Text(3).Length > 0)
        {
            filter = new ScriptBytes(StandardScripts.PayTo(
                Core.Primitives.Address.TryParse(p.Text(3), chain.Params.AddressFormat, out var address) == Core.Primitives.AddressError.None
                    ? address
                    : throw new RpcException(RpcErrorCode.WalletError, "address_filter parameter was invalid")));
        }

        var tally = Tally(wallet, p.Integer(0, 1), p.Flag(4, false), WalletCalls.WithWatched(wallet, p, 2));
        var withEmpty = p.Flag(1, false);
        var result = new JsonArray();
        foreach (var (script, entry) in wallet.Contents.Book)
        {
            if (filter is { } wanted && !wanted.Equals(script)) continue;
            var received = tally.GetValueOrDefault(script);
            if ((received is null && !withEmpty) || WalletCalls.AddressText(script.Bytes, chain) is not { } text) continue;
            var json = new JsonObject();
            if (received is { IsWatched: true }) json["involvesWatchonly"] = true;
            json["address"] = text;
            json["amount"] = RpcJson.Money(received?.Amount ?? 0);
            json["confirmations"] = received?.Depth ?? 0;
            json["label"] = entry.Label;
            json["txids"] = new JsonArray([.. (received?.Ids ?? []).Select(id => JsonValue.Create(id))]);
            result.Add((JsonNode)json);
        }

        return result;
    }

    private static JsonArray ListByLabel(NodeWallet wallet, RpcParams p)
    {
        var tally = Tally(wallet, p.Integer(0, 1), p.Flag(3, false), WalletCalls.WithWatched(wallet, p, 2));
        var withEmpty = p.Flag(1, false);
        var result = new JsonArray();
        var byLabel = wallet.Contents.Book.Select(pair => (pair.Value.Label, Received: tally.GetValueOrDefault(pair.Key))).Where(pair => withEmpty || pair.Received is not null)
            .GroupBy(pair => pair.Label).OrderBy(group => group.Key, StringComparer.Ordinal);
        foreach (var group in byLabel)
        {
            var received = group.Select(pair => pair.Received).OfType<Received>().ToList();
            var json = new JsonObject();
            if (received.Exists(one => one.IsWatched)) json["involvesWatchonly"] = true;
            json["amount"] = RpcJson.Money(received.Sum(one => one.Amount));
            json["confirmations"] = received.Count == 0 ? 0 : received.Min(one => one.Depth);
            json["label"] = group.Key;
            result.Add((JsonNode)json);
        }

        return result;
    }

    /// <summary>What the wallet's scripts were paid, as deep as asked for.</summary>
    private static Dictionary<ScriptBytes, Received> Tally(NodeWallet wallet, int minDepth, bool withImmature, bool withWatched)
    {
        var tally = new Dictionary<ScriptBytes, Received>();
        foreach (var transaction in wallet.Ledger.InOrder)
        {
            var depth = wallet.Coins.DepthOf(transaction);
            if (depth < minDepth || (transaction.Transaction.IsCoinbase && depth < 1) || (wallet.Coins.IsImmature(transaction) && !withImmature)) continue;
            foreach (var output in transaction.Transaction.Outputs)
            {
                if (wallet.Book.Find(output.ScriptPubKey) is not { } own || (own.Kind == OwnKind.Watched && !withWatched)) continue;
                var script = new ScriptBytes(own.Owner is { } key && StandardScripts.FindPublicKey(output.ScriptPubKey) is not null
                    ? AddressType.Legacy.ScriptFor(key.Key)
                    : output.ScriptPubKey);
                if (!tally.TryGetValue(script, out var received)) tally.Add(script, received = new Received());
                received.Amount += output.Value;
                received.Depth = Math.Min(received.Depth, depth);
                received.IsWatched |= own.Kind == OwnKind.Watched;
                received.Ids.Add(transaction.Id.ToString());
            }
        }

        return tally;
    }

    private sealed class Received
    {
        internal long Amount { get; set; }

        internal int Depth { get; set; } = int.MaxValue;

        internal bool IsWatched { get; set; }

        internal List<string> Ids { get; } = [];
    }
}
