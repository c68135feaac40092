using System.Globalization;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Node.Explorer.Data;
using Chain.State;

namespace Chain.Node.Explorer.Api;

/// <summary>Esplora's paths about blocks: /blocks, /block and /block-height.</summary>
internal sealed class BlockPaths(ChainReader reader)
{
    private const int BlocksAtOnce = 10, TransactionsAtOnce = 25;

    private static readonly Answer Missing = Answer.NotFound("Block not found");

    /// <summary>Answers what stands behind /blocks.</summary>
    public async Task<Answer?> BlocksAsync(string[] rest) => rest switch
    {
        ["tip", "height"] => Answer.Text(Number(await reader.OnStateAsync(chain => chain.Chainstate.Tip.Height).ConfigureAwait(false))),
        ["tip", "hash"] => Answer.Text(await reader.OnStateAsync(chain => chain.Chainstate.Tip.Hash.ToString()).ConfigureAwait(false)),
        [] => await ListAsync(null).ConfigureAwait(false),
        [var start] => await ListAsync(EsploraApi.FindNumber(start)).ConfigureAwait(false),
        _ => null,
    };

    /// <summary>The hash of the block of the chain at a height.</summary>
    public async Task<Answer> AtHeightAsync(string text)
    {
        if (EsploraApi.FindNumber(text) is not { } height) return EsploraApi.NoNumber;
        return await reader.FindPlaceAsync(height).ConfigureAwait(false) is { } place ? Answer.Text(place.Node.Hash.ToString()) : Missing;
    }

    /// <summary>Answers what stands behind /block/HASH.</summary>
    public async Task<Answer?> BlockAsync(string text, string[] rest)
    {
        if (!BlockHash.TryParse(text, out var hash)) return EsploraApi.NoHash;
        var place = await reader.FindPlaceAsync(hash).ConfigureAwait(false);
        if (rest is ["status"]) return Answer.Json(Status(place));
        if (place is null) return Missing;
        if (rest is ["header"]) return Answer.Text(Convert.ToHexStringLower(place.Node.Header.ToByteArray())).Final();
        if (rest is ["raw"]) return await reader.FindRawAsync(place.Node).ConfigureAwait(false) is { } raw ? Answer.Bytes(raw).Final() : Missing;
        if (await reader.FindBlockAsync(place.Node).ConfigureAwait(false) is not { } stored) return Missing;
        var transactions = stored.Block.Transactions;
        switch (rest)
        {
            case []:
                return Answer.Json(EsploraJson.Block(place.Node, BlockFacts.Of(stored.Block))).Final();
            case ["txids"]:
                return Answer.Json(new JsonArray([.. transactions.Select(transaction => JsonValue.Create(transaction.Id.ToString()))])).Final();
            case ["txid", var position]:
                if (EsploraApi.FindNumber(position) is not { } index) return EsploraApi.NoNumber;
                return index < transactions.Length ? Answer.Text(transactions[index].Id.ToString()).Final() : Answer.NotFound("tx index out of range");
            case ["txs"] or ["txs", _]:
                return Transactions(place, stored, rest.Length == 1 ? 0 : EsploraApi.FindNumber(rest[1]) ?? 0);
            default:
                return null;
        }
    }

    private Answer Transactions(BlockPlace place, StoredBlock stored, int start)
    {
        if (start % TransactionsAtOnce != 0) return Answer.Bad($"start index must be a multiple of {TransactionsAtOnce}");
        var all = stored.Block.Transactions.Length;
        if (start >= all) return Answer.Bad("start index out of range");
        return Answer.Json(new JsonArray([.. Enumerable.Range(start, Math.Min(TransactionsAtOnce, all - start)).Select(i => EsploraJson.Transaction(ChainReader.At(stored, place, i), reader.Params))]));
    }

    /// <summary>A block that nobody knows is answered as one that is not of the chain.</summary>
    private static JsonObject Status(BlockPlace? place) => new()
    {
        ["in_best_chain"] = place?.IsActive == true,
        ["height"] = place?.IsActive == true ? place.Node.Height : null,
        ["next_best"] = place?.Next?.ToString(),
    };

    private async Task<Answer> ListAsync(int? start)
    {
        var nodes = await reader.OnStateAsync(chain =>
        {
            var first = start is { } height ? chain.Chainstate.Tree.FindActive(height) : chain.Chainstate.Tip;
            var list = new List<BlockNode>();
            for (var node = first; node is not null && list.Count < BlocksAtOnce; node = node.Parent) list.Add(node);
            return list;
        }).ConfigureAwait(false);
        if (nodes.Count == 0) return Missing;
        var facts = await reader.FactsOfAsync(nodes).ConfigureAwait(false);
        return Answer.Json(new JsonArray([.. nodes.Zip(facts, (node, known) => EsploraJson.Block(node, known ?? default))]));
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
