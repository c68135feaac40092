using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Methods that import many things at once, or transactions with the proof of their block (Core: importmulti, importprunedfunds).</summary>
internal static class WalletMultiImportMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("importmulti", "requests:array options?:object(rescan)", "adds addresses, scripts and keys to a wallet that is not of descriptors", ImportAsync),
        new("importprunedfunds", "rawtransaction:hex txoutproof:hex", "adds a transaction by the proof that a block holds it", (c, p, _) => WalletCalls.On(c, (w, chain) => ImportFunds(w, chain, p))),
        new("removeprunedfunds", "txid:hex", "takes a transaction out of a wallet", (c, p, _) => WalletCalls.On(c, (w, _) => RemoveFunds(w, p))),
    ];

    private static async Task<JsonNode?> ImportAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var rescan = !p.Has(1) || p.Members(1)["rescan"] is not { } wish || JsonValues.Flag(wish);
        var (results, from, wasWhole) = await WalletCalls.Get(context, wallet =>
        {
            WalletCalls.RequireLegacy(wallet);
            if (wallet.Scan is not null) throw new RpcException(RpcErrorCode.WalletError, WalletRescan.Busy);
            WalletCalls.RequireUnlocked(wallet);
            var requests = p.List(0).Select(JsonValues.Members).ToList();
            var times = requests.Select(request => WalletImportTimes.TimeOf(request, context.Chain)).ToList();
            var isWhole = wallet.IsWhole;
            var answers = requests.Select((request, i) => Import(wallet, context.Chain.Params, request, times[i])).ToList();
            long? earliest = times.Zip(answers).Where(pair => pair.Second["success"]!.GetValue<bool>()).Select(pair => (long?)pair.First).Min();
            return (new JsonArray([.. answers]), rescan ? WalletImportTimes.FirstHeight(context.Chain, earliest) : null, isWhole);
        }).ConfigureAwait(false);
        if (from is { } height) await WalletRescan.RunAsync(context, height, null, wasWhole, cancellationToken).ConfigureAwait(false);
        return results;
    }

    private static JsonObject Import(NodeWallet wallet, ChainParams p, JsonObject request, long time)
    {
        var warnings = new List<string>();
        JsonObject json;
        try
        {
            WalletMultiImport.Run(wallet, p, request, DateTimeOffset.FromUnixTimeSeconds(time), warnings);
            json = new JsonObject { ["success"] = true };
        }
        catch (RpcException e)
        {
            json = WalletImportTimes.Failure(e);
        }

        if (warnings.Count > 0) json["warnings"] = new JsonArray([.. warnings.Select(warning => JsonValue.Create(warning))]);
        return json;
    }

    private static JsonNode? ImportFunds(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        var transaction = RawTransactionText.TryDecode(p.Text(0), withoutWitness: true, withWitness: true)
            ?? throw new RpcException(RpcErrorCode.Deserialization, "TX decode failed. Make sure the tx has at least one input.");
        var proof = MerkleBlock.TryDecode(JsonValues.Hex(p.Text(1), "proof"));
        if (proof?.FindProven() is not { } proven) throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Something wrong with merkleblock");
        if (chain.Chainstate.Tree.Find(proof.Header.Hash) is not { } node || !chain.Chainstate.Tree.IsActive(node))
            throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Block not found in chain");

        // A node of the tree may be passed off as a transaction of 64 bytes (CVE-2017-12842): what counts stands in the block.
        var position = chain.Chainstate.GetBlock(node).Transactions.Select(t => t.Id).ToList().IndexOf(transaction.Id);
        if (position < 0 || !proven.Contains(transaction.Id)) throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Transaction given doesn't exist in proof");
        if (!wallet.Ledger.Pays(transaction)) throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "No addresses in wallet correspond to included transaction");
        wallet.Ledger.AddConfirmed(transaction, node, position, wallet.Now);
        wallet.Flush();
        return null;
    }

    private static JsonNode? RemoveFunds(NodeWallet wallet, RpcParams p)
    {
        var id = p.TxId(0);
        if (wallet.Ledger.Find(id) is not { } transaction) throw new RpcException(RpcErrorCode.WalletError, $"Transaction {id} does not belong to this wallet");
        wallet.Forget(transaction);
        return null;
    }
}
