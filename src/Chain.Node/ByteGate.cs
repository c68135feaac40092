namespace Chain.Node;

/// <summary>
/// Lets bytes in up to a limit, in the order in which they come; who finds no room waits. More than the limit at once passes
/// when nothing else is inside.
/// </summary>
public sealed class ByteGate(long limit)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<(long Bytes, TaskCompletionSource Room)> _waiting = new();
    private long _inside;

    /// <summary>The bytes inside.</summary>
    public long Inside
    {
        get
        {
            lock (_gate) return _inside;
        }
    }

    /// <summary>Waits for room and takes it; <see cref="Leave"/> gives it back.</summary>
    public async Task EnterAsync(long bytes, CancellationToken cancellationToken)
    {
        LinkedListNode<(long Bytes, TaskCompletionSource Room)> place;
        lock (_gate)
        {
            if (_waiting.Count == 0 && HasRoom(bytes))
            {
                _inside += bytes;
                return;
            }

            place = _waiting.AddLast((bytes, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
        }

        try
        {
            await place.Value.Room.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                // The room may have been given in the same moment.
                if (place.List is null) _inside -= bytes;
                else _waiting.Remove(place);
                LetIn();
            }

            throw;
        }
    }

    /// <summary>Gives room back.</summary>
    public void Leave(long bytes)
    {
        lock (_gate)
        {
            _inside -= bytes;
            LetIn();
        }
    }

    private bool HasRoom(long bytes) => _inside == 0 || _inside + bytes <= limit;

    private void LetIn()
    {
        while (_waiting.First is { } first && HasRoom(first.Value.Bytes))
        {
            _waiting.RemoveFirst();
            _inside += first.Value.Bytes;
            first.Value.Room.SetResult();
        }
    }
}
