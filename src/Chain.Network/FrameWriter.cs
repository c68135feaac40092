using Chain.Network.Messages;
using Chain.Network.Transport;

namespace Chain.Network;

/// <summary>A message that waits to be sent: its checksum is computed when its turn comes.</summary>
internal sealed record OutgoingFrame(string Command, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Timestamp of when it began to wait.</summary>
    public long QueuedAt { get; init; }
}

/// <summary>
/// Sends frames on one connection, in pieces, so that a slow reader can be told from one that reads nothing. The header
/// goes with the payload's beginning in one packet; the rest of a long payload follows without a copy.
/// </summary>
internal sealed class FrameWriter(IConnection connection, uint magic, TimeProvider time)
{
    private const int ChunkSize = 16 * 1024;

    private readonly byte[] _chunk = new byte[ChunkSize];
    private long _bytesSent;
    private long _lastSend = time.GetTimestamp();
    private long _sendStarted;
    private volatile bool _sending;

    /// <summary>Bytes sent so far.</summary>
    public long BytesSent => Interlocked.Read(ref _bytesSent);

    /// <summary>Timestamp of the last bytes, at first of the beginning.</summary>
    public long LastSend => Interlocked.Read(ref _lastSend);

    /// <summary>How long the connection has been holding back the piece that is being sent; zero where none is.</summary>
    public TimeSpan Stalled => _sending ? time.GetElapsedTime(Interlocked.Read(ref _sendStarted)) : TimeSpan.Zero;

    /// <summary>Sends one frame.</summary>
    public async ValueTask WriteAsync(OutgoingFrame frame, CancellationToken cancellationToken)
    {
        FrameHeader.For(magic, frame.Command, frame.Payload.Span).Write(_chunk);
        var first = Math.Min(frame.Payload.Length, ChunkSize - FrameHeader.Size);
        frame.Payload[..first].CopyTo(_chunk.AsMemory(FrameHeader.Size));
        await SendAsync(_chunk.AsMemory(0, FrameHeader.Size + first), cancellationToken).ConfigureAwait(false);
        for (var rest = frame.Payload[first..]; !rest.IsEmpty;)
        {
            var piece = rest[..Math.Min(rest.Length, ChunkSize)];
            await SendAsync(piece, cancellationToken).ConfigureAwait(false);
            rest = rest[piece.Length..];
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _sendStarted, time.GetTimestamp());
        _sending = true;
        await connection.SendAsync(bytes, cancellationToken).ConfigureAwait(false);
        _sending = false;
        Interlocked.Exchange(ref _lastSend, time.GetTimestamp());
        Interlocked.Add(ref _bytesSent, bytes.Length);
    }
}
