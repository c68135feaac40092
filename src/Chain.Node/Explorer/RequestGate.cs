namespace Chain.Node.Explorer;

/// <summary>
/// Lets so many requests in at once and so many wait for their turn, in the order in which they came; all further ones are turned
/// away, and those whose turn does not come in time.
/// </summary>
internal sealed class RequestGate(int atOnce, int mostWaiting, TimeSpan longestWait)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = new();
    private int _working;

    /// <summary>How many wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock) return _waiting.Count;
        }
    }

    /// <summary>Does work in its turn; null where too many wait already, or the turn does not come in time. What comes of it is to be sent afterwards: who is slow to take it must not keep the turn.</summary>
    public async Task<T?> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken) where T : class
    {
        if (!await TryEnterAsync(cancellationToken).ConfigureAwait(false)) return null;
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Waits for a turn; false where too many wait already, or it does not come in time. Whoever got one calls <see cref="Leave"/>.</summary>
    private async Task<bool> TryEnterAsync(CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource> own;
        lock (_lock)
        {
            if (_working < atOnce)
            {
                _working++;
                return true;
            }

            if (_waiting.Count >= mostWaiting) return false;
            own = _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        try
        {
            await own.Value.Task.WaitAsync(longestWait, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            GiveUp(own);
            return false;
        }
        catch (OperationCanceledException)
        {
            GiveUp(own);
            throw;
        }
    }

    /// <summary>Ends a turn: the next begins.</summary>
    private void Leave()
    {
        TaskCompletionSource? next = null;
        lock (_lock)
        {
            if (_waiting.First is { } first)
            {
                _waiting.RemoveFirst();
                next = first.Value;
            }
            else
            {
                _working--;
            }
        }

        next?.SetResult();
    }

    /// <summary>Who goes away may have been given the turn in the same moment.</summary>
    private void GiveUp(LinkedListNode<TaskCompletionSource> own)
    {
        lock (_lock)
        {
            if (own.List is not null)
            {
                _waiting.Remove(own);
                return;
            }
        }

        Leave();
    }
}
