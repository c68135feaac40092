using System.Diagnostics;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Looks through the chain for a wallet's transactions, some blocks at a time, so that the node goes on meanwhile.</summary>
internal static class WalletRescan
{
    private const int MostBlocksAtOnce = 20;

    /// <summary>How long the loop is held at once; a block that takes longer is not divided.</summary>
    private static readonly TimeSpan LongestStep = TimeSpan.FromMilliseconds(5);

    internal const string Busy = "Wallet is currently rescanning. Abort existing rescan or wait.";

    /// <summary>
    /// Scans from a height to another, or to the tip; gives the last height that was scanned. <paramref name="wasWhole"/> says whether
    /// the history was whole before the import that this scan is for, see <see cref="NodeWallet.IsWhole"/>.
    /// </summary>
    internal static async Task<int> RunAsync(RpcContext context, int start, int? stop, bool wasWhole, CancellationToken cancellationToken)
    {
        var wallet = await WalletCalls.Get(context, w =>
        {
            if (w.Scan is not null) throw new RpcException(RpcErrorCode.WalletError, Busy);
            w.Scan = new WalletScan(w.Now, start, stop ?? w.LastBlock.Height) { Owned = w.Contents.OwnedMark() };
            return w;
        }).ConfigureAwait(false);
        return await RunAsync(context, wallet, stop, () => wallet.MarkScanned(start, wasWhole), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Does the scan with which a wallet was loaded or made. A node does it to its end, also where nobody waits for the answer any
    /// more: the wallet is there.
    /// </summary>
    internal static Task CatchUpAsync(RpcContext context, NodeWallet wallet, CancellationToken cancellationToken) =>
        RunAsync(context, wallet, stop: null, wallet.EndCatchUp, context.Node is null ? cancellationToken : CancellationToken.None);

    private static async Task<int> RunAsync(RpcContext context, NodeWallet wallet, int? stop, Action complete, CancellationToken cancellationToken)
    {
        try
        {
            for (var isMore = true; isMore;)
            {
                isMore = await context.OnStateAsync(chain => WalletCalls.Guard(() => Step(wallet, chain, stop))).ConfigureAwait(false);
                context.Tell(wallet.Scan!.Progress);
                cancellationToken.ThrowIfCancellationRequested();
            }

            var scan = wallet.Scan!;
            if (scan.IsAborted) throw new RpcException(RpcErrorCode.Misc, "Rescan aborted.");
            if (stop is null) await context.OnStateAsync(_ => WalletCalls.Guard(() => Complete(complete))).ConfigureAwait(false);
            return scan.Next - 1;
        }
        finally
        {
            await context.OnStateAsync(_ => wallet.Scan = null).ConfigureAwait(false);
        }
    }

    private static bool Complete(Action complete)
    {
        complete();
        return true;
    }

    /// <summary>Scans the next blocks; false where there are no more.</summary>
    private static bool Step(NodeWallet wallet, LoadedChain chain, int? stop)
    {
        var scan = wallet.Scan!;
        var end = Math.Min(stop ?? int.MaxValue, chain.Chainstate.Tip.Height);
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < MostBlocksAtOnce && scan.Next <= end && !scan.IsAborted && Stopwatch.GetElapsedTime(begin) < LongestStep; i++)
        {
            wallet.TakeBlock(chain.Chainstate.Tree.FindActive(scan.Next)!);
            scan.Next++;
        }

        return scan.Next <= end && !scan.IsAborted;
    }
}
