using System.Net;
using System.Net.Sockets;
using Chain.Network.Transport;

namespace Chain.Tests.Network;

public class TcpTransportTests
{
    private static readonly IPEndPoint AnyFreePort = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task Connect_ToAListener_CarriesBytesBothWays()
    {
        var transport = new TcpTransport();
        using var listener = transport.Listen(AnyFreePort);
        Assert.NotEqual(0, listener.EndPoint.Port);
        using var near = await transport.ConnectAsync(listener.EndPoint, CancellationToken.None);
        using var far = await listener.AcceptAsync(CancellationToken.None);

        Assert.Equal(near.LocalEndPoint, far.RemoteEndPoint);
        Assert.Equal(listener.EndPoint, near.RemoteEndPoint);
        await near.SendAsync(new byte[] { 1, 2, 3 }, CancellationToken.None);
        near.CompleteSending();
        var buffer = new byte[10];
        Assert.Equal(3, await far.ReceiveAsync(buffer, CancellationToken.None));
        Assert.Equal(0, await far.ReceiveAsync(buffer, CancellationToken.None));
        await far.SendAsync(new byte[] { 4 }, CancellationToken.None);
        Assert.Equal(1, await near.ReceiveAsync(buffer, CancellationToken.None));
    }

    [Fact]
    public async Task Connect_ByName_ShowsTheIPv4Address()
    {
        var transport = new TcpTransport();
        using var listener = transport.Listen(AnyFreePort);
        using var connection = await transport.ConnectAsync(new DnsEndPoint("localhost", listener.EndPoint.Port), CancellationToken.None);
        Assert.Equal(listener.EndPoint, connection.RemoteEndPoint);
    }

    [Fact]
    public void Listen_PortTaken_ThrowsSocketException()
    {
        var transport = new TcpTransport();
        using var listener = transport.Listen(AnyFreePort);
        var e = Assert.Throws<SocketException>(() => transport.Listen(listener.EndPoint));
        Assert.Equal(SocketError.AddressAlreadyInUse, e.SocketErrorCode);
    }

    [Fact]
    public async Task Listen_RightAfterConnectionsWereClosedHere_TakesThePortAgain()
    {
        var transport = new TcpTransport();
        var listener = transport.Listen(AnyFreePort);
        var endPoint = listener.EndPoint;
        for (var i = 0; i < 5; i++)
        {
            using var near = await transport.ConnectAsync(endPoint, CancellationToken.None);
            using var far = await listener.AcceptAsync(CancellationToken.None);
            // Whoever closes first is left with TIME_WAIT: here the listening side.
            far.CompleteSending();
            Assert.Equal(0, await near.ReceiveAsync(new byte[1], CancellationToken.None));
        }

        listener.Dispose();
        using var again = transport.Listen(endPoint);
        Assert.Equal(endPoint, again.EndPoint);
    }

    [Fact]
    public async Task Connect_NobodyThere_ThrowsSocketException()
    {
        var transport = new TcpTransport();
        var listener = transport.Listen(AnyFreePort);
        var endPoint = listener.EndPoint;
        listener.Dispose();
        await Assert.ThrowsAsync<SocketException>(() => transport.ConnectAsync(endPoint, CancellationToken.None).AsTask());
    }
}
