namespace Chain.Node;

/// <summary>
/// Turns a node's own mining on and off while it runs, and changes what it does (setgenerate, startminer).
/// <paramref name="mine"/> does what an order says until its token ends.
/// </summary>
public sealed class MiningSwitch(Func<MiningOrder, CancellationToken, Task> mine)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action? _interrupt;
    private MiningOrder? _order;
    private bool _isOn;

    /// <summary>What is mined, or would be once it is on; null where nobody has said yet.</summary>
    public MiningOrder? Order
    {
        get
        {
            lock (_gate) return _order;
        }
    }

    /// <summary>Whether it mines.</summary>
    public bool IsOn
    {
        get
        {
            lock (_gate) return _isOn;
        }
    }

    /// <summary>The threads that mine; 0 while it is off.</summary>
    public int Threads
    {
        get
        {
            lock (_gate) return _isOn ? _order!.Threads : 0;
        }
    }

    /// <summary>Mines so from now on, or anew.</summary>
    public void Start(MiningOrder order)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order.Threads, 1);
        Move(isOn: true, order);
    }

    /// <summary>Mines no more; what it did is remembered.</summary>
    public void Stop() => Move(isOn: false, order: null);

    /// <summary>Does what the switch says until the token ends. Throws what ended the mining, if anything else did.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using var mining = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var (order, moved) = Begin(mining.Cancel);
            try
            {
                if (order is not null) await mine(order, mining.Token).ConfigureAwait(false);
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

    private void Move(bool isOn, MiningOrder? order)
    {
        lock (_gate)
        {
            if (_isOn == isOn && (order is null || order == _order)) return;
            _isOn = isOn;
            _order = order ?? _order;
            _moved.TrySetResult();
            _interrupt?.Invoke();
        }
    }

    private (MiningOrder? Order, Task Moved) Begin(Action interrupt)
    {
        lock (_gate)
        {
            _interrupt = interrupt;
            _moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (_isOn ? _order : null, _moved.Task);
        }
    }
}
