using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>Methods about waiting transactions.</summary>
internal static class PoolMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("getrawtransaction", "txid verbose? blockhash?", "a waiting transaction, or one of the block that is named", (c, p, _) => Read(c, chain => GetRawTransaction(chain, p))),
        new("decoderawtransaction", "hexstring", "what a transaction in hexadecimal says", (c, p, _) => Read(c, chain => RpcJson.Transaction(Decode(p), chain.Params))),
        new("testmempoolaccept", "rawtx", "whether a transaction would be taken, without taking it", (c, p, _) => Read(c, chain => Test(chain, p))),
        new("sendrawtransaction", "hexstring", "takes a transaction into the pool and passes it on", (c, p, _) => Read(c, chain => Send(chain, p))),
    ];

    private static async Task<JsonNode?> Read(RpcContext context, Func<LoadedChain, JsonNode?> read) =>
        await context.OnStateAsync(read).ConfigureAwait(false);

    private static JsonNode GetRawTransaction(LoadedChain chain, RpcParams p)
    {
        var id = p.TxId(0);
        var transaction = p.Has(2) ? FindInBlock(chain, p.BlockHash(2), id) : chain.Mempool.FindEntry(id)?.Transaction;
        if (transaction is null)
        {
            throw new RpcException(RpcErrorCode.InvalidAddressOrKey, p.Has(2)
                ? "No such transaction found in the provided block"
                : "No such mempool transaction. Use a block hash to look in a block");
        }

        return p.Flag(1, fallback: false)
            ? RpcJson.Transaction(transaction, chain.Params)
            : JsonValue.Create(Convert.ToHexStringLower(transaction.Raw.Span));
    }

    private static Transaction? FindInBlock(LoadedChain chain, BlockHash hash, TxId id)
    {
        var node = chain.Chainstate.Tree.Find(hash) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Block hash not found");
        if (chain.Chainstate.FindRawBlock(node) is null) throw new RpcException(RpcErrorCode.Misc, "Block not available (it was refused)");
        return chain.Chainstate.GetBlock(node).Transactions.FirstOrDefault(transaction => transaction.Id == id);
    }

    private static Transaction Decode(RpcParams p) =>
        p.Hex(0) is { } bytes && Transaction.TryDecode(bytes) is { } transaction ? transaction : throw new RpcException(RpcErrorCode.Deserialization, "TX decode failed");

    private static JsonObject Test(LoadedChain chain, RpcParams p)
    {
        var transaction = Decode(p);
        var rejection = chain.Mempool.Test(transaction);
        var json = new JsonObject { ["txid"] = transaction.Id.ToString(), ["allowed"] = rejection is null };
        if (rejection is not null) json["reject-reason"] = rejection.IsMissingInputs ? "missing-inputs" : rejection.RejectReason;
        return json;
    }

    private static JsonValue Send(LoadedChain chain, RpcParams p)
    {
        var transaction = Decode(p);
        var rejection = chain.Mempool.Accept(transaction);
        if (rejection is null) chain.Mempool.MarkUnbroadcast(transaction.Id);
        return rejection switch
        {
            null or { Policy: PolicyError.AlreadyInMempool or PolicyError.SameNonWitnessData } => JsonValue.Create(transaction.Id.ToString()),
            { Policy: PolicyError.AlreadyKnown } => throw new RpcException(RpcErrorCode.VerifyAlreadyInChain, "Transaction already in block chain"),
            { IsMissingInputs: true } => throw new RpcException(RpcErrorCode.VerifyError, rejection.RejectReason),
            _ => throw new RpcException(RpcErrorCode.VerifyRejected, rejection.RejectReason),
        };
    }
}
