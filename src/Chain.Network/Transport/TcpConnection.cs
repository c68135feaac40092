using System.Net;
using System.Net.Sockets;

namespace Chain.Network.Transport;

/// <summary>One TCP socket.</summary>
internal sealed class TcpConnection : IConnection
{
    private readonly Socket _socket;

    public TcpConnection(Socket socket)
    {
        _socket = socket;
        socket.NoDelay = true;
        LocalEndPoint = Unmap(socket.LocalEndPoint!);
        RemoteEndPoint = Unmap(socket.RemoteEndPoint!);
    }

    public EndPoint LocalEndPoint { get; }

    public EndPoint RemoteEndPoint { get; }

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, cancellationToken).ConfigureAwait(false)..];
        }
    }

    public void CompleteSending()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other side was faster: there is nobody left to tell.
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>A host reached by its name has a socket that shows IPv4 addresses as IPv6.</summary>
    private static EndPoint Unmap(EndPoint endPoint) =>
        endPoint is IPEndPoint { Address.IsIPv4MappedToIPv6: true } ip ? new IPEndPoint(ip.Address.MapToIPv4(), ip.Port) : endPoint;
}
