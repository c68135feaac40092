using System.Net;

namespace Chain.Network.Transport;

/// <summary>
/// How nodes reach each other: TCP in the world, memory in a simulation, TLS where links are secret. Failures are
/// <see cref="System.Net.Sockets.SocketException"/> or <see cref="IOException"/>.
/// </summary>
public interface ITransport
{
    /// <summary>Begins to listen; port 0 takes a free one. Throws where the port is taken.</summary>
    IListener Listen(IPEndPoint endPoint);

    /// <summary>Connects to an IP endpoint or to a host by its name.</summary>
    ValueTask<IConnection> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken);
}
