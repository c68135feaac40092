using System.Globalization;
using System.Net;
using Chain.Network.Messages;
using Chain.Tests.Kit;
using Chain.Tests.Network;
using Chain.Tests.Node.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Node;

/// <summary>Random and damaged frames thrown at a running node from several connections while a good peer is served.</summary>
[Collection(AloneCollection.Name)]
public sealed class HostileNodeTests(ITestOutputHelper output) : IDisposable
{
    private const int Attackers = 4;
    private const long MostMemory = 400_000;

    /// <summary>How many frames; CHAIN_FUZZ_NODE_FRAMES asks for another number.</summary>
    private static readonly int Frames =
        int.TryParse(Environment.GetEnvironmentVariable("CHAIN_FUZZ_NODE_FRAMES"), out var asked) ? asked : 100_000;

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task HostileFrames_AtARunningNode_HarmNobodyElse()
    {
        var seed = Property.FirstSeed(output);
        var p = FreshChain.Create() with { Magic = TestNode.Magic };
        p.WriteTo(_folder.Root);
        await using var node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root));
        await node.GenerateAsync(20, p.AddressOf(Keys.Miner));
        var endPoint = new IPEndPoint(IPAddress.Loopback, node.Port);
        using var good = await RawClient.ConnectAsync(endPoint);
        await good.ShakeHandsAsync();

        var attacks = Enumerable.Range(0, Attackers).Select(i => HostileFrames.ThrowAsync(endPoint, new Random(seed + i), Frames / Attackers)).ToList();
        var tip = Core.Cryptography.Hash256.Parse(await node.TipAsync());
        long served = 0, mostMemory = 0;
        while (attacks.Any(attack => !attack.IsCompleted))
        {
            await good.SendAsync(new PingMessage((ulong)++served));
            Assert.Equal((ulong)served, (await good.ReceiveAsync<PongMessage>()).Nonce);
            await good.SendAsync(new GetDataMessage([new InventoryItem(InventoryType.Block, tip)]));
            Assert.Equal(tip, (await good.ReceiveAsync<BlockMessage>()).Block.Hash.Hash);
            mostMemory = Math.Max(mostMemory, ResidentKilobytes(node.Id));
            Assert.True(mostMemory < MostMemory, $"{mostMemory} kB resident, seed {seed}");
            await Task.Delay(20);
        }

        var ended = (await Task.WhenAll(attacks)).Sum();
        output.WriteLine($"{Frames} frames, {ended} connections ended by the node, {served} times served meanwhile, at most {mostMemory} kB resident");
        Assert.True(ended > Frames / 8, $"only {ended} connections were ended, seed {seed}");
        Assert.True(served > 20, $"only {served} times served, seed {seed}");
        Assert.False(node.HasExited);
        Assert.Equal(20, await node.HeightAsync());
        Assert.Null(node.Log.Find("could not be handled"));
        await node.StopAsync();
    }

    private static long ResidentKilobytes(int processId)
    {
        if (!OperatingSystem.IsLinux()) return 0;
        var line = File.ReadLines($"/proc/{processId}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
    }
}
