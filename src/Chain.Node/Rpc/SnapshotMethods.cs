using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Node.Snapshots;
using Chain.State;
using Chain.State.Storage;

namespace Chain.Node.Rpc;

/// <summary>Copies a node's state while it runs; Core has no such method.</summary>
internal static class SnapshotMethods
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static IEnumerable<RpcMethod> All =>
    [
        new("savesnapshot", "folder:string", "copies the database, with the waiting transactions, and the wallets into a folder, all as they are at one moment", SaveAsync)
        {
            Details = "folder: a folder that is there, named from the root on; none of the files may be in it yet.\nThe answer says where the chain stood: height, tip, coins (its hash_serialized_3), and how many transactions waited.",
        },
    ];

    private sealed record Moment(DatabaseCopy Copy, int Height, BlockHash Tip, string Coins, int Waiting);

    private static async Task<JsonNode?> SaveAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var folder = p.Text(0);
        if (!Path.IsPathFullyQualified(folder) || !Directory.Exists(folder)) throw new RpcException(RpcErrorCode.InvalidParameter, $"'{folder}' is no folder that is there, named from the root on");
        try
        {
            var target = Path.Combine(folder, Path.GetFileName(context.Chain.Chainstate.Database.Path));
            PrivateFile.Create(target);
            var moment = await HoldAsync(context, folder, cancellationToken).ConfigureAwait(false);
            using (moment.Copy) await Task.Run(() => moment.Copy.WriteTo(target, cancellationToken), cancellationToken).ConfigureAwait(false);
            return new JsonObject { ["height"] = moment.Height, ["tip"] = moment.Tip.ToString(), ["coins"] = moment.Coins, ["waiting"] = moment.Waiting };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RpcException(RpcErrorCode.Misc, $"The snapshot could not be written: {e.Message}");
        }
    }

    /// <summary>While a node catches up, several blocks are one transaction, which the copy does not see: then it is tried again.</summary>
    private static async Task<Moment> HoldAsync(RpcContext context, string folder, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await context.OnStateAsync(chain => TryHold(chain, context, folder)).ConfigureAwait(false) is { } moment) return moment;
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private static Moment? TryHold(LoadedChain chain, RpcContext context, string folder)
    {
        chain.Chainstate.Flush();
        chain.Mempool.Save();
        var copy = Hold(chain.Chainstate.Database.Path);
        try
        {
            var tip = chain.Chainstate.Tip;
            if (!copy.HasCoinsAt(tip.Hash))
            {
                copy.Dispose();
                return null;
            }

            foreach (var path in context.Wallets?.Files ?? []) PrivateFile.Copy(path, Path.Combine(folder, Path.GetFileName(path)));
            return new Moment(copy, tip.Height, tip.Hash, CoinStatistics.Of(chain.Chainstate, CoinHash.Serialized).Hash.ToString(), chain.Mempool.InOrder().Count());
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>That a second connection cannot be had must not end the node, as a failure of its own would.</summary>
    private static DatabaseCopy Hold(string path)
    {
        try
        {
            return DatabaseCopy.Hold(path);
        }
        catch (DatabaseException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}
