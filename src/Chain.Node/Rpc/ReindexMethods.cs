using System.Text.Json.Nodes;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>The method that makes the coins anew from the blocks; Core does that at a start only.</summary>
internal static class ReindexMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("reindexutxo", "", "rebuilds coins and address index from the blocks, compares, and repairs", RunAsync)
        {
            Details = "The node goes on meanwhile; only where something has to be repaired all else waits while that is written.",
        },
    ];

    private const int MostBlocksAtOnce = 20;

    private static async Task<JsonNode?> RunAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        if (!context.Reindex.TryBegin()) throw new RpcException(RpcErrorCode.InvalidParameter, "The coins are being rebuilt already. Wait for that.");
        try
        {
            var (result, rebuilt) = await LookAsync(context, cancellationToken).ConfigureAwait(false);
            if (rebuilt is not null) await RepairAsync(context, rebuilt, cancellationToken).ConfigureAwait(false);

            // Where a command opened a database whose coins were damaged, they have been made anew already.
            return ToJson(result, wasDamaged: context.Node is null && context.Chain.CoinsWereDamaged);
        }
        finally
        {
            context.Reindex.End();
        }
    }

    /// <summary>What is wrong at one moment, and the coins as they should be where anything is.</summary>
    private static async Task<(CoinAuditResult Result, RebuiltCoins? Rebuilt)> LookAsync(RpcContext context, CancellationToken cancellationToken)
    {
        var chainstate = context.Chain.Chainstate;
        using var moment = await context.Owner.InvokeAloneAsync(() => CoinAudit.TryFlush(chainstate) ? CoinMoments.Hold(() => CoinMoment.Hold(chainstate)) : null).ConfigureAwait(false);

        // Coins that damage keeps from being written cannot wait: the next that is written would end the node.
        if (moment is null) return (await context.Owner.InvokeAloneAsync(() => CoinAudit.Run(chainstate, cancellationToken)).ConfigureAwait(false), null);
        var (result, rebuilt) = await Task.Run(() => CoinAudit.Look(moment, context.Tell, cancellationToken), cancellationToken).ConfigureAwait(false);
        return (result, result.Differences == 0 ? null : rebuilt);
    }

    /// <summary>
    /// Brings the rebuilt coins to where the chain is by now, some blocks at a time, and puts them in the place of those on disk, for
    /// which alone all else waits; that they are there is looked at beside again.
    /// </summary>
    private static async Task RepairAsync(RpcContext context, RebuiltCoins rebuilt, CancellationToken cancellationToken)
    {
        var chainstate = context.Chain.Chainstate;
        while (await context.OnStateAsync(_ => rebuilt.Advance(chainstate, MostBlocksAtOnce)).ConfigureAwait(false)) cancellationToken.ThrowIfCancellationRequested();
        cancellationToken.ThrowIfCancellationRequested();
        using var moment = await context.Owner.InvokeAloneAsync(() =>
        {
            CoinAudit.Replace(chainstate, rebuilt);
            return CoinMoments.Hold(() => CoinMoment.Hold(chainstate));
        }).ConfigureAwait(false);
        var after = await Task.Run(() => CoinAudit.Compare(moment, rebuilt, _ => { }, cancellationToken), cancellationToken).ConfigureAwait(false);
        _ = await context.OnStateAsync(_ =>
        {
            // On the owner's own thread: a node cannot go on without.
            CoinAudit.RequireRepaired(chainstate, after);
            return true;
        }).ConfigureAwait(false);
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
