using System.Net;
using System.Net.Sockets;
using Chain.Network;
using Chain.Network.Messages;

namespace Chain.Tests.Network;

public class PeerSetTests
{
    private static readonly string Refused = new SocketException((int)SocketError.ConnectionRefused).Message;

    [Fact]
    public async Task Start_PortTaken_ThrowsSocketException()
    {
        await using var one = new TestNode();
        await using var two = new TestNode(listen: false);
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => two.Set.Start(one.EndPoint)).SocketErrorCode);
    }

    [Fact]
    public async Task Persistent_PeerThatComesBack_IsConnectedAgain()
    {
        await using var node = new TestNode();
        var central = new TestNode();
        var endPoint = central.EndPoint;
        Assert.True(node.Set.AddPersistent(endPoint));
        await node.SinglePeerAsync();

        await central.DisposeAsync();
        await Eventually.TrueAsync(() => node.Set.Peers.Count == 0 && !node.Observer.Failures.IsEmpty);

        var observer = new RecordingObserver();
        await using var again = new PeerSet(
            new PeerSetOptions { Peer = new PeerOptions { Magic = TestNode.Magic, UserAgent = "/again/", Random = () => (ulong)Random.Shared.NextInt64() } },
            new Chain.Network.Transport.TcpTransport(),
            observer);
        again.Start(endPoint);
        await Eventually.TrueAsync(() => node.Set.Peers.Count == 1);
        Assert.Equal("/again/", node.Set.Peers[0].Version.UserAgent);
        Assert.Equal(2, node.Observer.Handshakes.Count);
    }

    [Fact]
    public async Task Persistent_NobodyThere_IsReportedOnceAndTriedOn()
    {
        await using var node = new TestNode(o => o with { MaxReconnectDelay = TimeSpan.FromMilliseconds(40) });
        var gone = new TestNode();
        var endPoint = gone.EndPoint;
        await gone.DisposeAsync();

        node.Set.AddPersistent(endPoint);
        await Eventually.TrueAsync(() => !node.Observer.Failures.IsEmpty);
        await Task.Delay(300);

        var (failed, reason) = Assert.Single(node.Observer.Failures);
        Assert.Equal((endPoint, Refused), (failed, reason));
    }

    [Fact]
    public async Task Persistent_OfAnotherChain_IsReportedOnce()
    {
        await using var foreign = new TestNode(o => o with { Peer = o.Peer with { Magic = 5 } });
        await using var node = new TestNode(o => o with { MaxReconnectDelay = TimeSpan.FromMilliseconds(30) });
        node.Set.AddPersistent(foreign.EndPoint);
        await Eventually.TrueAsync(() => foreign.Observer.Disconnects.Count >= 3);
        Assert.Contains("belongs to another chain", Assert.Single(node.Observer.Failures).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Persistent_Removed_IsNotTriedAgain()
    {
        await using var node = new TestNode();
        await using var central = new TestNode();
        node.Set.AddPersistent(central.EndPoint);
        await node.SinglePeerAsync();
        Assert.True(node.Set.RemovePersistent(central.EndPoint));
        Assert.False(node.Set.RemovePersistent(central.EndPoint));
        Assert.Single(node.Set.Peers);
        Assert.True(node.Set.Disconnect(central.EndPoint, "removed"));
        await Eventually.TrueAsync(() => node.Set.Peers.Count == 0);
        await Task.Delay(200);
        Assert.Single(node.Observer.Handshakes);
    }

    [Fact]
    public async Task Persistent_ByNameAndTwice_IsOneConnection()
    {
        await using var node = new TestNode();
        await using var central = new TestNode();
        Assert.True(node.Set.AddPersistent(new DnsEndPoint("localhost", central.EndPoint.Port)));
        Assert.False(node.Set.AddPersistent(central.EndPoint));
        var peer = await node.SinglePeerAsync();
        Assert.Same(peer, await node.ConnectAsync(central.EndPoint));
        Assert.Single(central.Set.Peers);
    }

    [Fact]
    public async Task ConnectOnce_NobodyThere_SaysWhy()
    {
        await using var node = new TestNode();
        var result = await node.Set.ConnectOnceAsync(new IPEndPoint(IPAddress.Loopback, 1), CancellationToken.None);
        Assert.Equal((null, Refused), (result.Peer, result.Failure));
        Assert.Empty(node.Observer.Failures);
    }

    [Fact]
    public async Task ConnectOnce_SilentListener_TimesOut()
    {
        var clock = new ManualTimeProvider();
        await using var node = new TestNode(clock: clock);
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen();
        var connecting = node.Set.ConnectOnceAsync(silent.LocalEndPoint!, CancellationToken.None);
        await node.AfterAsync(() => connecting.IsCompleted);
        Assert.Equal("handshake timeout", (await connecting).Failure);
    }

    [Fact]
    public async Task ConnectOnce_WhileTheNodeStops_IsOver()
    {
        await using var node = new TestNode();
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen();
        var connecting = node.Set.ConnectOnceAsync(silent.LocalEndPoint!, CancellationToken.None);
        await Eventually.TrueAsync(() => node.Observer.Traffic.Any(t => t.Sent));
        await node.Set.StopAsync();
        Assert.Equal("this node stops", (await Eventually.ResultAsync(connecting)).Failure);
    }

    [Fact]
    public async Task ConnectOnce_Cancelled_LeavesNoConnection()
    {
        await using var node = new TestNode();
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen();
        using var cancel = new CancellationTokenSource();
        var connecting = node.Set.ConnectOnceAsync(silent.LocalEndPoint!, cancel.Token);
        using var accepted = await silent.AcceptAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
        var buffer = new byte[1000];
        while (await accepted.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(30)) > 0)
        {
        }
    }

    [Fact]
    public async Task SelfConnection_IsRecognisedAndNotTriedAgain()
    {
        await using var node = new TestNode();
        node.Set.AddPersistent(node.EndPoint);
        await Eventually.TrueAsync(() => !node.Observer.Failures.IsEmpty && !node.Observer.Disconnects.IsEmpty);
        Assert.Equal("this node connected to itself", node.Observer.Failures.First().Reason);
        Assert.Equal("this node connected to itself", (await node.Set.ConnectOnceAsync(node.EndPoint, CancellationToken.None)).Failure);
        await Task.Delay(200);
        Assert.Single(node.Observer.Failures);
        Assert.Single(node.Observer.Disconnects);
        Assert.Empty(node.Set.Peers);
    }

    [Fact]
    public async Task Inbound_MoreThanAllowed_AreTurnedAway()
    {
        await using var node = new TestNode(o => o with { MaxInbound = 3 });
        var clients = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => node.ShakenClientAsync()));
        using var refused = await RawClient.ConnectAsync(node.EndPoint);
        await refused.WaitForEndAsync();
        Assert.Equal(3, node.Set.Peers.Count);

        clients[0].Dispose();
        await Eventually.TrueAsync(() => node.Set.Peers.Count == 2);
        using var welcome = await node.ShakenClientAsync();
        foreach (var client in clients) client.Dispose();
    }

    [Fact]
    public async Task Outbound_MoreThanAllowed_AreRefusedUnlessConfigured()
    {
        await using var node = new TestNode(o => o with { MaxOutbound = 1 });
        await using var one = new TestNode();
        await using var two = new TestNode();
        await node.ConnectAsync(one.EndPoint);
        Assert.Equal("there are 1 connections to others already", (await node.Set.ConnectOnceAsync(two.EndPoint, CancellationToken.None)).Failure);
        node.Set.AddPersistent(two.EndPoint);
        await Eventually.TrueAsync(() => node.Set.Peers.Count == 2);
    }

    [Fact]
    public async Task SetActive_OffAndOn_EndsAndRestoresConnections()
    {
        await using var node = new TestNode(o => o with { FirstReconnectDelay = TimeSpan.FromHours(1), MaxReconnectDelay = TimeSpan.FromHours(1) });
        await using var central = new TestNode();
        node.Set.AddPersistent(central.EndPoint);
        using var client = await node.ShakenClientAsync();
        await Eventually.TrueAsync(() => node.Set.Peers.Count == 2);

        node.Set.SetActive(false);
        await Eventually.TrueAsync(() => node.Observer.Disconnects.Count == 2);
        Assert.All(node.Observer.Disconnects, d => Assert.Equal("networking was turned off", d.Reason));
        Assert.False(node.Set.IsActive);
        using var refused = await RawClient.ConnectAsync(node.EndPoint);
        await refused.WaitForEndAsync();
        Assert.Equal("networking is turned off", (await node.Set.ConnectOnceAsync(central.EndPoint, CancellationToken.None)).Failure);
        Assert.Empty(node.Set.Peers);

        node.Set.SetActive(true);
        await Eventually.TrueAsync(() => node.Set.Peers.Count == 1);
        using var welcome = await node.ShakenClientAsync();
        Assert.Empty(node.Observer.Failures);
    }

    [Fact]
    public async Task Stop_WithPeersThatNeitherReadNorClose_EndsSoon()
    {
        var node = new TestNode();
        var clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => node.ShakenClientAsync()));
        await Eventually.TrueAsync(() => node.Set.Peers.Count == 20);
        foreach (var peer in node.Set.Peers)
        {
            for (var i = 0; i < 4; i++) peer.TrySend(new UnknownMessage("big", new byte[4_000_000]));
        }

        using var halfway = await RawClient.ConnectAsync(node.EndPoint);
        node.Observer.OnMessage = (_, _, cancellationToken) => new ValueTask(Task.Delay(Timeout.Infinite, cancellationToken));
        await clients[0].SendAsync(new UnknownMessage("held", default));
        await Eventually.TrueAsync(() => !node.Observer.Messages.IsEmpty);

        var start = TimeProvider.System.GetTimestamp();
        await node.Set.StopAsync();
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(5));

        Assert.Equal(20, node.Observer.Disconnects.Count(d => d is { Peer.HandshakeCompleted: true, Reason: "this node stops" }));
        await node.Set.StopAsync();
        await node.DisposeAsync();
        foreach (var client in clients) client.Dispose();
        await Assert.ThrowsAsync<SocketException>(() => RawClient.ConnectAsync(node.EndPoint));
    }

    [Fact]
    public async Task GetAddr_IsAnsweredOnce()
    {
        await using var node = new TestNode();
        using var client = await node.ShakenClientAsync();
        await client.SendAsync(new AddrMessage([Address(1), Address(2)]));
        await client.SendAsync(new GetAddrMessage());
        var answer = await client.ReceiveAsync<AddrMessage>();
        Assert.Equal([Address(1).Address, Address(2).Address], answer.Addresses.Select(a => a.Address).OrderBy(a => a.ToString(), StringComparer.Ordinal));
        await client.SendAsync(new GetAddrMessage());
        await client.SendAsync(new PingMessage(1));
        Assert.IsType<PongMessage>(await client.ReceiveAsync());
        Assert.Empty(node.Observer.Messages);
    }

    [Fact]
    public async Task Addresses_OfThoseWhoConnected_ReachTheOthers()
    {
        await using var central = new TestNode();
        await using var one = new TestNode();
        await using var two = new TestNode();
        await using var wallet = new TestNode(listen: false);
        await one.ConnectAsync(central.EndPoint);
        await Eventually.TrueAsync(() => central.Set.Addresses.Contains(one.EndPoint));
        await wallet.ConnectAsync(central.EndPoint);
        await two.ConnectAsync(central.EndPoint);
        await Eventually.TrueAsync(() => two.Set.Addresses.Contains(one.EndPoint));
        await Eventually.TrueAsync(() => central.Set.Addresses.Count == 2);
        Assert.True(two.Set.Addresses.Contains(central.EndPoint));
        Assert.False(two.Set.Addresses.Contains(two.EndPoint));
    }

    /// <summary>Nodes that all know each other must not pass a fresh address round and round: who knows it is not told.</summary>
    [Fact]
    public async Task Addresses_ThatAreFresh_ReachOthersOnce()
    {
        await using var node = new TestNode();
        using var one = await node.ShakenClientAsync();
        using var two = await node.ShakenClientAsync();
        foreach (var client in new[] { one, two })
        {
            await client.SendAsync(new GetAddrMessage());
            await client.ReceiveAsync<AddrMessage>();
        }

        var fresh = new AddrMessage([Address(1) with { Time = (uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds() }]);
        await one.SendAsync(fresh);
        Assert.Equal(fresh.Addresses.AsEnumerable(), (await two.ReceiveAsync<AddrMessage>()).Addresses.AsEnumerable());
        await one.SendAsync(fresh);
        await PingAsync(one);
        await two.SendAsync(fresh);
        await PingAsync(two);
        await PingAsync(one);

        static async Task PingAsync(RawClient client)
        {
            await client.SendAsync(new PingMessage(1));
            Assert.IsType<PongMessage>(await client.ReceiveAsync());
        }
    }

    [Fact]
    public async Task Addresses_AreDialedOnlyAfterATimeAlone()
    {
        var clock = new ManualTimeProvider();
        var central = new TestNode();
        await using var one = new TestNode();
        await using var two = new TestNode(clock: clock);
        await one.ConnectAsync(central.EndPoint);
        await Eventually.TrueAsync(() => central.Set.Addresses.Contains(one.EndPoint));
        await two.ConnectAsync(central.EndPoint);
        await Eventually.TrueAsync(() => two.Set.Addresses.Contains(one.EndPoint));

        for (var i = 0; i < 90; i++) clock.Advance(TimeSpan.FromSeconds(1));
        await Task.Delay(50);
        Assert.Single(two.Set.Peers);

        await central.DisposeAsync();
        await two.AfterAsync(() => two.Set.Peers.Count == 1 && two.Set.Peers[0].RemoteEndPoint.Equals(one.EndPoint));
        await Eventually.TrueAsync(() => one.Set.Peers.Count == 1);
    }

    [Fact]
    public async Task Traffic_IsReportedBothWays()
    {
        await using var one = new TestNode();
        await using var two = new TestNode(listen: false);
        await two.ConnectAsync(one.EndPoint);
        await Eventually.TrueAsync(() => one.Observer.Traffic.Any(t => t is { Sent: true, Command: "addr" }));
        await Eventually.TrueAsync(() => two.Observer.Traffic.Any(t => t is { Sent: false, Command: "addr" }));
        Assert.Equal(["version", "wtxidrelay", "verack", "getaddr"], two.Observer.Traffic.Where(t => t.Sent && !IsPing(t.Command)).Select(t => t.Command));
        Assert.Equal(["version", "wtxidrelay", "verack", "addr"], two.Observer.Traffic.Where(t => !t.Sent && !IsPing(t.Command)).Select(t => t.Command));
    }

    /// <summary>Both sides ask at once how long the way is, at no certain moment.</summary>
    private static bool IsPing(string command) => command is "ping" or "pong";

    private static TimestampedAddress Address(byte last) =>
        new(1_735_000_000, new NetworkAddress(ServiceFlags.Network, new IPAddress([5, 5, 5, last]), 3000));
}
