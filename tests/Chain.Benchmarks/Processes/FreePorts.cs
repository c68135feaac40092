using System.Net;
using System.Net.Sockets;

namespace Chain.Benchmarks.Processes;

/// <summary>Ports that nobody listens on.</summary>
public static class FreePorts
{
    /// <summary>One that was free a moment ago.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
