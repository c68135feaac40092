using System.Net;
using System.Net.Sockets;

namespace Chain.Tests.Node.Kit;

/// <summary>Ports that nobody listens on. Another process may take one before it is used: who uses it tries again.</summary>
internal static class FreePorts
{
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
