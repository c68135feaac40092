using System.Diagnostics;
using Chain.Core.Encoding;
using Chain.State;
using Microsoft.Extensions.Logging;

namespace Chain.Node;

/// <summary>
/// Lets the index of transactions follow the chain: in the background while no blocks come, and at once for who asks. What an
/// entry says is worked out beside the owner's loop; the loop only reads the blocks and writes the entries.
/// </summary>
internal sealed class IndexKeeper : IDisposable
{
    /// <summary>Who asks waits for so many blocks, but not for a whole chain.</summary>
    public const int MostBlocksAtOnce = 50;

    /// <summary>Where blocks come without a pause, they are indexed nevertheless once so many wait.</summary>
    private const int MostBlocksLeft = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly LoadedChain _chain;
    private readonly IStateOwner _owner;
    private readonly Func<bool> _isCatchingUp;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _one = new(1);
    private long _lastBlock = Stopwatch.GetTimestamp(), _lastTry = Stopwatch.GetTimestamp();

    /// <summary>Takes whose index it is, who owns it, and what says (asked there) whether the node is fetching many blocks.</summary>
    public IndexKeeper(LoadedChain chain, IStateOwner owner, Func<bool> isCatchingUp, ILogger log)
    {
        _chain = chain;
        _owner = owner;
        _isCatchingUp = isCatchingUp;
        _log = log;
        chain.Index.GivenUp += log.IndexStopped;
        chain.Chainstate.TipChanged += _ => _lastBlock = Stopwatch.GetTimestamp();
    }

    private TransactionIndex Index => _chain.Index;

    /// <summary>How long it takes until an index that was given up at a block looks whether that can be read by now.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many blocks a method may index at once: all, where no node runs that others wait for.</summary>
    public static int MostBlocks(Rpc.RpcContext context) => context.Node is null ? int.MaxValue : MostBlocksAtOnce;

    /// <summary>Moves on whenever there is time, until the token ends.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Pause);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                await TryAgainAsync(cancellationToken).ConfigureAwait(false);
                while (await _owner.InvokeAsync(IsTime).ConfigureAwait(false) && await MoveAsync(cancellationToken).ConfigureAwait(false) is { } took)
                {
                    // As long as it took, so that others have at least half the time.
                    await Task.Delay(took, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    /// <summary>Moves to the tip where that is not far; gives how many blocks are left, none where it stands there. Of an index that was given up all are.</summary>
    public async Task<IndexProgress> CatchUpAsync(CancellationToken cancellationToken)
    {
        var left = await _owner.InvokeAsync(() => Index.IsSynced ? 0 : _isCatchingUp() ? Math.Max(1, Index.BlocksLeft) : Index.BlocksLeft).ConfigureAwait(false);
        if (left > MostBlocksAtOnce) return await _owner.InvokeAsync(() => new IndexProgress(left, Index.IsGivenUp)).ConfigureAwait(false);
        while (await _owner.InvokeAsync(() => !Index.IsSynced).ConfigureAwait(false))
        {
            if (await MoveAsync(cancellationToken).ConfigureAwait(false) is null) break;
        }

        return await _owner.InvokeAsync(() => Index.IsGivenUp ? new IndexProgress(Math.Max(1, Index.BlocksLeft), IsGivenUp: true) : default).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private bool IsTime() => !Index.IsGivenUp && !Index.IsSynced && !_isCatchingUp() && (Stopwatch.GetElapsedTime(_lastBlock) > Quiet || Index.BlocksLeft > MostBlocksLeft);

    /// <summary>Where the index was given up, and its block is whole again, as after a copy of the file was put back or the disk read it after all, it is made anew.</summary>
    private async Task TryAgainAsync(CancellationToken cancellationToken)
    {
        if (Stopwatch.GetElapsedTime(_lastTry) < RetryPause) return;
        _lastTry = Stopwatch.GetTimestamp();
        if (await _owner.InvokeAsync(() => _isCatchingUp() ? null : Index.FindFailedStep()).ConfigureAwait(false) is not { } step) return;
        try
        {
            await Task.Run(step.Prepare, cancellationToken).ConfigureAwait(false);
        }
        catch (DecodeException)
        {
            // It is told already what is wrong.
            return;
        }

        _ = await _owner.InvokeAsync(() =>
        {
            Index.TakeUp();
            return true;
        }).ConfigureAwait(false);
        _log.IndexTakenUp();
    }

    /// <summary>
    /// Takes one step; gives how long that took, null where none was left. A block that cannot be read ends the index, not the
    /// node: who needs that block will say so.
    /// </summary>
    private async Task<TimeSpan?> MoveAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var start = Stopwatch.GetTimestamp();
            return await _owner.InvokeAsync(Index.FindStep).ConfigureAwait(false) is { } step && await TakeAsync(step, cancellationToken).ConfigureAwait(false)
                ? Stopwatch.GetElapsedTime(start)
                : null;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>False where a block of it does not decode.</summary>
    private async Task<bool> TakeAsync(IndexStep step, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(step.Prepare, cancellationToken).ConfigureAwait(false);
            return await _owner.InvokeAsync(() =>
            {
                Index.Take(step);
                return true;
            }).ConfigureAwait(false);
        }
        catch (DecodeException e)
        {
            return await _owner.InvokeAsync(() =>
            {
                Index.GiveUp(step, e.Message);
                return false;
            }).ConfigureAwait(false);
        }
    }
}
