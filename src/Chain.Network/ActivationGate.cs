namespace Chain.Network;

/// <summary>
/// Whether the node takes part in the network. Connections live no longer than the token of the time in which the gate was
/// open; who wants to connect waits at it.
/// </summary>
internal sealed class ActivationGate : IDisposable
{
    private readonly Lock _lock = new();
    private CancellationTokenSource _open = new();
    private TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ActivationGate() => _open.Cancel();

    /// <summary>True while it is open.</summary>
    public bool IsOpen => !OpenToken.IsCancellationRequested;

    /// <summary>Ends when the gate closes; ended already while it is closed.</summary>
    public CancellationToken OpenToken
    {
        get
        {
            lock (_lock) return _open.Token;
        }
    }

    /// <summary>Lets those who wait through.</summary>
    public void Open()
    {
        lock (_lock)
        {
            if (!_open.IsCancellationRequested) return;
            _open = new CancellationTokenSource();
            _opened.TrySetResult();
        }
    }

    /// <summary>Ends what began while it was open.</summary>
    public void Close()
    {
        CancellationTokenSource ended;
        lock (_lock)
        {
            if (_open.IsCancellationRequested) return;
            ended = _open;
            _opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        ended.Cancel();
    }

    /// <summary>Waits until it is open.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (_lock) return _opened.Task.WaitAsync(cancellationToken);
    }

    public void Dispose() => _open.Dispose();
}
