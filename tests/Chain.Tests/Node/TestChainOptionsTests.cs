using Chain.Core.Consensus;
using Chain.Node;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>What only test chains allow: a clock that stands still, and deployments at other heights.</summary>
public sealed class TestChainOptionsTests : IDisposable
{
    private static readonly byte[] Magic = BitConverter.GetBytes(Profiles.Regtest.Magic);

    private readonly DataFolder _folder = new();
    private readonly ChainBuilder _builder = new(Profiles.Regtest);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task MockTime_IsWhatTheNodeSaysAndJudgesBy()
    {
        var now = Profiles.Regtest.Genesis.Header.Time + 1_000u;
        await using var node = await StartAsync("--mocktime", $"{now}");
        using (var peer = await RawPeer.ConnectAsync(node.Port, Magic))
        {
            var version = new WireReader(await peer.GreetAsync());
            version.Bytes(12);
            Assert.Equal(now, version.UInt64());

            // Two hours ahead are allowed, and not a second more.
            await peer.SendAsync("block", _builder.NextBlock("late", d => d.Time = now + 7_201).Block.Raw.ToArray());
            Assert.Contains("refused: time-too-new", await node.WaitForLineAsync("refused: "), StringComparison.Ordinal);
            _builder.SetTip("genesis");
            await peer.SendAsync("block", _builder.NextBlock("b1", d => d.Time = now + 7_200).Block.Raw.ToArray());
            await node.WaitForLineAsync($"block 1 {_builder.Tip.Hash}");
        }

        await node.StopAsync();
    }

    [Fact]
    public async Task Activation_HoldsForThisRunAlone()
    {
        await using (var node = await StartAsync("--activation", "bip34@3", "--activation", "dersig@3", "--activation", "cltv@3"))
        {
            using var peer = await RawPeer.ConnectAndGreetAsync(node.Port, Magic);
            for (var height = 1; height <= 2; height++)
            {
                await peer.SendAsync("block", Old($"b{height}"));
                await node.WaitForLineAsync($"block {height} {_builder.Tip.Hash}");
            }

            await peer.SendAsync("block", Old("b3"));
            Assert.Contains("refused: bad-version", await node.WaitForLineAsync("refused: "), StringComparison.Ordinal);
            await node.StopAsync();
        }

        // The blocks stay; what comes after obeys the chain's own rules again.
        await using var later = await StartAsync();
        Assert.Equal(2, await later.HeightAsync());
        using var other = await RawPeer.ConnectAndGreetAsync(later.Port, Magic);
        _builder.SetTip("b1");
        await other.SendAsync("block", Old("b2a"));
        Assert.Contains("refused: bad-version", await later.WaitForLineAsync("refused: "), StringComparison.Ordinal);
        Assert.Null(later.Log.Find("differs from the parameters"));
    }

    [Fact]
    public void NodeClock_WithMockTime_StandsStillWhileTimersGoOn()
    {
        var real = new ManualClock(1_700_000_000);
        var clock = new NodeClock(real);
        Assert.Equal(1_700_000_000, clock.GetUtcNow().ToUnixTimeSeconds());
        clock.MockTime = 1_600_000_000;
        var start = clock.GetTimestamp();
        real.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1_600_000_000, clock.GetUtcNow().ToUnixTimeSeconds());
        Assert.Equal(start, clock.GetTimestamp());
        clock.MockTime += 3;
        Assert.Equal(TimeSpan.FromSeconds(3), clock.GetElapsedTime(start));
        clock.MockTime = 0;
        Assert.Equal(1_700_003_600, clock.GetUtcNow().ToUnixTimeSeconds());
        Assert.InRange(clock.GetElapsedTime(start), TimeSpan.FromSeconds(99_999_999), TimeSpan.FromSeconds(100_000_060));
        Assert.Throws<ArgumentOutOfRangeException>(() => clock.MockTime = -1);
        Assert.Throws<ArgumentOutOfRangeException>(() => clock.MockTime = NodeClock.LatestMockTime + 1);
    }

    private Task<NodeProcess> StartAsync(params string[] more) =>
        NodeProcess.StartAsync(new NodeOptions(_folder.Root) { More = ["--profile", "regtest", .. more] });

    /// <summary>A block as before BIP34: version 1, and a coinbase that does not begin with its height.</summary>
    private byte[] Old(string name) => _builder.NextBlock(name, d =>
    {
        d.Version = 1;
        d.SetCoinbaseScript([4, .. System.Text.Encoding.ASCII.GetBytes(name.PadRight(4))]);
    }).Block.Raw.ToArray();
}
