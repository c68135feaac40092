using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Methods about a wallet's money and the coins that it consists of.</summary>
internal static class WalletCoinMethods
{
    private static readonly string[] UnspentOptions = ["minimumAmount", "maximumAmount", "maximumCount", "minimumSumAmount", "include_immature_coinbase"];

    public static IEnumerable<RpcMethod> All =>
    [
        new("getbalance", "dummy?:string minconf?:number include_watchonly?:bool avoid_reuse?:bool", "what the wallet can rely on", (c, p, _) => WalletCalls.On(c, (w, _) => GetBalance(w, p))),
        new("getunconfirmedbalance", "", "what others sent and no block holds yet", (c, _, _) => WalletCalls.On(c, (w, _) => RpcJson.Money(w.Coins.Balance(0, false, OwnKind.Spendable).Pending))),
        new("getbalances", "", "the wallet's money: trusted, pending, immature", (c, _, _) => WalletCalls.On(c, (w, _) => GetBalances(w))),
        new("listunspent", "minconf?:number maxconf?:number addresses?:array include_unsafe?:bool query_options?:object(minimumAmount,maximumAmount,maximumCount,minimumSumAmount,include_immature_coinbase)",
            "the wallet's coins", (c, p, _) => WalletCalls.On(c, (w, chain) => ListUnspent(w, chain, p))),
        new("lockunspent", "unlock:bool transactions?:array persistent?:bool", "keeps coins from being chosen, or lets them go", (c, p, _) => WalletCalls.On(c, (w, _) => Lock(w, p))),
        new("listlockunspent", "", "the coins that are kept from being chosen", (c, _, _) => WalletCalls.On(c, (w, _) => ListLocked(w))),
    ];

    private static JsonNode? GetBalance(NodeWallet wallet, RpcParams p)
    {
        if (p.Has(0) && p.Text(0) != "*") throw new RpcException(RpcErrorCode.MethodDeprecated, "dummy first argument must be excluded or set to \"*\".");
        var minDepth = p.Integer(1, 0);
        var withWatched = WalletCalls.WithWatched(wallet, p, 2);
        var avoidReuse = AvoidReuse(wallet, p, 3);
        var own = wallet.Coins.Balance(minDepth, avoidReuse, OwnKind.Spendable).Trusted;
        return RpcJson.Money(own + (withWatched ? wallet.Coins.Balance(minDepth, avoidReuse, OwnKind.Watched).Trusted : 0));
    }

    /// <summary>Whether coins of addresses that were spent from are left out: only wallets that tell them apart can.</summary>
    internal static bool AvoidReuse(NodeWallet wallet, RpcParams p, int index)
    {
        var avoid = p.Has(index) ? p.Flag(index) : wallet.AvoidsReuse;
        return !avoid || wallet.AvoidsReuse ? avoid : throw new RpcException(RpcErrorCode.WalletError, "wallet does not have the \"avoid reuse\" feature enabled");
    }

    private static JsonObject GetBalances(NodeWallet wallet)
    {
        var balance = wallet.Coins.Balance(0, wallet.AvoidsReuse, OwnKind.Spendable);
        var mine = Describe(balance);
        if (wallet.AvoidsReuse) mine["used"] = RpcJson.Money(balance.Used);
        var json = new JsonObject { ["mine"] = mine };
        if (wallet.Contents.Watched.Count > 0) json["watchonly"] = Describe(wallet.Coins.Balance(0, false, OwnKind.Watched));
        json["lastprocessedblock"] = WalletCalls.LastBlock(wallet);
        return json;
    }

    private static JsonObject Describe(WalletBalance balance) => new()
    {
        ["trusted"] = RpcJson.Money(balance.Trusted),
        ["untrusted_pending"] = RpcJson.Money(balance.Pending),
        ["immature"] = RpcJson.Money(balance.Immature),
    };

    private static JsonArray ListUnspent(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        var scripts = new HashSet<ScriptBytes>();
        foreach (var item in p.Has(2) ? p.List(2) : [])
        {
            var text = item?.GetValueKind() == JsonValueKind.String ? item.GetValue<string>() : throw new RpcException(RpcErrorCode.TypeError, "JSON value is not a string as expected");
            var script = StandardScripts.PayTo(WalletCalls.ParseAddress(text, chain, $"Invalid Bitcoin address: {text}"));
            if (!scripts.Add(new ScriptBytes(script))) throw new RpcException(RpcErrorCode.InvalidParameter, $"Invalid parameter, duplicated address: {text}");
        }

        var options = p.Has(4) ? p.Members(4) : [];
        foreach (var (name, _) in options)
        {
            if (!UnspentOptions.Contains(name)) throw new RpcException(RpcErrorCode.TypeError, $"Unexpected key {name}");
        }

        var least = Amount(options, "minimumAmount", 0);
        var most = Amount(options, "maximumAmount", long.MaxValue);
        var wanted = Amount(options, "minimumSumAmount", long.MaxValue);
        var count = options["maximumCount"] is JsonValue number && number.TryGetValue<long>(out var limit) ? limit : 0;
        var filter = new CoinFilter
        {
            MinDepth = p.Integer(0, 1),
            MaxDepth = p.Integer(1, 9_999_999),
            IncludeUnsafe = p.Flag(3, true),
            IncludeImmature = options["include_immature_coinbase"] is { } immature && immature.GetValueKind() == JsonValueKind.True,
            IncludeWatched = true,
        };
        var result = new JsonArray();
        long sum = 0;
        foreach (var coin in wallet.Coins.Available(filter))
        {
            if (coin.Output.Value < least || coin.Output.Value > most) continue;
            if (scripts.Count == 0 || scripts.Contains(new ScriptBytes(coin.Output.ScriptPubKey))) result.Add((JsonNode)Describe(wallet, chain, coin));
            sum += coin.Output.Value;
            if (sum >= wanted || (count > 0 && result.Count >= count)) break;
        }

        return result;
    }

    private static long Amount(JsonObject options, string name, long fallback) => options[name] is { } value ? RpcParams.AmountOf(value).Satoshis : fallback;

    private static JsonObject Describe(NodeWallet wallet, LoadedChain chain, WalletCoin coin)
    {
        var script = coin.Output.ScriptPubKey;
        var json = new JsonObject { ["txid"] = coin.OutPoint.TxId.ToString(), ["vout"] = coin.OutPoint.Index };
        if (WalletCalls.AddressText(script, chain) is { } address)
        {
            json["address"] = address;
            if (WalletAddressMethods.LabelOf(wallet, script) is { } label) json["label"] = label;
            AddScripts(json, wallet, script);
        }

        json["scriptPubKey"] = Convert.ToHexStringLower(script.Span);
        json["amount"] = RpcJson.Money(coin.Output.Value);
        json["confirmations"] = coin.Depth;
        if (coin.Depth == 0 && chain.Mempool.FindEntry(coin.OutPoint.TxId) is { } entry)
        {
            json["ancestorcount"] = entry.Ancestors.Count;
            json["ancestorsize"] = entry.Ancestors.Size;
            json["ancestorfees"] = entry.Ancestors.Fees;
        }

        json["spendable"] = coin.Own.Kind == OwnKind.Spendable;
        var descriptor = WalletDescriptors.Find(wallet, chain, script);
        json["solvable"] = descriptor is not null;
        if (descriptor is not null) json["desc"] = descriptor;
        json["parent_descs"] = WalletDescriptors.FindParent(wallet, chain.Params, coin.Own) is { } parent ? new JsonArray(parent) : [];
        if (wallet.AvoidsReuse) json["reused"] = wallet.Contents.SpentFrom.Contains(new ScriptBytes(script));
        json["safe"] = coin.IsSafe;
        return json;
    }

    private static void AddScripts(JsonObject json, NodeWallet wallet, ReadOnlyMemory<byte> script)
    {
        var inner = script;
        if (StandardScripts.FindScriptHash(script.Span) is { } hash)
        {
            if (wallet.Book.FindRedeemScript(hash) is not { } redeem) return;
            json["redeemScript"] = Convert.ToHexStringLower(redeem.Span);
            inner = redeem;
        }

        if (WitnessProgram.Find(inner) is { IsScriptHash: true } program && WalletDescriptors.FindWitnessScript(wallet, program.Program) is { } witness)
            json["witnessScript"] = Convert.ToHexStringLower(witness.Span);
    }

    private static JsonValue Lock(NodeWallet wallet, RpcParams p)
    {
        var (unlock, persistent) = (p.Flag(0), p.Flag(2, false));
        if (!p.Has(1))
        {
            if (unlock) Release(wallet, [.. wallet.LockedHere, .. wallet.Contents.LockedCoins]);
            return JsonValue.Create(true);
        }

        var coins = new List<OutPoint>();
        foreach (var item in p.List(1))
        {
            var coin = WalletInputs.ReadOutPoint(item);
            if (wallet.Ledger.Find(coin.TxId) is not { } transaction) throw Invalid("unknown transaction");
            if (coin.Index >= transaction.Transaction.Outputs.Length) throw Invalid("vout index out of bounds");
            if (wallet.Ledger.IsSpent(coin)) throw Invalid("expected unspent output");
            var isLocked = wallet.IsCoinLocked(coin);
            if (unlock && !isLocked) throw Invalid("expected locked output");
            if (!unlock && isLocked && !persistent) throw Invalid("output already locked");
            coins.Add(coin);
        }

        if (unlock) Release(wallet, coins);
        else if (persistent) wallet.UpdateNames(contents => contents.LockedCoins.UnionWith(coins));
        else wallet.LockedHere.UnionWith(coins);
        return JsonValue.Create(true);
    }

    private static void Release(NodeWallet wallet, List<OutPoint> coins)
    {
        wallet.LockedHere.ExceptWith(coins);
        if (wallet.Contents.LockedCoins.Overlaps(coins)) wallet.UpdateNames(contents => contents.LockedCoins.ExceptWith(coins));
    }

    private static RpcException Invalid(string what) => new(RpcErrorCode.InvalidParameter, "Invalid parameter, " + what);

    private static JsonArray ListLocked(NodeWallet wallet) =>
        new([.. wallet.LockedHere.Union(wallet.Contents.LockedCoins).OrderBy(coin => coin.TxId).ThenBy(coin => coin.Index)
            .Select(coin => new JsonObject { ["txid"] = coin.TxId.ToString(), ["vout"] = coin.Index })]);
}
