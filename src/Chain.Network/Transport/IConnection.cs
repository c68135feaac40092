using System.Net;

namespace Chain.Network.Transport;

/// <summary>
/// Two streams of bytes, one each way. One reader and one writer may work at the same time; disposing ends both. A broken
/// connection throws <see cref="System.Net.Sockets.SocketException"/> or <see cref="IOException"/>.
/// </summary>
public interface IConnection : IDisposable
{
    /// <summary>This side's address.</summary>
    EndPoint LocalEndPoint { get; }

    /// <summary>The other side's address.</summary>
    EndPoint RemoteEndPoint { get; }

    /// <summary>Waits for bytes and gives how many came; 0 when the other side sends no more.</summary>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Sends all the bytes.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Tells the other side that nothing more comes, while it may still send. Never throws.</summary>
    void CompleteSending();
}
