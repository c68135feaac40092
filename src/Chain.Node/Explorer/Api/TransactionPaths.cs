using System.Text.Json.Nodes;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Node.Explorer.Data;
using Chain.Node.Rpc;

namespace Chain.Node.Explorer.Api;

/// <summary>Esplora's paths about transactions: /tx.</summary>
internal sealed class TransactionPaths(ChainReader reader)
{
    private static readonly Answer Missing = Answer.NotFound("Transaction not found");
    private static readonly Answer NotInBlock = Answer.NotFound("Transaction not found or is unconfirmed");

    /// <summary>Answers what stands behind /tx/ID.</summary>
    public async Task<Answer?> TransactionAsync(string text, string[] rest, CancellationToken cancellationToken)
    {
        if (!TxId.TryParse(text, out var id)) return EsploraApi.NoHash;
        if (rest is ["outspend", var output]) return await OutspendAsync(id, output, cancellationToken).ConfigureAwait(false);
        var found = await reader.FindTransactionAsync(id, null, cancellationToken).ConfigureAwait(false);
        if (rest is ["status"]) return Answer.Json(EsploraJson.Status(found is { IsConfirmed: true } ? found.Block!.Node : null));
        if (rest is ["merkle-proof"] or ["merkleblock-proof"]) return found is { IsConfirmed: true } ? await ProveAsync(found, rest[0]).ConfigureAwait(false) : NotInBlock;
        if (found is null) return Missing;
        return rest switch
        {
            [] => Answer.Json(EsploraJson.Transaction(found, reader.Params)),
            ["hex"] => Answer.Text(ScriptJson.Hex(found.Transaction.Raw)),
            ["raw"] => Answer.Bytes(found.Transaction.Raw),
            ["outspends"] => Answer.Json(new JsonArray([.. (await reader.FindSpendersAsync(found.Transaction, 0, int.MaxValue, cancellationToken).ConfigureAwait(false)).Select(EsploraJson.Outspend)])),
            _ => null,
        };
    }

    /// <summary>Hands over a transaction in hexadecimal; its id, or why it is not taken.</summary>
    public async Task<Answer> SendAsync(string hex, CancellationToken cancellationToken)
    {
        try
        {
            return Answer.Text((await reader.CallAsync("sendrawtransaction", [hex.Trim()], cancellationToken).ConfigureAwait(false))!.GetValue<string>());
        }
        catch (RpcException e)
        {
            return Answer.Bad($"sendrawtransaction RPC error: {new JsonObject { ["code"] = (int)e.Code, ["message"] = e.Message }.ToJsonString()}");
        }
    }

    private async Task<Answer> OutspendAsync(TxId id, string text, CancellationToken cancellationToken)
    {
        if (EsploraApi.FindNumber(text) is not { } index) return EsploraApi.NoNumber;
        var found = await reader.FindTransactionAsync(id, null, cancellationToken).ConfigureAwait(false);
        var states = found is null || index >= found.Transaction.Outputs.Length ? [] : await reader.FindSpendersAsync(found.Transaction, index, 1, cancellationToken).ConfigureAwait(false);
        return Answer.Json(EsploraJson.Outspend(states.Count == 0 ? new OutputState(IsUnspent: true, null) : states[0]));
    }

    private async Task<Answer> ProveAsync(FoundTransaction found, string kind)
    {
        if (await reader.FindBlockAsync(found.Block!.Node).ConfigureAwait(false) is not { } stored) return NotInBlock;
        if (kind == "merkleblock-proof") return Answer.Text(Convert.ToHexStringLower(MerkleBlock.Create(stored.Block, new HashSet<TxId> { found.Transaction.Id }).ToByteArray()));
        return Answer.Json(new JsonObject
        {
            ["block_height"] = found.Block.Node.Height,
            ["merkle"] = new JsonArray([.. Branch(stored.Block, found.Position).Select(hash => JsonValue.Create(hash.ToString()))]),
            ["pos"] = found.Position,
        });
    }

    /// <summary>The hashes that lead from a transaction to the root, from the leaves up (Electrum: blockchain.transaction.get_merkle).</summary>
    private static List<Hash256> Branch(Block block, int position)
    {
        var result = new List<Hash256>();
        var level = block.Transactions.Select(transaction => transaction.Id.Hash).ToList();
        for (; level.Count > 1; position /= 2)
        {
            result.Add(level[Math.Min(position ^ 1, level.Count - 1)]);
            level = [.. level.Chunk(2).Select(pair => MerkleTree.ComputeRoot([pair[0], pair[^1]], out _))];
        }

        return result;
    }
}
