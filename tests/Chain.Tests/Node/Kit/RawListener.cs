using System.Net;
using System.Net.Sockets;

namespace Chain.Tests.Node.Kit;

/// <summary>Takes connections that a node makes.</summary>
internal sealed class RawListener : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _magic;

    public RawListener(byte[] magic)
    {
        _magic = magic;
        _listener.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async Task<RawPeer> AcceptAsync()
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        return new RawPeer(await _listener.AcceptTcpClientAsync(patience.Token), _magic);
    }

    public void Dispose() => _listener.Dispose();
}
