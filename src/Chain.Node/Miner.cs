using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Mining;
using Chain.State;
using Microsoft.Extensions.Logging;

namespace Chain.Node;

/// <summary>
/// Mines on a running node: when a transaction waits, or the time for a block has come, as its order says, it makes a block and
/// searches for its nonce on all threads that it is given; a new tip, or a pool that has something better, begins a new search.
/// </summary>
public sealed class Miner : IDisposable
{
    /// <summary>How often at most a search is begun anew because the pool changed.</summary>
    private static readonly TimeSpan PoolPatience = TimeSpan.FromMilliseconds(500);

    /// <summary>A transaction whose lock time lies ahead is no news when it comes, so time alone is a reason to look, too.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly LoadedChain _chain;
    private readonly IStateOwner _owner;
    private readonly Func<Block, ProcessBlockResult> _submit;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly MiningOrder _order;
    private readonly long _start;
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly Lock _gate = new();
    private CancellationTokenSource? _search;
    private BlockHash _searchParent;
    private ulong _extraNonce;
    private long _intervalsServed;
    private bool _isDisposed;

    /// <summary>Creates a miner; <see cref="RunAsync"/> begins. Intervals count from now on.</summary>
    public Miner(LoadedChain chain, IStateOwner owner, Func<Block, ProcessBlockResult> submit, MiningOrder order, TimeProvider clock, ILogger log)
    {
        _chain = chain;
        _owner = owner;
        _submit = submit;
        _order = order;
        _clock = clock;
        _log = log;
        _start = clock.GetTimestamp();
        chain.Chainstate.TipChanged += OnTipChanged;
        chain.Mempool.TransactionAccepted += OnTransactionAccepted;
    }

    /// <summary>Mines until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _log.Mining(_order.PayTo, _order.Threads, _order.When);
        var payTo = StandardScripts.PayTo(_order.PayTo);
        while (!cancellationToken.IsCancellationRequested)
        {
            using var search = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var intervals = IntervalsPassed();
            var (template, height, version) = await _owner.InvokeAsync(() => Begin(payTo, intervals > _intervalsServed, search)).ConfigureAwait(false);
            if (template is null)
            {
                await WaitForChangeAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            _log.MiningBlock(height, template.Transactions.Length);
            var watch = WatchPoolAsync(version, search, cancellationToken);
            var solved = await SolveAsync(template, search).ConfigureAwait(false);
            await watch.ConfigureAwait(false);
            if (solved is null) continue;
            var result = await _owner.InvokeAsync(() => _submit(solved)).ConfigureAwait(false);
            _intervalsServed = intervals;
            if (result.Outcome != BlockOutcome.Rejected) continue;
            _log.MinedBlockRefused(solved.Hash, result.Violation!.ToString());

            // The same block would be refused again, as fast as it is found.
            await WaitForChangeAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends its following of the chain, which may go on.</summary>
    public void Dispose()
    {
        _chain.Chainstate.TipChanged -= OnTipChanged;
        _chain.Mempool.TransactionAccepted -= OnTransactionAccepted;

        // The loop may be telling of a change at this moment.
        lock (_gate) _isDisposed = true;
        _changed.Dispose();
    }

    /// <summary>What is to be searched now, if anything: an empty block only where its time has come.</summary>
    private (Block? Template, int Height, long Version) Begin(byte[] payTo, bool isTime, CancellationTokenSource search)
    {
        if (!isTime && (!_order.OnTransaction || _chain.Mempool.Count == 0)) return default;

        // Where the clock stands still, many blocks have brought the median so far ahead of it that others would refuse the next.
        if (_chain.Assembler.NextTime > _chain.Chainstate.Now + _chain.Params.MaxFutureBlockTime) return default;
        var template = _chain.Assembler.Create(payTo, _extraNonce++);
        if (!isTime && template.Transactions.Length == 1) return default;
        lock (_gate)
        {
            _search = search;
            _searchParent = template.Header.PreviousBlockHash;
        }

        return (template, _chain.Chainstate.Tip.Height + 1, _chain.Mempool.Version);
    }

    private async Task<Block?> SolveAsync(Block template, CancellationTokenSource search)
    {
        try
        {
            return await BlockSearch.SolveAsync(template, _order.Threads, search.Token).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate) _search = null;
            await search.CancelAsync().ConfigureAwait(false);
        }
    }

    private void OnTipChanged(BlockNode tip)
    {
        lock (_gate)
        {
            if (_search is not null && tip.Hash != _searchParent) _search.Cancel();
        }

        Signal();
    }

    private void OnTransactionAccepted(MempoolEntry entry) => Signal();

    private void Signal()
    {
        lock (_gate)
        {
            if (!_isDisposed && _changed.CurrentCount == 0) _changed.Release();
        }
    }

    private Task<bool> WaitForChangeAsync(CancellationToken cancellationToken)
    {
        var wait = LongestWait;
        if (_order.BlockTime is { } time)
        {
            var left = time * (IntervalsPassed() + 1) - _clock.GetElapsedTime(_start);
            if (left < wait) wait = left > TimeSpan.FromMilliseconds(1) ? left : TimeSpan.FromMilliseconds(1);
        }

        return _changed.WaitAsync(wait, cancellationToken);
    }

    /// <summary>How many intervals have passed since the start; those that passed while a search took longer bring one block together.</summary>
    private long IntervalsPassed() => _order.BlockTime is { } time ? _clock.GetElapsedTime(_start).Ticks / time.Ticks : 0;

    private async Task WatchPoolAsync(long version, CancellationTokenSource search, CancellationToken cancellationToken)
    {
        try
        {
            while (!search.IsCancellationRequested)
            {
                await Task.Delay(PoolPatience, _clock, search.Token).ConfigureAwait(false);
                if (await _owner.InvokeAsync(() => _chain.Mempool.Version).ConfigureAwait(false) != version)
                    await search.CancelAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested || search.IsCancellationRequested)
        {
            // The search ended, and with it the watch.
        }
    }
}
