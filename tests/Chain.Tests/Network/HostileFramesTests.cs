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
        var attacks = Enumerable.Range(0, Attackers).Select(i => HostileFrames.ThrowAsync(node.EndPoint, new Random(seed + i), Frames / Attackers)).ToList();

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
}
