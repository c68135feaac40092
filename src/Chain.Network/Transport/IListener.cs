using System.Net;

namespace Chain.Network.Transport;

/// <summary>A door on which others knock. Disposing it frees the port and ends a waiting accept.</summary>
public interface IListener : IDisposable
{
    /// <summary>Where it listens, with the actual port.</summary>
    IPEndPoint EndPoint { get; }

    /// <summary>Waits for the next connection.</summary>
    ValueTask<IConnection> AcceptAsync(CancellationToken cancellationToken);
}
