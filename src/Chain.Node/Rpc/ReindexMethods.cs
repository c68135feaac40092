using System.Text.Json.Nodes;
using Chain.State;
using Chain.State.Storage;

namespace Chain.Node.Rpc;

/// <summary>The method that makes the coins anew from the blocks; Core does that at a start only.</summary>
internal static class ReindexMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("reindexutxo", "", "rebuilds coins and address index from the blocks, compares, and repairs", RunAsync)
        {
            Details = "The node goes on meanwhile; only where something has to be repaired all else waits for it.",
        },
    ];

    private static async Task<JsonNode?> RunAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        if (!context.Reindex.TryBegin()) throw new RpcException(RpcErrorCode.InvalidParameter, "The coins are being rebuilt already. Wait for that.");
        try
        {
            var result = await LookAsync(context, cancellationToken).ConfigureAwait(false) is { Differences: 0 } whole
                ? whole
                : await context.OnStateAsync(chain => CoinAudit.Run(chain.Chainstate)).ConfigureAwait(false);

            // Where a command opened a database whose coins were damaged, they have been made anew already.
            return ToJson(result, wasDamaged: context.Node is null && context.Chain.CoinsWereDamaged);
        }
        finally
        {
            context.Reindex.End();
        }
    }

    /// <summary>What is wrong at one moment; null where the coins are too damaged to hold one.</summary>
    private static async Task<CoinAuditResult?> LookAsync(RpcContext context, CancellationToken cancellationToken)
    {
        try
        {
            if (!await context.OnStateAsync(chain => CoinAudit.TryFlush(chain.Chainstate)).ConfigureAwait(false)) return null;
            return await CoinMoments.LookAsync(context, moment => (CoinAuditResult?)CoinAudit.Look(moment, context.Tell, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (DamagedCoinsException)
        {
            return null;
        }
    }

    private static JsonObject ToJson(CoinAuditResult result, bool wasDamaged) => new()
    {
        ["blocks"] = result.Blocks,
        ["coins"] = result.Coins,
        ["total"] = RpcJson.Money(result.Total),
        ["missing"] = result.Missing,
        ["needless"] = result.Needless,
        ["different"] = result.Different,
        ["index"] = result.Index,
        ["differences"] = result.Differences,
        ["damaged"] = wasDamaged,
    };
}
