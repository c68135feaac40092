namespace Chain.Node;

/// <summary>
/// Turns a node's own mining on and off while it runs (setgenerate). <paramref name="mine"/> mines with so many threads until
/// its token ends; null where the node has no address to be paid at.
/// </summary>
public sealed class MiningSwitch(Func<int, CancellationToken, Task>? mine)
{
    /// <summary>The most threads that mine.</summary>
    public const int MostThreads = 1024;

    private readonly Lock _gate = new();
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action? _interrupt;
    private int _threads;

    /// <summary>Whether there is an address that mined blocks pay.</summary>
    public bool HasAddress => mine is not null;

    /// <summary>The threads that mine; 0 while it is off.</summary>
    public int Threads
    {
        get
        {
            lock (_gate) return _threads;
        }
    }

    /// <summary>Mines with so many threads, from now on or anew; with 0 no more.</summary>
    public void Set(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        lock (_gate)
        {
            if (_threads == threads) return;
            _threads = threads;
            _moved.TrySetResult();
            _interrupt?.Invoke();
        }
    }

    /// <summary>Does what the switch says until the token ends. Throws what ended the mining, if anything else did.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using var mining = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var (threads, moved) = Begin(mining.Cancel);
            try
            {
                if (threads > 0 && mine is not null) await mine(threads, mining.Token).ConfigureAwait(false);
                await moved.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The switch was moved.
            }
            finally
            {
                lock (_gate) _interrupt = null;
            }
        }
    }

    private (int Threads, Task Moved) Begin(Action interrupt)
    {
        lock (_gate)
        {
            _interrupt = interrupt;
            _moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (_threads, _moved.Task);
        }
    }
}
