using System.Net;
using Chain.Network;

namespace Chain.Tests.Network;

/// <summary>Bans: who is meant, until when, and that the set of peers heeds them.</summary>
public class BanListTests
{
    private readonly ManualTimeProvider _clock = new();

    private long Now => _clock.GetUtcNow().ToUnixTimeSeconds();

    [Fact]
    public void IsBanned_AddressInASubnet_UntilItEnds()
    {
        var bans = new BanList(_clock);
        bans.Add(Subnet("10.0.0.0/8"), Now + 60);
        Assert.True(bans.IsBanned(IPAddress.Parse("10.1.2.3")));
        Assert.False(bans.IsBanned(IPAddress.Parse("11.1.2.3")));
        Assert.True(bans.IsBanned(Subnet("10.0.0.0/8")));
        Assert.False(bans.IsBanned(Subnet("10.0.0.0/9")));
        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.False(bans.IsBanned(IPAddress.Parse("10.1.2.3")));
        Assert.Empty(bans.All);
    }

    [Fact]
    public void Add_ShorterThanBefore_ChangesNothing()
    {
        var (bans, changes) = (new BanList(_clock), 0);
        bans.Changed += () => changes++;
        bans.Add(Subnet("10.0.0.1"), Now + 60);
        bans.Add(Subnet("10.0.0.1"), Now + 30);
        Assert.Equal((Now + 60, 1), (Assert.Single(bans.All).Until, changes));
        bans.Add(Subnet("10.0.0.1"), Now + 90);
        Assert.Equal((Now + 90, 2), (Assert.Single(bans.All).Until, changes));
    }

    [Fact]
    public void Remove_OnlyWhatWasBannedItself()
    {
        var bans = new BanList(_clock);
        bans.Add(Subnet("10.0.0.0/8"), Now + 60);
        Assert.False(bans.Remove(Subnet("10.0.0.1")));
        Assert.True(bans.Remove(Subnet("10.0.0.0/8")));
        Assert.False(bans.Remove(Subnet("10.0.0.0/8")));
        bans.Add(Subnet("10.0.0.1"), Now + 60);
        bans.Clear();
        Assert.Empty(bans.All);
    }

    [Fact]
    public async Task Ban_PeersThere_AreDisconnectedAndRefusedBothWays()
    {
        await using var one = new TestNode();
        await using var two = new TestNode();
        var own = await one.ConnectAsync(two.EndPoint);
        using var client = await one.ShakenClientAsync();
        await Eventually.TrueAsync(() => one.Set.Peers.Count == 2);
        one.Set.Ban(Subnet("127.0.0.0/8"), DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1_000);
        await Eventually.TrueAsync(() => one.Set.Connections.Count == 0);
        Assert.Equal("it was banned", own.DisconnectReason);

        var dialed = await one.Set.ConnectOnceAsync(two.EndPoint, CancellationToken.None);
        Assert.Equal("its address is banned", dialed.Failure);
        var accepted = await two.Set.ConnectOnceAsync(one.EndPoint, CancellationToken.None);
        Assert.NotNull(accepted.Failure);

        one.Set.Bans.Clear();
        await one.ConnectAsync(two.EndPoint);
    }

    private static IPSubnet Subnet(string text) => IPSubnet.TryParse(text, out var subnet) ? subnet : throw new ArgumentException(text);
}
