using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Looks through the chain for a wallet's transactions, some blocks at a time, so that the node goes on meanwhile.</summary>
internal static class WalletRescan
{
    private const int AtOnce = 20;

    /// <summary>Scans from a height to another, or to the tip; gives the last height that was scanned.</summary>
    internal static async Task<int> RunAsync(RpcContext context, int start, int? stop, CancellationToken cancellationToken)
    {
        var wallet = await WalletCalls.Get(context, w =>
        {
            if (w.Scan is not null) throw new RpcException(RpcErrorCode.WalletError, "Wallet is currently rescanning. Abort existing rescan or wait.");
            w.Scan = new WalletScan(w.Now, start, stop ?? w.LastBlock.Height);
            return w;
        }).ConfigureAwait(false);
        try
        {
            while (await context.OnStateAsync(chain => WalletCalls.Guard(() => Step(wallet, chain, stop))).ConfigureAwait(false))
            {
                context.Tell(wallet.Scan!.Progress);
                cancellationToken.ThrowIfCancellationRequested();
            }

            var scan = wallet.Scan!;
            if (scan.IsAborted) throw new RpcException(RpcErrorCode.Misc, "Rescan aborted.");
            if (stop is null) await context.OnStateAsync(_ => WalletCalls.Guard(() => MarkComplete(wallet))).ConfigureAwait(false);
            return scan.Next - 1;
        }
        finally
        {
            await context.OnStateAsync(_ => wallet.Scan = null).ConfigureAwait(false);
        }
    }

    private static bool MarkComplete(NodeWallet wallet)
    {
        wallet.MarkComplete();
        return true;
    }

    /// <summary>Scans the next blocks; false where there are no more.</summary>
    private static bool Step(NodeWallet wallet, LoadedChain chain, int? stop)
    {
        var scan = wallet.Scan!;
        var end = Math.Min(stop ?? int.MaxValue, chain.Chainstate.Tip.Height);
        for (var i = 0; i < AtOnce && scan.Next <= end && !scan.IsAborted; i++)
        {
            wallet.TakeBlock(chain.Chainstate.Tree.FindActive(scan.Next)!);
            scan.Next++;
        }

        return scan.Next <= end && !scan.IsAborted;
    }
}
