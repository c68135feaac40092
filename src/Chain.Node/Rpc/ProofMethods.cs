using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>Methods that prove that a block holds transactions (Core: rpc/txoutproof.cpp).</summary>
internal static class ProofMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("gettxoutproof", "txids:array blockhash?:hex", "proves that a block holds transactions", (c, p, _) => Read(c, chain => Prove(chain, p, IndexKeeper.MostBlocks(c))))
        {
            Details = "blockhash: the block that holds them; without it, it is found by the index of transactions, or by outputs of theirs that are not spent.",
        },
        new("verifytxoutproof", "proof:hex", "lists the transactions that a proof shows to be in a block of the chain", (c, p, _) => Read(c, chain => Verify(chain, p))),
    ];

    private static async Task<JsonNode?> Read(RpcContext context, Func<LoadedChain, JsonNode?> read) =>
        await context.OnStateAsync(read).ConfigureAwait(false);

    private static JsonValue Prove(LoadedChain chain, RpcParams p, int mostToIndex)
    {
        var ids = new HashSet<TxId>();
        foreach (var item in p.List(0))
        {
            var id = JsonValues.Id(item, "txid");
            if (!ids.Add(id)) throw new RpcException(RpcErrorCode.InvalidParameter, $"Invalid parameter, duplicated txid: {id}");
        }

        if (ids.Count == 0) throw new RpcException(RpcErrorCode.InvalidParameter, "Parameter 'txids' cannot be empty");
        var node = FindBlock(chain, ids, p, mostToIndex);
        if (chain.Chainstate.FindRawBlock(node) is null) throw new RpcException(RpcErrorCode.Misc, "Block not available");
        var block = chain.Chainstate.GetBlock(node);
        if (block.Transactions.Count(transaction => ids.Contains(transaction.Id)) != ids.Count)
            throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Not all transactions found in specified or retrieved block");
        return JsonValue.Create(Convert.ToHexStringLower(MerkleBlock.Create(block, ids).ToByteArray()));
    }

    private static BlockNode FindBlock(LoadedChain chain, HashSet<TxId> ids, RpcParams p, int mostToIndex)
    {
        if (p.Has(1)) return chain.Chainstate.Tree.Find(p.BlockHash(1)) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Block not found");
        return ids.Select(id => RawTransactionMethods.FindBlock(chain, id, mostToIndex)).FirstOrDefault(node => node is not null)
            ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Transaction not yet in block");
    }

    private static JsonArray Verify(LoadedChain chain, RpcParams p)
    {
        var proof = MerkleBlock.TryDecode(JsonValues.Hex(p.Text(0), "proof")) ?? throw new RpcException(RpcErrorCode.Misc, "DataStream::read(): end of data");
        if (proof.FindProven() is not { } proven) return [];
        if (chain.Chainstate.Tree.Find(proof.Header.Hash) is not { } node || !chain.Chainstate.Tree.IsActive(node))
            throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Block not found in chain");

        // A node of the tree passed off as a transaction makes the block look smaller than it is (CVE-2017-12842).
        return chain.Chainstate.GetBlock(node).Transactions.Length == proof.Tree.Count ? [.. proven.Select(id => (JsonNode)id.ToString())] : [];
    }
}
