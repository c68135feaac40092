using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Mining;
using Chain.State;
using Microsoft.Extensions.Logging;

namespace Chain.Node;

/// <summary>
/// Mines on a running node: as soon as a transaction waits it makes a block and searches for its nonce on all threads that
/// it is given; a new tip, or a pool that has something better, begins a new search.
/// </summary>
public sealed class Miner : IDisposable
{
    /// <summary>How often at most a search is begun anew because the pool changed.</summary>
    private static readonly TimeSpan PoolPatience = TimeSpan.FromMilliseconds(500);

    private readonly LoadedChain _chain;
    private readonly IStateOwner _owner;
    private readonly Func<Block, ProcessBlockResult> _submit;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Address _address;
    private readonly int _threads;
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly Lock _gate = new();
    private CancellationTokenSource? _search;
    private BlockHash _searchParent;
    private ulong _extraNonce;
    private bool _isDisposed;

    /// <summary>Creates a miner that pays an address; <see cref="RunAsync"/> begins.</summary>
    public Miner(LoadedChain chain, IStateOwner owner, Func<Block, ProcessBlockResult> submit, Address address, int threads, TimeProvider clock, ILogger log)
    {
        _chain = chain;
        _owner = owner;
        _submit = submit;
        _address = address;
        _threads = threads;
        _clock = clock;
        _log = log;
        chain.Chainstate.TipChanged += OnTipChanged;
        chain.Mempool.TransactionAccepted += OnTransactionAccepted;
    }

    /// <summary>Mines until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _log.Mining(_address, _threads);
        var payTo = StandardScripts.PayTo(_address);
        while (!cancellationToken.IsCancellationRequested)
        {
            using var search = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var (template, height, version) = await _owner.InvokeAsync(() => Begin(payTo, search)).ConfigureAwait(false);
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

    private (Block? Template, int Height, long Version) Begin(byte[] payTo, CancellationTokenSource search)
    {
        if (_chain.Mempool.Count == 0) return default;
        var template = _chain.Assembler.Create(payTo, _extraNonce++);
        if (template.Transactions.Length == 1) return default;
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
            return await BlockSearch.SolveAsync(template, _threads, search.Token).ConfigureAwait(false);
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

    /// <summary>A transaction whose lock time lies ahead is no news when it comes, so time alone is a reason to look, too.</summary>
    private Task<bool> WaitForChangeAsync(CancellationToken cancellationToken) => _changed.WaitAsync(TimeSpan.FromSeconds(1), cancellationToken);

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
