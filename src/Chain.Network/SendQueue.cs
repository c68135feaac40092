using System.Threading.Channels;

namespace Chain.Network;

/// <summary>
/// What waits to be sent to one peer: bounded by messages and by bytes, with one reader. A message counts until it was
/// written to the connection, not only until it was taken.
/// </summary>
internal sealed class SendQueue(int maxMessages, long maxBytes)
{
    private readonly Channel<OutgoingFrame> _channel =
        Channel.CreateUnbounded<OutgoingFrame>(new UnboundedChannelOptions { SingleReader = true });

    private long _bytes;
    private int _messages;
    private volatile bool _completed;
    private TaskCompletionSource? _room;

    /// <summary>Payload bytes that wait.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Adds at the end; false where there is no room, or where the queue was completed.</summary>
    public bool TryAdd(OutgoingFrame frame) => TryAdd(frame, maxMessages, maxBytes);

    /// <summary>
    /// Waits for room and adds; false where the queue was completed. Fills only half of the queue, so that who waits
    /// for room never makes it overflow for those who do not.
    /// </summary>
    public async ValueTask<bool> AddAsync(OutgoingFrame frame, CancellationToken cancellationToken)
    {
        while (!_completed)
        {
            // Taken before the attempt: a release between the attempt and the wait completes this very source.
            var room = Volatile.Read(ref _room) ?? InstallRoom();
            if (TryAdd(frame, maxMessages / 2, maxBytes / 2)) return true;
            if (!_completed) await room.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return false;
    }

    /// <summary>The next frame; null when the queue was completed and is empty.</summary>
    public async ValueTask<OutgoingFrame?> TakeAsync(CancellationToken cancellationToken) =>
        await _channel.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) && _channel.Reader.TryRead(out var frame)
            ? frame
            : null;

    /// <summary>Gives back the room of a frame that was sent.</summary>
    public void Release(OutgoingFrame frame)
    {
        Return(frame);
        SignalRoom();
    }

    /// <summary>Takes nothing more; what waits may still be taken.</summary>
    public void Complete()
    {
        _completed = true;
        _channel.Writer.TryComplete();
        SignalRoom();
    }

    private bool TryAdd(OutgoingFrame frame, int messageLimit, long byteLimit)
    {
        var messages = Interlocked.Increment(ref _messages);
        var bytes = Interlocked.Add(ref _bytes, frame.Payload.Length);
        // One larger than the limit is let through when nothing else waits: it could never be sent otherwise.
        var fits = messages == 1 || (messages <= messageLimit && bytes <= byteLimit);
        if (fits && _channel.Writer.TryWrite(frame)) return true;
        Return(frame);
        return false;
    }

    private void Return(OutgoingFrame frame)
    {
        Interlocked.Add(ref _bytes, -frame.Payload.Length);
        Interlocked.Decrement(ref _messages);
    }

    private TaskCompletionSource InstallRoom()
    {
        var room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Interlocked.CompareExchange(ref _room, room, null) ?? room;
    }

    private void SignalRoom() => Interlocked.Exchange(ref _room, null)?.TrySetResult();
}
