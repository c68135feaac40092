using System.Net.Sockets;
using Chain.Network.Messages;
using Xunit;

namespace Chain.Tests.Network;

public class HostileFramesTests
{
    /// <summary>How many frames, when more are asked for than a normal run throws.</summary>
    private static readonly int Frames =
        int.TryParse(Environment.GetEnvironmentVariable("CHAIN_FUZZ_FRAMES"), out var asked) ? asked : 4_000;

    [Fact]
    public async Task RandomAndMutatedFrames_CostOnlyTheirSenders()
    {
        const int Attackers = 4;
        var seed = Random.Shared.Next();
        await using var node = new TestNode();
        using var good = await node.ShakenClientAsync();
        var attacks = Enumerable.Range(0, Attackers).Select(i => AttackAsync(node, new Random(seed + i), Frames / Attackers)).ToList();

        var served = 0UL;
        while (attacks.Any(a => !a.IsCompleted) || served < 20)
        {
            await good.SendAsync(new PingMessage(++served));
            Assert.True((await good.ReceiveAsync<PongMessage>()).Nonce == served, $"seed {seed}");
        }

        await Task.WhenAll(attacks);
        await Eventually.TrueAsync(() => node.Set.Peers.Count == 1);
        Assert.DoesNotContain(node.Observer.Disconnects, d => d.Reason.Contains("internal error", StringComparison.Ordinal));
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) < 300_000_000, $"seed {seed}");
    }

    private static async Task AttackAsync(TestNode node, Random random, int frames)
    {
        while (frames > 0)
        {
            using var client = await RawClient.ConnectAsync(node.EndPoint);
            try
            {
                if (random.Next(4) != 0) await client.ShakeHandsAsync();
                for (; frames > 0; frames--) await client.SendBytesAsync(Hostile(random));
            }
            catch (SocketException)
            {
                frames--;
            }
            catch (Xunit.Sdk.XunitException)
            {
                frames--;
            }
        }
    }

    private static byte[] Hostile(Random random)
    {
        var command = RandomMessages.Commands[random.Next(RandomMessages.Commands.Count)];
        var message = RandomMessages.Create(command, random);
        switch (random.Next(4))
        {
            case 0:
                return RandomMessages.Bytes(random, random.Next(1, 400));
            case 1:
                var frame = MessageCodec.EncodeFrame(TestNode.Magic, message);
                frame[random.Next(frame.Length)] ^= (byte)(1 << random.Next(8));
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
