using System.Diagnostics;
using System.Threading.Channels;
using Chain.State.Storage;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Wallet;

/// <summary>
/// Takes wallets through what they have missed of the chain. What is short is done at once; what is long goes on in pieces beside
/// all else that the chain's owner does, one wallet after the other. Ended in the middle, the wallet goes on there when it is
/// loaded next.
/// </summary>
internal sealed class WalletScanner(IStateOwner owner, LoadedChain chain, ILogger? log)
{
    /// <summary>How much of a scan is done at once while others wait for the chain.</summary>
    internal const int MostBlocksAtOnce = 20;

    /// <inheritdoc cref="MostBlocksAtOnce"/>
    internal static readonly TimeSpan LongestStep = TimeSpan.FromMilliseconds(5);

    /// <summary>How often it is told how far a scan is, and kept on the disk.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Channel<(NodeWallet Wallet, WalletScan Scan)> _waiting = Channel.CreateUnbounded<(NodeWallet, WalletScan)>();

    /// <summary>How long a scan may take at once, where <see cref="RunAsync"/> does the rest; without it, to its end.</summary>
    internal TimeSpan LongestAtOnce { get; init; } = TimeSpan.MaxValue;

    /// <summary>Begins a scan, where the chain may be touched.</summary>
    internal void Begin(NodeWallet wallet, WalletScan scan)
    {
        wallet.Scan = scan;
        var isMore = false;
        try
        {
            isMore = scan.Advance(wallet, chain, int.MaxValue, LongestAtOnce);
        }
        finally
        {
            if (!isMore) wallet.Scan = null;
        }

        if (!isMore) return;
        log?.WalletBehind(wallet.Name, scan.Left);
        _waiting.Writer.TryWrite((wallet, scan));
    }

    /// <summary>Goes on with the scans that took long, until the token or the owner ends.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var (wallet, scan) in _waiting.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                await GoOnAsync(wallet, scan, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private async Task GoOnAsync(NodeWallet wallet, WalletScan scan, CancellationToken cancellationToken)
    {
        var told = Stopwatch.GetTimestamp();
        while (await owner.InvokeAsync(() => Advance(wallet, scan)).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Stopwatch.GetElapsedTime(told) < Pause) continue;
            told = Stopwatch.GetTimestamp();
            await owner.InvokeAsync(() => Keep(wallet, scan)).ConfigureAwait(false);
        }
    }

    /// <summary>A wallet that cannot go on must not end the node: it looks at all again when it is asked or loaded next.</summary>
    private bool Advance(NodeWallet wallet, WalletScan scan)
    {
        var isMore = false;
        try
        {
            isMore = scan.Advance(wallet, chain, MostBlocksAtOnce, LongestStep);
            if (!isMore && !scan.IsAborted) log?.WalletCaughtUp(wallet.Name);
        }
        catch (Exception e) when (e is not DatabaseException)
        {
            wallet.Miss();
            log?.WalletFailed(wallet.Name, e.Message);
        }
        finally
        {
            if (!isMore) wallet.Scan = null;
        }

        return isMore;
    }

    private bool Keep(NodeWallet wallet, WalletScan scan)
    {
        log?.WalletScanning(wallet.Name, scan.Progress, scan.Left);
        try
        {
            wallet.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log?.WalletFailed(wallet.Name, e.Message);
        }

        return true;
    }
}
