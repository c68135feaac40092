using Chain.Network;
using Chain.Network.Messages;

namespace Chain.Tests.Network;

public class PeerTests
{
    [Fact]
    public async Task Handshake_BetweenTwoNodes_IntroducesBoth()
    {
        await using var one = new TestNode();
        await using var two = new TestNode();

        var peer = await two.ConnectAsync(one.EndPoint);
        var other = await one.SinglePeerAsync();

        Assert.Equal((false, true), (peer.IsInbound, other.IsInbound));
        Assert.Equal((MessageCodec.ProtocolVersion, "/test:1.0/", 7, ServiceFlags.Network),
            (peer.Version.ProtocolVersion, peer.Version.UserAgent, peer.Version.StartHeight, peer.Version.Services));
        Assert.Equal(one.EndPoint, peer.RemoteEndPoint);
        Assert.True(peer.HandshakeCompleted && peer.IsConnected && peer.DisconnectReason is null);
        Assert.Equal([peer], two.Observer.Handshakes);
        Assert.Empty(one.Observer.Disconnects);
        await Eventually.TrueAsync(() => peer.BytesSent == other.BytesReceived && peer.BytesReceived == other.BytesSent && peer.BytesSent > 200);
    }

    [Fact]
    public async Task Handshake_FrameWrittenByHand_IsAccepted()
    {
        await using var node = new TestNode(o => o with { Peer = o.Peer with { Magic = 0xd9b4bef9 } });
        using var client = await RawClient.ConnectAsync(node.EndPoint);
        await client.SendBytesAsync(Convert.FromHexString(
            "f9beb4d976657273696f6e000000000064000000358d493262ea0000010000000000000011b2d05000000000" +
            "010000000000000000000000000000000000ffff000000000000000000000000000000000000000000000000ffff000000000000" +
            "3b2eb35d8ce617650f2f5361746f7368693a302e372e322fc03e0300"));
        Assert.IsType<VersionMessage>(await client.ReceiveAsync(0xd9b4bef9));
        Assert.IsType<VerackMessage>(await client.ReceiveAsync(0xd9b4bef9));
        await client.SendBytesAsync(Convert.FromHexString("f9beb4d976657261636b000000000000000000005df6e0e2"));

        Assert.Equal("/Satoshi:0.7.2/", (await node.SinglePeerAsync()).Version.UserAgent);
    }

    [Fact]
    public async Task Handshake_OldestVersion_IsAcceptedAndAnOlderOneNot()
    {
        await using var node = new TestNode();
        using var old = await RawClient.ConnectAsync(node.EndPoint);
        await old.ShakeHandsAsync(TestNode.ClientVersion(Peer.MinProtocolVersion));
        await node.SinglePeerAsync();

        using var older = await RawClient.ConnectAsync(node.EndPoint);
        await older.SendAsync(TestNode.ClientVersion(Peer.MinProtocolVersion - 1));
        Assert.Equal("the peer's protocol version 31799 is older than 31800", await node.Observer.DisconnectReasonAsync());
        await older.WaitForEndAsync();
    }

    [Fact]
    public async Task Handshake_MessagesBetweenVersionAndVerack_AreFeaturesOrIgnored()
    {
        await using var node = new TestNode();
        using var client = await RawClient.ConnectAsync(node.EndPoint);
        await client.SendAsync(TestNode.ClientVersion());
        await client.SendAsync(new WtxidRelayMessage());
        await client.SendAsync(new WtxidRelayMessage());
        await client.SendAsync(new SendAddrV2Message());
        await client.SendAsync(new SendHeadersMessage());
        await client.SendAsync(new UnknownMessage("sendtxrcncl", new byte[12]));
        await client.SendAsync(new PingMessage(1));
        await client.SendAsync(new VerackMessage());
        await client.SendAsync(new VerackMessage());
        var peer = await node.SinglePeerAsync();
        Assert.True(peer.RelaysByWitnessHash && peer.WantsHeaders);
        Assert.Empty(node.Observer.Messages);
    }

    /// <summary>BIP339: wtxidrelay counts between version and verack, and only of those who speak 70016.</summary>
    [Theory]
    [InlineData(70016, true, true)]
    [InlineData(70017, true, true)]
    [InlineData(70016, false, false)]
    [InlineData(70015, true, false)]
    [InlineData(70001, false, false)]
    public async Task Handshake_WitnessHashes_AreAgreedOnByBothOrNotAtAll(int version, bool says, bool agreed)
    {
        await using var node = new TestNode();
        using var client = await RawClient.ConnectAsync(node.EndPoint);
        await client.SendAsync(TestNode.ClientVersion(version));
        if (says) await client.SendAsync(new WtxidRelayMessage());
        await client.SendAsync(new VerackMessage());
        await client.ReceiveVersionAndVerackAsync(version);
        Assert.Equal(agreed, (await node.SinglePeerAsync()).RelaysByWitnessHash);
    }

    [Fact]
    public async Task Handshake_OfTwoNodes_AgreesOnWitnessHashesBothWays()
    {
        await using var one = new TestNode();
        await using var two = new TestNode(listen: false);
        var peer = await two.ConnectAsync(one.EndPoint);
        Assert.True(peer.RelaysByWitnessHash && (await one.SinglePeerAsync()).RelaysByWitnessHash);
        Assert.Equal(["version", "wtxidrelay", "verack"], two.Observer.Traffic.Where(t => t.Sent).Select(t => t.Command).Take(3));
    }

    [Fact]
    public async Task Violation_WitnessHashesAfterVerack_Disconnects() =>
        Assert.Equal("a 'wtxidrelay' message came after the verack", await ReasonAfterAsync(shake: true, Frame(new WtxidRelayMessage())));

    [Fact]
    public async Task Violation_NewAddressesAfterVerack_Disconnects() =>
        Assert.Equal("a 'sendaddrv2' message came after the verack", await ReasonAfterAsync(shake: true, Frame(new SendAddrV2Message())));

    /// <summary>What Core lets pass ends no connection: bytes that were damaged on the way, and words out of place that change nothing.</summary>
    [Fact]
    public async Task Slips_AreLetPass()
    {
        await using var node = new TestNode();
        using var client = await RawClient.ConnectAsync(node.EndPoint);
        await client.SendAsync(new PingMessage(1));
        await client.ShakeHandsAsync();
        await client.SendAsync(TestNode.ClientVersion());
        var frame = Frame(new PingMessage(2));
        frame[20] ^= 0xff;
        await client.SendBytesAsync(frame);
        await client.SendAsync(new UnknownMessage("pong", default));
        await client.SendAsync(new UnknownMessage("tx", new byte[3]));
        await client.SendAsync(new PingMessage(3));
        Assert.Equal(3UL, (await client.ReceiveAsync<PongMessage>()).Nonce);
        Assert.True((await node.SinglePeerAsync()).IsConnected);
        Assert.Empty(node.Observer.Messages);
    }

    /// <summary>A pong that cannot be read, or says 0, ends the wait; one to another ping does not.</summary>
    [Theory]
    [InlineData(false, "0100000000000000")]
    [InlineData(true, "0000000000000000")]
    [InlineData(true, "")]
    public async Task Pong_ThatIsUseless_EndsTheWaitWithoutAMeasure(bool ends, string payload)
    {
        await using var node = new TestNode();
        using var client = await node.ShakenClientAsync();
        var peer = await node.SinglePeerAsync();
        await client.ReceiveAsync<PingMessage>();
        await client.SendAsync(new UnknownMessage("pong", Convert.FromHexString(payload)));
        await client.SendAsync(new PingMessage(3));
        await client.ReceiveAsync<PongMessage>();
        Assert.Equal(ends, peer.PingWait is null);
        Assert.Null(peer.PingTime);
    }

    /// <summary>Who talks on without answering the ping is not there for long either.</summary>
    [Fact]
    public async Task Timeout_NoPongButOtherMessages_Disconnects()
    {
        await using var node = new TestNode(o => o with { Peer = o.Peer with { PongTimeout = TimeSpan.FromMinutes(2) } }, clock: new ManualTimeProvider());
        using var client = await node.ShakenClientAsync();
        await node.SinglePeerAsync();
        await client.ReceiveAsync<PingMessage>();
        node.Clock!.Advance(TimeSpan.FromSeconds(100));
        await client.SendAsync(new PingMessage(3));
        await client.ReceiveAsync<PongMessage>();
        node.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("ping timeout", await node.Observer.DisconnectReasonAsync());
    }

    [Fact]
    public async Task Violation_UndecodablePayload_Disconnects() =>
        Assert.Contains("36 bytes", await ReasonAfterAsync(shake: true, Frame(new UnknownMessage("inv", (byte[])[5, .. new byte[36]]))), StringComparison.Ordinal);

    [Fact]
    public async Task Violation_OversizedLength_Disconnects()
    {
        var frame = Frame(new UnknownMessage("block", default));
        frame[19] = 1;
        Assert.Contains("16777216 bytes is announced", await ReasonAfterAsync(shake: true, frame), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Violation_WrongMagicAfterTheHandshake_Disconnects() =>
        Assert.Contains("belongs to another chain", await ReasonAfterAsync(shake: true, MessageCodec.EncodeFrame(1, new PingMessage(1))), StringComparison.Ordinal);

    [Fact]
    public async Task OtherChain_BothSidesSaySo()
    {
        await using var one = new TestNode(o => o with { Peer = o.Peer with { Magic = 0x01020304 } });
        await using var two = new TestNode();

        var result = await Eventually.ResultAsync(two.Set.ConnectOnceAsync(one.EndPoint, CancellationToken.None));

        Assert.Equal("the peer belongs to another chain: its magic is 04030201, ours is fabfb5da", result.Failure);
        Assert.Equal("the peer belongs to another chain: its magic is fabfb5da, ours is 04030201", await one.Observer.DisconnectReasonAsync());
        Assert.False(one.Observer.Disconnects.First().Peer.HandshakeCompleted);
        Assert.Empty(two.Observer.Disconnects);
    }

    [Fact]
    public async Task Ping_FromThePeer_IsAnswered()
    {
        await using var node = new TestNode();
        using var client = await node.ShakenClientAsync();
        await client.SendAsync(new PingMessage(null));
        await client.SendAsync(new PingMessage(0x1234));
        Assert.Equal(0x1234UL, (await client.ReceiveAsync<PongMessage>()).Nonce);
        Assert.Empty(node.Observer.Messages);
    }

    [Fact]
    public async Task Ping_ToThePeer_MeasuresTheWay()
    {
        var clock = new ManualTimeProvider();
        await using var node = new TestNode(clock: clock);
        using var client = await node.ShakenClientAsync();
        var peer = await node.SinglePeerAsync();
        await node.AfterAsync(() => node.Observer.Traffic.Any(t => t is { Sent: true, Command: "ping" }));
        var ping = await client.ReceiveAsync<PingMessage>();
        await client.SendAsync(new PongMessage(ping.Nonce!.Value + 1));
        clock.Advance(TimeSpan.FromSeconds(3));
        await client.SendAsync(new PongMessage(ping.Nonce!.Value));

        await Eventually.TrueAsync(() => peer.PingTime is not null);

        Assert.InRange(peer.PingTime!.Value, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(60));
        await node.AfterAsync(() => node.Observer.Traffic.Count(t => t is { Sent: true, Command: "ping" }) == 2);
        Assert.True(peer.IsConnected);
    }

    [Fact]
    public async Task Timeout_NoHandshake_Disconnects()
    {
        await using var node = new TestNode(clock: new ManualTimeProvider());
        using var silent = await RawClient.ConnectAsync(node.EndPoint);
        Assert.Equal("handshake timeout", await node.Observer.DisconnectReasonAsync(() => node.Clock!.Advance(TimeSpan.FromSeconds(1))));
        await silent.WaitForEndAsync();
    }

    [Fact]
    public async Task Timeout_NoPong_Disconnects()
    {
        await using var node = new TestNode(clock: new ManualTimeProvider());
        using var client = await node.ShakenClientAsync();
        await node.SinglePeerAsync();
        Assert.Equal("ping timeout", await node.Observer.DisconnectReasonAsync(() => node.Clock!.Advance(TimeSpan.FromSeconds(5))));
    }

    [Fact]
    public async Task Timeout_OldPeerThatAnswersNoPings_MayOnlyBeIdle()
    {
        await using var node = new TestNode(clock: new ManualTimeProvider());
        using var client = await RawClient.ConnectAsync(node.EndPoint);
        await client.ShakeHandsAsync(TestNode.ClientVersion(60000));
        await node.SinglePeerAsync();
        var ping = client.ReceiveAsync<PingMessage>();
        await node.AfterAsync(() => ping.IsCompleted);
        Assert.Null((await ping).Nonce);
        Assert.Equal("idle timeout", await node.Observer.DisconnectReasonAsync(() => node.Clock!.Advance(TimeSpan.FromSeconds(10))));
    }

    [Fact]
    public async Task Timeout_UnfinishedMessage_Disconnects()
    {
        await using var node = new TestNode(clock: new ManualTimeProvider());
        using var client = await node.ShakenClientAsync();
        var peer = await node.SinglePeerAsync();
        await client.SendBytesAsync(Frame(new UnknownMessage("block", new byte[1000])).AsMemory(0, 500));
        await Eventually.TrueAsync(() => peer.BytesReceived >= 600);
        Assert.Equal("message timeout: a message was begun and not finished",
            await node.Observer.DisconnectReasonAsync(() => node.Clock!.Advance(TimeSpan.FromSeconds(5))));
    }

    [Fact]
    public async Task Timeout_WhileTheOwnerWorks_IsNotThePeersFault()
    {
        var clock = new ManualTimeProvider();
        await using var node = new TestNode(clock: clock);
        var release = new TaskCompletionSource();
        node.Observer.OnMessage = async (_, _, cancellationToken) => await release.Task.WaitAsync(cancellationToken);
        using var client = await node.ShakenClientAsync();
        var peer = await node.SinglePeerAsync();
        await client.SendAsync(new UnknownMessage("slow", default));
        await Eventually.TrueAsync(() => !node.Observer.Messages.IsEmpty);

        // A ping that is still being sent would seem to be held back for an hour.
        await Eventually.TrueAsync(() => node.Observer.Traffic.Any(t => t is { Sent: true, Command: "ping" }));

        for (var i = 0; i < 3600; i++) clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(peer.IsConnected, peer.DisconnectReason);

        release.SetResult();
        var ping = await client.ReceiveAsync<PingMessage>();
        await client.SendAsync(new PongMessage(ping.Nonce!.Value));
        await Eventually.TrueAsync(() => peer.PingTime is not null);
    }

    [Fact]
    public async Task Timeout_PeerThatDoesNotRead_Disconnects()
    {
        await using var node = new TestNode(clock: new ManualTimeProvider());
        using var client = await node.ShakenClientAsync();
        var peer = await node.SinglePeerAsync();
        for (var i = 0; i < 7; i++) Assert.True(peer.TrySend(new UnknownMessage("big", new byte[4_000_000])));
        await Task.Delay(100);

        var reason = await node.Observer.DisconnectReasonAsync(() => node.Clock!.Advance(TimeSpan.FromSeconds(5)));

        Assert.Equal("send timeout: the peer does not read", reason);
        Assert.False(peer.TrySend(new PingMessage(1)));
    }

    [Fact]
    public async Task TrySend_QueueWithoutRoom_Disconnects()
    {
        await using var node = new TestNode(o => o with { Peer = o.Peer with { MaxQueuedBytes = 10_000_000 } });
        using var client = await node.ShakenClientAsync();
        var peer = await node.SinglePeerAsync();
        await client.ReceiveAsync<PingMessage>();
        var sent = 0;
        while (peer.TrySend(new UnknownMessage("big", new byte[1_000_000])) && sent < 1000) sent++;

        Assert.InRange(sent, 10, 999);
        Assert.False(peer.IsConnected);
        Assert.Equal("send queue overflow", await node.Observer.DisconnectReasonAsync());
        await client.WaitForEndAsync();
    }

    [Fact]
    public async Task TrySend_ManySmallMessages_AreBoundedToo()
    {
        await using var node = new TestNode(o => o with { Peer = o.Peer with { MaxQueuedMessages = 100 } });
        using var client = await node.ShakenClientAsync();
        var peer = await node.SinglePeerAsync();
        for (var i = 0; i < 10; i++) peer.TrySend(new UnknownMessage("big", new byte[2_000_000]));
        var sent = 0;
        while (peer.TrySend(new PingMessage(1)) && sent < 1000) sent++;
        Assert.InRange(sent, 80, 100);
        Assert.Equal("send queue overflow", await node.Observer.DisconnectReasonAsync());
    }

    [Fact]
    public async Task SendAsync_PeerThatReads_NeverOverflows()
    {
        await using var node = new TestNode(o => o with { Peer = o.Peer with { MaxQueuedBytes = 1_000_000, MaxQueuedMessages = 10 } });
        using var client = await node.ShakenClientAsync();
        var peer = await node.SinglePeerAsync();
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++) Assert.True(await peer.SendAsync(new UnknownMessage("big", new byte[100_000 + i]), CancellationToken.None));
        });

        for (var i = 0; i < 200; i++) Assert.Equal(100_000 + i, (await client.ReceiveAsync<UnknownMessage>()).Payload.Length);

        await sending;
        await Eventually.TrueAsync(() => peer.QueuedBytes == 0);
        Assert.True(peer.IsConnected);
    }

    [Fact]
    public async Task SendAsync_WhenThePeerGoes_StopsWaiting()
    {
        await using var node = new TestNode(o => o with { Peer = o.Peer with { MaxQueuedBytes = 20_000_000 } });
        using var client = await node.ShakenClientAsync();
        var peer = await node.SinglePeerAsync();
        var sending = Task.Run(async () =>
        {
            while (await peer.SendAsync(new UnknownMessage("big", new byte[2_000_000]), CancellationToken.None))
            {
            }

            return true;
        });
        await Eventually.TrueAsync(() => peer.QueuedBytes >= 8_000_000);
        Assert.False(sending.IsCompleted);

        peer.Disconnect("enough");

        Assert.True(await Eventually.ResultAsync(sending));
    }

    [Fact]
    public async Task OnMessage_SlowOwner_SlowsTheSender()
    {
        await using var node = new TestNode();
        var release = new TaskCompletionSource();
        node.Observer.OnMessage = async (_, _, cancellationToken) => await release.Task.WaitAsync(cancellationToken);
        using var client = await node.ShakenClientAsync();
        var peer = await node.SinglePeerAsync();
        const int Count = 100;
        var sending = Task.Run(async () =>
        {
            var frame = Frame(new UnknownMessage("much", new byte[1_000_000]));
            for (var i = 0; i < Count; i++) await client.SendBytesAsync(frame);
        });

        await Eventually.TrueAsync(() => !node.Observer.Messages.IsEmpty);
        await Task.Delay(200);
        Assert.Single(node.Observer.Messages);
        Assert.InRange(peer.BytesReceived, 1_000_000, 1_200_000);
        Assert.False(sending.IsCompleted);

        release.SetResult();
        await sending.WaitAsync(TimeSpan.FromSeconds(30));
        await Eventually.TrueAsync(() => node.Observer.Messages.Count == Count);
    }

    [Fact]
    public async Task OnMessage_OwnerThatThrows_CostsOnlyThePeer()
    {
        await using var node = new TestNode();
        node.Observer.OnMessage = (_, _, _) => throw new IOException("the owner's disk");
        using var client = await node.ShakenClientAsync();
        await client.SendAsync(new UnknownMessage("any", default));
        Assert.Contains("internal error: System.IO.IOException: the owner's disk", await node.Observer.DisconnectReasonAsync(), StringComparison.Ordinal);
        await client.WaitForEndAsync();
        node.Observer.OnMessage = null;
        using var next = await node.ShakenClientAsync();
    }

    [Fact]
    public async Task Disconnect_AfterSending_DeliversWhatWasQueued()
    {
        await using var node = new TestNode();
        using var client = await node.ShakenClientAsync();
        var peer = await node.SinglePeerAsync();
        // Unread bytes at the moment of closing must not turn the end into a reset.
        node.Observer.OnMessage = (_, _, _) =>
        {
            Assert.True(peer.TrySend(new UnknownMessage("last", new byte[300_000])));
            Assert.True(peer.TrySend(new RejectMessage("tx", RejectCode.Invalid, "because")));
            peer.Disconnect("had enough");
            return ValueTask.CompletedTask;
        };
        for (var i = 0; i < 50; i++) await client.SendAsync(new UnknownMessage("noise", new byte[1000]));

        Assert.Equal(300_000, (await client.ReceiveAsync<UnknownMessage>()).Payload.Length);
        Assert.Equal("because", (await client.ReceiveAsync<RejectMessage>()).Reason);
        Assert.Null(await client.ReceiveAsync());
        Assert.Equal("had enough", await node.Observer.DisconnectReasonAsync());
        Assert.Single(node.Observer.Messages);
    }

    [Fact]
    public async Task Disconnect_ManyTimesAtOnce_IsReportedOnceWithTheFirstReason()
    {
        await using var node = new TestNode();
        using var client = await node.ShakenClientAsync();
        var peer = await node.SinglePeerAsync();
        peer.Disconnect("first");
        Parallel.For(0, 50, i => peer.Disconnect($"later {i}"));
        client.Dispose();
        Assert.Equal("first", await node.Observer.DisconnectReasonAsync());
        Assert.False(node.Set.Disconnect(peer.Id, "gone"));
        await Task.Delay(50);
        Assert.Single(node.Observer.Disconnects);
    }

    [Fact]
    public async Task TrySend_BeforeTheHandshake_IsRefusedWithoutHarm()
    {
        await using var node = new TestNode();
        using var client = await RawClient.ConnectAsync(node.EndPoint);
        await client.SendAsync(TestNode.ClientVersion());
        await client.ReceiveVersionAndVerackAsync(MessageCodec.ProtocolVersion);
        Assert.Equal(0, node.Set.Broadcast(new PingMessage(1)));
        await client.SendAsync(new VerackMessage());
        await node.SinglePeerAsync();
        Assert.Equal(1, node.Set.Broadcast(new PingMessage(2)));

        // The node's own first ping comes before it.
        _ = await client.ReceiveAsync<PingMessage>();
        Assert.Equal(2UL, (await client.ReceiveAsync<PingMessage>()).Nonce);
    }

    [Fact]
    public async Task BigBlock_ToSeveralPeers_ArrivesWhole()
    {
        await using var node = new TestNode();
        var payload = RandomMessages.Bytes(new Random(3), MessageCodec.MaxPayloadLength);
        var clients = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => node.ShakenClientAsync()));
        await Eventually.TrueAsync(() => node.Set.Peers.Count == 4);
        Assert.Equal(3, node.Set.Broadcast(new UnknownMessage("big", payload), p => p.Id != node.Set.Peers[0].Id));
        var first = node.Set.Peers[0].RemoteEndPoint;
        foreach (var client in clients)
        {
            if (!client.Socket.LocalEndPoint!.Equals(first)) Assert.True((await client.ReceiveAsync<UnknownMessage>()).Payload.Span.SequenceEqual(payload));
            client.Dispose();
        }
    }

    private static byte[] Frame(Message message) => MessageCodec.EncodeFrame(TestNode.Magic, message);

    /// <summary>Why the node ends a client that sends these bytes, with which it must not stop serving others.</summary>
    private static async Task<string> ReasonAfterAsync(bool shake, byte[] bytes)
    {
        await using var node = new TestNode();
        using var client = await RawClient.ConnectAsync(node.EndPoint);
        if (shake) await client.ShakeHandsAsync();
        await client.SendBytesAsync(bytes);
        var reason = await node.Observer.DisconnectReasonAsync();
        await client.WaitForEndAsync();
        using var next = await node.ShakenClientAsync();
        return reason;
    }
}
