using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Chain.Node;
using Chain.Node.Rpc;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>What a command takes for the door of its node.</summary>
public sealed class NodeDoorTests
{
    /// <summary>Any server may forbid something; only a node says that its whitelist does.</summary>
    [Theory]
    [InlineData(RpcWhitelist.Refusal, true)]
    [InlineData("Forbidden", false)]
    [InlineData("", false)]
    [InlineData("<html>rpcwhitelist does not let this user call this method</html>", false)]
    public async Task Knock_Forbidden_IsOpenOnlyWhereTheNodeKeepsThatMethodBack(string body, bool isOpen)
    {
        using var folder = new DataFolder();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var settings = NodeSettings.From("3000", folder.Root, null, null, _ => null);
        RpcCookie.Write(settings.CookiePath, RpcCookie.NewText());
        var knocking = NodeDoor.KnockAsync(settings, ((IPEndPoint)listener.LocalEndpoint).Port, TimeProvider.System, CancellationToken.None);
        using (var socket = await listener.AcceptSocketAsync().WaitAsync(Eventually.Patience))
        {
            var asked = "";
            var buffer = new byte[4_096];
            while (!asked.Contains("getblockcount", StringComparison.Ordinal)) asked += System.Text.Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, SocketFlags.None));
            await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 403 Forbidden\r\nContent-Length: {body.Length}\r\n\r\n{body}")), SocketFlags.None);
            socket.Shutdown(SocketShutdown.Both);
        }

        var (client, state) = await knocking.WaitAsync(Eventually.Patience);
        Assert.Equal((isOpen ? DoorState.Open : DoorState.NoNode, isOpen), (state, client is not null));
    }
}
