using System.Collections.Concurrent;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Network;
using Chain.Network.Messages;
using Chain.State.Storage;
using Microsoft.Extensions.Logging;

namespace Chain.Node;

/// <summary>
/// The way of blocks and transactions from the peers' own tasks to the loop. What can be done without the chain is done on the
/// task; the next message is read while the loop has not come to this one yet. So many bytes may be on the way, and messages of
/// one peer never overtake each other.
/// </summary>
public sealed class Intake
{
    private const long MaxBlockBytes = 8_000_000;
    private const long MaxTransactionBytes = 2_000_000;

    /// <summary>What the smallest counts as, so that not too many of them are on the way either.</summary>
    private const int LeastBlock = 64_000;
    private const int LeastTransaction = 500;

    /// <summary>The most transactions whose scripts are checked at once.</summary>
    private const int MaxTogether = 64;

    private readonly LoadedChain _chain;
    private readonly NodeLoop _loop;
    private readonly MessageHandler _handler;
    private readonly ILogger _log;
    private readonly ByteGate _blocks = new(MaxBlockBytes);
    private readonly ByteGate _transactions = new(MaxTransactionBytes);
    private readonly ConcurrentQueue<(Peer Peer, Transaction Transaction)> _waiting = new();
    private readonly ConcurrentDictionary<long, (Task Done, bool IsBlock)> _last = new();

    /// <summary>Creates the way into one node's loop.</summary>
    public Intake(LoadedChain chain, NodeLoop loop, MessageHandler handler, ILogger log)
    {
        _chain = chain;
        _loop = loop;
        _handler = handler;
        _log = log;
    }

    /// <summary>Waits until everything of this peer that is on its way has been dealt with. The loop keeps the order, so the last stands for all.</summary>
    public Task SettleAsync(Peer peer) => _last.TryGetValue(peer.Id, out var last) ? last.Done : Task.CompletedTask;

    /// <summary>A peer is gone.</summary>
    public void Forget(Peer peer) => _last.TryRemove(peer.Id, out _);

    /// <summary>Checks a block alone and leaves it to the loop.</summary>
    public async Task TakeAsync(Peer peer, Block block, CancellationToken cancellationToken)
    {
        var bytes = Math.Max(LeastBlock, block.Size);
        await _blocks.EnterAsync(bytes, cancellationToken).ConfigureAwait(false);
        _last[peer.Id] = (GuardAsync(peer, async () =>
        {
            try
            {
                var isChecked = CheckedBlock.Of(block, _chain.Params);
                await _loop.InvokeAsync(() => _handler.OnBlock(peer, isChecked)).ConfigureAwait(false);
            }
            finally
            {
                _blocks.Leave(bytes);
            }
        }), IsBlock: true);
    }

    /// <summary>Leaves a transaction to the loop, which takes those together that wait.</summary>
    public async Task TakeAsync(Peer peer, Transaction transaction, CancellationToken cancellationToken)
    {
        // It may spend what the block before it creates.
        if (_last.TryGetValue(peer.Id, out var last) && last.IsBlock) await last.Done.ConfigureAwait(false);
        var bytes = Math.Max(LeastTransaction, transaction.Size);
        await _transactions.EnterAsync(bytes, cancellationToken).ConfigureAwait(false);
        _waiting.Enqueue((peer, transaction));
        _last[peer.Id] = (GuardAsync(peer, async () =>
        {
            try
            {
                await _loop.InvokeAsync(HandleTransactions).ConfigureAwait(false);
            }
            finally
            {
                _transactions.Leave(bytes);
            }
        }), IsBlock: false);
    }

    /// <summary>Runs what a peer brought about; a bug in it costs this peer.</summary>
    public async Task GuardAsync(Peer peer, Func<Task> handle)
    {
        try
        {
            await handle().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The peer, or the node, is about to go.
        }
        catch (DatabaseException)
        {
            // It ends the loop, which tells why.
        }
        catch (Exception e)
        {
            OnBug(peer, e);
        }
    }

    /// <summary>Each transaction brings one call, and each call takes at least one: none is left behind.</summary>
    private void HandleTransactions()
    {
        var batch = new List<(Peer Peer, Transaction Transaction)>();
        while (batch.Count < MaxTogether && _waiting.TryDequeue(out var next)) batch.Add(next);
        if (batch.Count > 1) _chain.Mempool.CheckScriptsAhead([.. batch.Select(item => item.Transaction).DistinctBy(t => t.WitnessHash)]);
        foreach (var (peer, transaction) in batch)
        {
            try
            {
                _handler.Handle(peer, new TxMessage(transaction));
            }
            catch (Exception e) when (e is not DatabaseException)
            {
                OnBug(peer, e);
            }
        }
    }

    /// <summary>The others, and the chain, go on.</summary>
    private void OnBug(Peer peer, Exception e)
    {
        _log.HandlingFailed(e, peer);
        peer.Disconnect("its message could not be handled");
    }
}
