using Chain.State;

namespace Chain.Node.Explorer;

/// <summary>Counts what happened to the chain since the node began, for the metrics. Counted by the owner of the chain, read by anybody.</summary>
internal sealed class ChainCounter
{
    private long _connected, _disconnected, _reorganisations;
    private bool _hasDisconnected;

    /// <summary>Follows a chain.</summary>
    public ChainCounter(Chainstate chainstate)
    {
        chainstate.BlockConnected += (_, _) => Interlocked.Increment(ref _connected);
        chainstate.BlockDisconnected += (_, _) =>
        {
            Interlocked.Increment(ref _disconnected);
            _hasDisconnected = true;
        };
        chainstate.TipChanged += _ =>
        {
            if (_hasDisconnected) Interlocked.Increment(ref _reorganisations);
            _hasDisconnected = false;
        };
    }

    /// <summary>Blocks that became part of the chain.</summary>
    public long Connected => Interlocked.Read(ref _connected);

    /// <summary>Blocks that left it.</summary>
    public long Disconnected => Interlocked.Read(ref _disconnected);

    /// <summary>How often it left a branch for another.</summary>
    public long Reorganisations => Interlocked.Read(ref _reorganisations);
}
