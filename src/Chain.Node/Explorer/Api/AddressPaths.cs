using System.Text.Json.Nodes;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Node.Explorer.Data;
using Chain.Node.Rpc;

namespace Chain.Node.Explorer.Api;

/// <summary>Esplora's paths about addresses and scripts: /address and /scripthash.</summary>
internal sealed class AddressPaths(ChainReader reader, ScriptHistory scripts)
{
    private const int ConfirmedAtOnce = 25, MostWaiting = 50, MostCoins = 10_000;

    /// <summary>Answers what stands behind /address/ADDRESS.</summary>
    public Task<Answer?> AddressAsync(string text, string[] rest, CancellationToken cancellationToken) =>
        Address.TryParse(text, reader.Params.AddressFormat, out var address) == AddressError.None
            ? AnswerAsync("address", text, ScriptHash.Of(address), rest, cancellationToken)
            : Task.FromResult<Answer?>(Answer.Bad(AddressCheck.Explain(text, reader.Params.AddressFormat).Message));

    /// <summary>Answers what stands behind /scripthash/HASH: the SHA-256 of a script, its bytes in their order.</summary>
    public Task<Answer?> ScriptHashAsync(string text, string[] rest, CancellationToken cancellationToken) =>
        RpcValues.HexOf(text) is { Length: Sha256.Size } hash
            ? AnswerAsync("scripthash", text, new ScriptHash(hash, null), rest, cancellationToken)
            : Task.FromResult<Answer?>(Answer.Bad("Invalid scripthash"));

    private async Task<Answer?> AnswerAsync(string kind, string text, ScriptHash script, string[] rest, CancellationToken cancellationToken)
    {
        if (await reader.IndexAsync(cancellationToken).ConfigureAwait(false) is { IsComplete: false } index && rest is not ["txs", "mempool"])
            return Answer.Text(index.ToString()) with { Status = Microsoft.AspNetCore.Http.StatusCodes.Status503ServiceUnavailable };
        return rest switch
        {
            [] => Answer.Json(new JsonObject
            {
                [kind] = text,
                ["chain_stats"] = EsploraJson.Stats(await scripts.TotalsAsync(script).ConfigureAwait(false)),
                ["mempool_stats"] = EsploraJson.Stats(await scripts.WaitingTotalsAsync(script).ConfigureAwait(false)),
            }),
            ["txs"] => Answer.Json(new JsonArray([.. await WaitingAsync(script).ConfigureAwait(false), .. await ConfirmedAsync(script, null, cancellationToken).ConfigureAwait(false)])),
            ["txs", "mempool"] => Answer.Json(new JsonArray([.. await WaitingAsync(script).ConfigureAwait(false)])),
            ["txs", "chain"] => Answer.Json(new JsonArray([.. await ConfirmedAsync(script, null, cancellationToken).ConfigureAwait(false)])),
            ["txs", "chain", var last] => Answer.Json(new JsonArray([.. await ConfirmedAsync(script, last, cancellationToken).ConfigureAwait(false)])),
            ["utxo"] => await CoinsAsync(script).ConfigureAwait(false),
            _ => null,
        };
    }

    private async Task<IEnumerable<JsonObject>> WaitingAsync(ScriptHash script) =>
        (await scripts.WaitingAsync(script, MostWaiting).ConfigureAwait(false)).Select(line => EsploraJson.Transaction(line.Transaction, reader.Params));

    private async Task<List<JsonObject>> ConfirmedAsync(ScriptHash script, string? last, CancellationToken cancellationToken)
    {
        var behind = TxId.TryParse(last, out var id) ? await scripts.FindPlaceAsync(id).ConfigureAwait(false) : null;
        var result = new List<JsonObject>();
        foreach (var line in await scripts.HistoryAsync(script, behind, ConfirmedAtOnce).ConfigureAwait(false))
        {
            if (await reader.FindTransactionAsync(line.Id, line.Node.Hash, cancellationToken).ConfigureAwait(false) is { } found) result.Add(EsploraJson.Transaction(found, reader.Params));
        }

        return result;
    }

    private async Task<Answer> CoinsAsync(ScriptHash script)
    {
        var coins = await scripts.CoinsAsync(script, MostCoins + 1).ConfigureAwait(false);
        if (coins.Count > MostCoins) return Answer.Bad($"Too many unspent transaction outputs (>{MostCoins}).");
        var heights = await reader.OnStateAsync(chain => coins.Where(coin => !coin.IsLeaving).Select(coin => (Held: coin, Node: chain.Chainstate.Tree.FindActive(coin.Coin.Height))).ToList()).ConfigureAwait(false);
        var waiting = await scripts.WaitingCoinsAsync(script).ConfigureAwait(false);
        return Answer.Json(new JsonArray([
            .. heights.Select(coin => Coin(coin.Held.OutPoint, coin.Node, coin.Held.Coin.Output.Value)),
            .. waiting.Select(coin => Coin(coin.OutPoint, null, coin.Output.Value)),
        ]));
    }

    private static JsonObject Coin(OutPoint outPoint, Chain.State.BlockNode? node, long value) => new()
    {
        ["txid"] = outPoint.TxId.ToString(),
        ["vout"] = outPoint.Index,
        ["status"] = EsploraJson.Status(node),
        ["value"] = value,
    };
}
