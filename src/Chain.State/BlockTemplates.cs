using System.Globalization;
using Chain.Core.Primitives;

namespace Chain.State;

/// <summary>What miners elsewhere are given to work on (getblocktemplate): the transactions that were chosen on a tip, and the state of the pool then.</summary>
public sealed record BlockTemplate(BlockNode Parent, IReadOnlyList<MempoolEntry> Entries, long PoolVersion, long Time)
{
    /// <summary>Names it, for who wants to hear when there is a better one (BIP22): the tip's hash and the pool's version.</summary>
    public string LongPollId => Parent.Hash + PoolVersion.ToString(CultureInfo.InvariantCulture);

    /// <summary>What all of them pay, in satoshis.</summary>
    public long Fees => Entries.Sum(entry => entry.Fee.Satoshis);
}

/// <summary>
/// Chooses transactions for miners elsewhere, at most every few seconds anew while the tip stays, and tells who waits that the
/// tip has changed. Not for two threads.
/// </summary>
public sealed class BlockTemplates
{
    /// <summary>How long, in seconds, a choice is kept although the pool has changed.</summary>
    public const int KeptFor = 5;

    private readonly Chainstate _chainstate;
    private readonly Mempool _mempool;
    private readonly BlockAssembler _assembler;
    private BlockTemplate? _last;
    private TaskCompletionSource _tipChanged = NewSignal();

    /// <summary>Follows a chain.</summary>
    public BlockTemplates(Chainstate chainstate, Mempool mempool, BlockAssembler assembler)
    {
        _chainstate = chainstate;
        _mempool = mempool;
        _assembler = assembler;
        chainstate.TipChanged += _ => Interlocked.Exchange(ref _tipChanged, NewSignal()).SetResult();
    }

    /// <summary>Done when the tip is another than now.</summary>
    public Task TipChanged => _tipChanged.Task;

    /// <summary>The hash of the tip and the version of the pool, as <see cref="BlockTemplate.LongPollId"/> holds them.</summary>
    public (BlockHash Tip, long PoolVersion) Current => (_chainstate.Tip.Hash, _mempool.Version);

    /// <summary>The version of the pool that the last choice was made from; that of now where none was made.</summary>
    public long LastPoolVersion => _last?.PoolVersion ?? _mempool.Version;

    /// <summary>The choice for the tip.</summary>
    public BlockTemplate Get()
    {
        var now = _chainstate.Now;
        if (_last is null || _last.Parent != _chainstate.Tip || (_last.PoolVersion != _mempool.Version && now - _last.Time > KeptFor))
            _last = new BlockTemplate(_chainstate.Tip, _assembler.Select(), _mempool.Version, now);
        return _last;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
