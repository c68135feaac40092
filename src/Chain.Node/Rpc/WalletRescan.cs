using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Looks through the chain for a wallet's transactions, some blocks at a time, so that the node goes on meanwhile.</summary>
internal static class WalletRescan
{
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
            w.Scan = w.ScanOf(start, stop, wasWhole);
            return w;
        }).ConfigureAwait(false);
        return await RunAsync(context, wallet, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Does the scan with which a wallet was loaded or made. A node does it to its end, also where nobody waits for the answer any
    /// more: the wallet is there.
    /// </summary>
    internal static Task CatchUpAsync(RpcContext context, NodeWallet wallet, CancellationToken cancellationToken) =>
        RunAsync(context, wallet, context.Node is null ? cancellationToken : CancellationToken.None);

    private static async Task<int> RunAsync(RpcContext context, NodeWallet wallet, CancellationToken cancellationToken)
    {
        var scan = wallet.Scan!;
        try
        {
            for (var isMore = true; isMore;)
            {
                isMore = await context.OnStateAsync(chain =>
                    WalletCalls.Guard(() => scan.Advance(wallet, chain, WalletScanner.MostBlocksAtOnce, WalletScanner.LongestStep))).ConfigureAwait(false);
                context.Tell(scan.Progress);
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (scan.IsAborted) throw new RpcException(RpcErrorCode.Misc, "Rescan aborted.");
            return scan.Next - 1;
        }
        finally
        {
            await context.OnStateAsync(_ => wallet.Scan = null).ConfigureAwait(false);
        }
    }
}
