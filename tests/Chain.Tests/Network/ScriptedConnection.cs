using System.Net;
using Chain.Network.Transport;

namespace Chain.Tests.Network;

/// <summary>A connection that gives bytes in the portions that a test chose, and notes how much room it was ever offered.</summary>
internal sealed class ScriptedConnection(IEnumerable<byte[]> portions) : IConnection
{
    private readonly Queue<ReadOnlyMemory<byte>> _portions = new(portions.Select(p => (ReadOnlyMemory<byte>)p));

    public EndPoint LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

    public EndPoint RemoteEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 2);

    public int LargestRoom { get; private set; }

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        LargestRoom = Math.Max(LargestRoom, buffer.Length);
        if (buffer.IsEmpty) throw new InvalidOperationException("There is no room to read into.");
        if (!_portions.TryDequeue(out var portion)) return ValueTask.FromResult(0);
        var count = Math.Min(portion.Length, buffer.Length);
        portion[..count].CopyTo(buffer);
        if (count < portion.Length)
        {
            var rest = _portions.ToArray();
            _portions.Clear();
            _portions.Enqueue(portion[count..]);
            foreach (var later in rest) _portions.Enqueue(later);
        }

        return ValueTask.FromResult(count);
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void CompleteSending()
    {
    }

    public void Dispose()
    {
    }
}
