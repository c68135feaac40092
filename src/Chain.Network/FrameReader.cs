using Chain.Core.Encoding;
using Chain.Network.Messages;
using Chain.Network.Transport;

namespace Chain.Network;

/// <summary>
/// Cuts one connection's bytes into frames. Whatever a stranger announces, room is made only as fast as bytes arrive.
/// </summary>
internal sealed class FrameReader(IConnection connection, uint magic, TimeProvider time)
{
    /// <summary>The first room for a payload; it doubles each time it is full.</summary>
    public const int FirstPayloadSize = 64 * 1024;

    private readonly byte[] _buffer = new byte[8 * 1024];
    private int _start;
    private int _end;
    private long _bytesReceived;
    private long _lastReceive = time.GetTimestamp();
    private long _frameStarted;

    /// <summary>Bytes received so far.</summary>
    public long BytesReceived => Interlocked.Read(ref _bytesReceived);

    /// <summary>Timestamp of the last bytes, at first of the beginning.</summary>
    public long LastReceive => Interlocked.Read(ref _lastReceive);

    /// <summary>Timestamp at which the frame that is being read began; 0 between frames.</summary>
    public long FrameStarted => Interlocked.Read(ref _frameStarted);

    /// <summary>True after a frame that is a version message in all but its magic: the other side is a node of another chain.</summary>
    public bool MetForeignNode { get; private set; }

    /// <summary>
    /// The next frame; null where the other side closes between two. Throws <see cref="DecodeException"/> where it is not known
    /// where the next one would begin.
    /// </summary>
    public async ValueTask<IncomingFrame?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_end > _start) BeginFrame();
        while (_end - _start < FrameHeader.Size)
        {
            if (_start == _end) _start = _end = 0;
            if (_buffer.Length - _start < FrameHeader.Size) MoveToFront();
            var count = await ReceiveAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (count == 0) return _start == _end ? null : throw EndsInside();
            if (_start == _end) BeginFrame();
            _end += count;
        }

        var header = ReadHeader(_buffer.AsSpan(_start, FrameHeader.Size));
        _start += FrameHeader.Size;
        var payload = await ReadPayloadAsync((int)header.Length, cancellationToken).ConfigureAwait(false);
        Interlocked.Exchange(ref _frameStarted, 0);
        return new IncomingFrame(header.Command, payload) { Damage = FindDamage(header, payload) };
    }

    private static string? FindDamage(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (!header.IsCommandText) return "its command is no text";
        return FrameHeader.ComputeChecksum(payload) == header.Checksum ? null : $"the checksum of a '{header.Command}' message is wrong";
    }

    private FrameHeader ReadHeader(ReadOnlySpan<byte> bytes)
    {
        var foreign = FrameHeader.ReadMagic(bytes);
        if (foreign == magic)
        {
            var header = FrameHeader.Read(bytes);
            return header.Length <= MessageCodec.MaxPayloadLength
                ? header
                : throw new DecodeException($"a '{header.Command}' message of {header.Length} bytes is announced, more than {MessageCodec.MaxPayloadLength}");
        }

        MetForeignNode = bytes[sizeof(uint)..].StartsWith("version\0\0\0\0\0"u8);
        throw new DecodeException(
            $"the peer belongs to another chain: its magic is {FrameHeader.FormatMagic(foreign)}, ours is {FrameHeader.FormatMagic(magic)}");
    }

    private async ValueTask<byte[]> ReadPayloadAsync(int length, CancellationToken cancellationToken)
    {
        var payload = new byte[Math.Min(length, FirstPayloadSize)];
        var filled = Math.Min(_end - _start, payload.Length);
        _buffer.AsSpan(_start, filled).CopyTo(payload);
        _start += filled;
        while (filled < length)
        {
            if (filled == payload.Length) Array.Resize(ref payload, (int)Math.Min(length, payload.Length * 2L));
            var count = await ReceiveAsync(payload.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            if (count == 0) throw EndsInside();
            filled += count;
        }

        return payload;
    }

    private async ValueTask<int> ReceiveAsync(Memory<byte> room, CancellationToken cancellationToken)
    {
        var count = await connection.ReceiveAsync(room, cancellationToken).ConfigureAwait(false);
        Interlocked.Add(ref _bytesReceived, count);
        if (count > 0) Interlocked.Exchange(ref _lastReceive, time.GetTimestamp());
        return count;
    }

    private void MoveToFront()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
    }

    /// <summary>Timestamps may be 0 under a manual clock, and 0 means "between frames" here.</summary>
    private void BeginFrame() => Interlocked.CompareExchange(ref _frameStarted, Math.Max(1, time.GetTimestamp()), 0);

    private static DecodeException EndsInside() => new("the connection ended inside a message");
}
