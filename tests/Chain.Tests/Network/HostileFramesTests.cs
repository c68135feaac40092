using System.Net.Sockets;
using Chain.Network.Messages;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Network;

[Collection(AloneCollection.Name)]
public class HostileFramesTests(ITestOutputHelper output)
{
    private const long MaxGrowth = 64_000_000;

    /// <summary>How many frames, where more are asked for than a normal run throws.</summary>
    private static readonly int Frames =
        int.TryParse(Environment.GetEnvironmentVariable("CHAIN_FUZZ_FRAMES"), out var asked) ? asked : 3_000;

    [Fact]
    public async Task RandomAndMutatedFrames_CostOnlyTheirSenders()
    {
        const int Attackers = 4;
        var seed = Property.FirstSeed(output);
        await using var node = new TestNode();
        using var good = await node.ShakenClientAsync();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var attacks = Enumerable.Range(0, Attackers).Select(i => AttackAsync(node, new Random(seed + i), Frames / Attackers)).ToList();

        var served = 0UL;
        while (attacks.Any(a => !a.IsCompleted))
        {
            await good.SendAsync(new PingMessage(++served));
            Assert.True((await good.ReceiveAsync<PongMessage>()).Nonce == served, $"seed {seed}");
            node.Observer.Messages.Clear();
            node.Observer.Traffic.Clear();
            await Task.Delay(1);
        }

        var ended = (await Task.WhenAll(attacks)).Sum();
        Assert.True(ended > Frames / 4, $"only {ended} connections were ended, seed {seed}");
        Assert.True(served > 10, $"only {served} pings were answered, seed {seed}");
        await Eventually.TrueAsync(() => node.Set.Peers.Count == 1);
        Assert.DoesNotContain(node.Observer.Disconnects, d => d.Reason.Contains("internal error", StringComparison.Ordinal));
        node.Observer.Disconnects.Clear();
        node.Observer.Handshakes.Clear();
        var growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(growth < MaxGrowth, $"memory grew by {growth}, seed {seed}");
    }

    [Fact]
    public async Task AnnouncedPayloads_TakeNoMemory()
    {
        const int Clients = 60;
        await using var node = new TestNode();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var header = new byte[FrameHeader.Size + 100];
        new FrameHeader(TestNode.Magic, "block", MessageCodec.MaxPayloadLength, 0).Write(header);
        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => node.ShakenClientAsync()));
        await Eventually.TrueAsync(() => node.Set.Peers.Count == Clients);
        foreach (var client in clients) await client.SendBytesAsync(header);
        await Eventually.TrueAsync(() => node.Set.Peers.All(p => p.BytesReceived > 200));

        var growth = GC.GetTotalMemory(forceFullCollection: true) - before;

        Assert.True(growth < 20_000_000, $"memory grew by {growth}");
        foreach (var client in clients) client.Dispose();
    }

    /// <summary>Throws frames, each time waiting until the node ended the connection or answered; gives how many it ended.</summary>
    private static async Task<int> AttackAsync(TestNode node, Random random, int frames)
    {
        var ended = 0;
        while (frames > 0)
        {
            using var client = await RawClient.ConnectAsync(node.EndPoint);
            client.Socket.LingerState = new LingerOption(true, 0);
            var shaken = random.Next(4) != 0;
            if (shaken) await client.ShakeHandsAsync();
            do frames--;
            while (await SurvivesAsync(client, Hostile(random), shaken) && frames > 0);
            ended++;
        }

        return ended;
    }

    private static async Task<bool> SurvivesAsync(RawClient client, byte[] frame, bool shaken)
    {
        try
        {
            await client.SendBytesAsync(frame);
            // Without a handshake anything is the end, or leaves the node waiting for the rest of a frame.
            if (!shaken) return false;
            await client.SendAsync(new PingMessage(77));
            while (await client.ReceiveAsync() is { } message)
            {
                if (message is PongMessage { Nonce: 77 }) return true;
            }

            return false;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static byte[] Hostile(Random random)
    {
        var command = RandomMessages.Commands[random.Next(RandomMessages.Commands.Count)];
        var message = RandomMessages.Create(command, random);
        switch (random.Next(4))
        {
            case 0:
                return RandomMessages.Bytes(random, random.Next(FrameHeader.Size, 400));
            case 1:
                var frame = MessageCodec.EncodeFrame(TestNode.Magic, message);
                // Not the length: that would leave the node waiting for bytes that never come.
                var position = random.Next(frame.Length - 4);
                frame[position < 16 ? position : position + 4] ^= (byte)(1 << random.Next(8));
                return frame;
            case 2:
                // The checksum is right, so that the decoder sees the damage.
                var payload = message.ToPayload().ToArray();
                if (payload.Length > 0) payload[random.Next(payload.Length)] = (byte)random.Next(256);
                return MessageCodec.EncodeFrame(TestNode.Magic, new UnknownMessage(command, payload));
            default:
                return MessageCodec.EncodeFrame(TestNode.Magic, message is VersionMessage ? new PingMessage(1) : message);
        }
    }
}
