using System.Text.Json.Nodes;
using Chain.Node.Wallet;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>Methods about a wallet's transactions.</summary>
internal static class WalletHistoryMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("listtransactions", "label|dummy?:string count?:number skip?:number include_watchonly?:bool", "the last transactions, oldest first", (c, p, _) => WalletCalls.On(c, (w, chain) => List(w, chain, p))),
        new("listhistory", "count?:number", "the same as people count it, with what is watched: change that went back to an address that paid is left out",
            (c, p, _) => WalletCalls.On(c, (w, chain) => Newest(w, new WalletHistoryView(w, chain, withWatched: true, label: null) { HidesReturned = true }, Count(p, 0), skip: 0))),
        new("listsinceblock", "blockhash?:string target_confirmations?:number include_watchonly?:bool include_removed?:bool include_change?:bool label?:string",
            "the transactions since a block", (c, p, _) => WalletCalls.On(c, (w, chain) => ListSince(w, chain, p))),
        new("gettransaction", "txid:string include_watchonly?:bool verbose?:bool", "a transaction of the wallet", (c, p, _) => WalletCalls.On(c, (w, chain) => Get(w, chain, p))),
        new("abandontransaction", "txid:string", "gives up a transaction that no pool holds, so that its coins can be spent again", (c, p, _) => WalletCalls.On(c, (w, _) => Abandon(w, p))),
    ];

    private static JsonArray List(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        string? label = null;
        if (p.Has(0) && p.Text(0) != "*")
        {
            label = WalletCalls.Label(p, 0);
            if (label.Length == 0) throw new RpcException(RpcErrorCode.InvalidParameter, "Label argument must be a valid label name or \"*\".");
        }

        var (count, skip) = (Count(p, 1), p.Integer(2, 0));
        if (skip < 0) throw new RpcException(RpcErrorCode.InvalidParameter, "Negative from");
        return Newest(wallet, new WalletHistoryView(wallet, chain, WalletCalls.WithWatched(wallet, p, 3), label), count, skip);
    }

    private static int Count(RpcParams p, int index) => p.Integer(index, 10) is >= 0 and var count ? count : throw new RpcException(RpcErrorCode.InvalidParameter, "Negative count");

    private static JsonArray Newest(NodeWallet wallet, WalletHistoryView view, int count, int skip)
    {
        var newestFirst = new List<JsonObject>();
        foreach (var transaction in wallet.Ledger.NewestFirst)
        {
            newestFirst.AddRange(view.Entries(transaction, minDepth: 0, isLong: true));
            if (newestFirst.Count >= (long)count + skip) break;
        }

        return new JsonArray([.. newestFirst.Skip(skip).Take(count).Reverse()]);
    }

    private static JsonObject ListSince(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        var tree = chain.Chainstate.Tree;
        BlockNode? from = null, fork = null;
        if (p.Has(0) && p.Text(0).Length > 0)
        {
            from = tree.Find(p.BlockHash(0)) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Block not found");
            fork = tree.FindFork(from);
        }

        var confirmations = p.Integer(1, 1);
        if (confirmations < 1) throw new RpcException(RpcErrorCode.InvalidParameter, "Invalid parameter");
        var view = new WalletHistoryView(wallet, chain, WalletCalls.WithWatched(wallet, p, 2), p.Has(5) ? WalletCalls.Label(p, 5) : null) { WithChange = p.Flag(4, false) };
        var tip = chain.Chainstate.Tip;
        var depth = fork is null ? -1 : tip.Height + 1 - fork.Height;
        var transactions = new JsonArray();
        foreach (var transaction in wallet.Ledger.InOrder.Where(t => depth < 0 || Math.Abs(wallet.Coins.DepthOf(t)) < depth))
        {
            foreach (var entry in view.Entries(transaction, minDepth: 0, isLong: true)) transactions.Add((JsonNode)entry);
        }

        var json = new JsonObject { ["transactions"] = transactions };
        if (p.Flag(3, true)) json["removed"] = Removed(wallet, chain, view, from, fork);
        json["lastblock"] = tree.FindActive(Math.Max(0, tip.Height + 1 - confirmations))!.Hash.ToString();
        return json;
    }

    private static JsonArray Removed(NodeWallet wallet, LoadedChain chain, WalletHistoryView view, BlockNode? from, BlockNode? fork)
    {
        var removed = new JsonArray();
        for (var node = from; node is not null && node != fork; node = node.Parent)
        {
            foreach (var transaction in chain.Chainstate.GetBlock(node).Transactions)
            {
                if (wallet.Ledger.Find(transaction.Id) is not { } known) continue;
                foreach (var entry in view.Entries(known, minDepth: int.MinValue, isLong: true)) removed.Add((JsonNode)entry);
            }
        }

        return removed;
    }

    private static JsonObject Get(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        var transaction = Find(wallet, p);
        var withWatched = WalletCalls.WithWatched(wallet, p, 1);
        var debit = wallet.Coins.Debit(transaction.Transaction, withWatched);
        var fee = debit > 0 ? transaction.Transaction.Outputs.Sum(output => output.Value) - debit : 0;
        var json = new JsonObject { ["amount"] = RpcJson.Money(wallet.Coins.Credit(transaction, withWatched) - debit - fee) };
        if (debit > 0) json["fee"] = RpcJson.Money(fee);
        var view = new WalletHistoryView(wallet, chain, withWatched, label: null);
        view.Describe(transaction, json);
        json["details"] = new JsonArray([.. view.Entries(transaction, minDepth: 0, isLong: false)]);
        json["hex"] = Convert.ToHexStringLower(transaction.Transaction.Raw.Span);
        if (p.Flag(2, false))
        {
            var decoded = RpcJson.Transaction(transaction.Transaction, chain.Params);
            decoded.Remove("hex");
            json["decoded"] = decoded;
        }

        json["lastprocessedblock"] = WalletCalls.LastBlock(wallet);
        return json;
    }

    private static JsonNode? Abandon(NodeWallet wallet, RpcParams p)
    {
        var transaction = Find(wallet, p);
        if (transaction.State != WalletTransactionState.Unconfirmed || wallet.Coins.IsInPool(transaction))
            throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Transaction not eligible for abandonment");
        wallet.Ledger.Abandon(transaction);
        wallet.Flush();
        return null;
    }

    internal static WalletTransaction Find(NodeWallet wallet, RpcParams p) =>
        wallet.Ledger.Find(p.TxId(0)) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Invalid or non-wallet transaction id");
}
