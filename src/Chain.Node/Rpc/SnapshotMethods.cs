using System.Text.Json.Nodes;
using Chain.Node.Snapshots;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>Copies a node's state while it runs; Core has no such method.</summary>
internal static class SnapshotMethods
{
    /// <summary>The part of the work that counting and hashing the coins is about.</summary>
    private const double PartOfCoins = 0.5;

    public static IEnumerable<RpcMethod> All =>
    [
        new("savesnapshot", "folder:string", "copies the database, with the waiting transactions, and the wallets into a folder, all as they are at one moment", SaveAsync)
        {
            Details = "folder: a folder that is there, named from the root on; none of the files may be in it yet.\nThe answer says where the chain stood: height, tip, coins (its hash_serialized_3), and how many transactions waited.",
        },
    ];

    private sealed record Taken(CoinMoment Moment, int Waiting);

    private static async Task<JsonNode?> SaveAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var folder = p.Text(0);
        if (!Path.IsPathFullyQualified(folder) || !Directory.Exists(folder)) throw new RpcException(RpcErrorCode.InvalidParameter, $"'{folder}' is no folder that is there, named from the root on");
        try
        {
            var target = Path.Combine(folder, Path.GetFileName(context.Chain.Chainstate.Database.Path));
            PrivateFile.Create(target);
            var taken = await CoinMoments.HoldAsync(context, chain => chain.Mempool.Save(), (chain, moment) => Take(chain, moment, context, folder)).ConfigureAwait(false);
            using var moment = taken.Moment;
            var coins = await Task.Run(() => Copy(moment, target, context.Tell, cancellationToken), cancellationToken).ConfigureAwait(false);
            return new JsonObject { ["height"] = moment.Tip.Height, ["tip"] = moment.Tip.Hash.ToString(), ["coins"] = coins, ["waiting"] = taken.Waiting };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RpcException(RpcErrorCode.Misc, $"The snapshot could not be written: {e.Message}");
        }
    }

    /// <summary>The wallets as they are at that moment.</summary>
    private static Taken Take(LoadedChain chain, CoinMoment moment, RpcContext context, string folder)
    {
        foreach (var path in context.Wallets?.Files ?? []) PrivateFile.Copy(path, Path.Combine(folder, Path.GetFileName(path)));
        return new Taken(moment, chain.Mempool.InOrder().Count());
    }

    /// <summary>Writes the database, and gives the hash of its coins.</summary>
    private static string Copy(CoinMoment moment, string target, Action<double> tell, CancellationToken cancellationToken)
    {
        var coins = CoinStatistics.Of(moment, CoinHash.Serialized, part => tell(PartOfCoins * part), cancellationToken);
        moment.Database.WriteTo(target, part => tell(PartOfCoins + ((1 - PartOfCoins) * part)), cancellationToken);
        return coins.Hash.ToString();
    }
}
