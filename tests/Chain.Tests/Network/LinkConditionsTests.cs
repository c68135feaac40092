using System.Net;
using Chain.Network;
using Chain.Network.Messages;

namespace Chain.Tests.Network;

/// <summary>Links that a person cuts and slows.</summary>
public class LinkConditionsTests
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    [Fact]
    public async Task Unreachable_EndsInboundAndOutboundConnections_AndLeavesOthers()
    {
        await using var node = new TestNode();
        await using var caller = new TestNode();
        await using var called = new TestNode();
        await using var other = new TestNode();
        await caller.ConnectAsync(node.EndPoint);
        await node.ConnectAsync(called.EndPoint);
        await other.ConnectAsync(node.EndPoint);
        await Eventually.TrueAsync(() => node.Set.Peers.Count == 3);

        await node.Set.SetUnreachableAsync([caller.EndPoint, called.EndPoint]);

        Assert.Equal(other.EndPoint, Assert.Single(node.Set.Peers).ListenEndPoint);
        await Eventually.TrueAsync(() => caller.Set.Peers.Count == 0 && called.Set.Peers.Count == 0);
        Assert.Equal(LinkConditions.UnreachableReason, (await Eventually.ResultAsync(node.Set.ConnectOnceAsync(called.EndPoint, CancellationToken.None))).Failure);
        Assert.NotNull((await Eventually.ResultAsync(caller.Set.ConnectOnceAsync(node.EndPoint, CancellationToken.None))).Failure);
        Assert.Single(node.Set.Peers);
    }

    [Fact]
    public async Task Unreachable_OneWhoDoesNotSayWhereItListens_IsNotConcerned()
    {
        await using var node = new TestNode();
        await using var client = new TestNode(listen: false);
        var peer = await client.ConnectAsync(node.EndPoint);
        await node.SinglePeerAsync();
        await node.Set.SetUnreachableAsync([peer.LocalEndPoint]);
        Assert.Null(Assert.Single(node.Set.Peers).ListenEndPoint);
    }

    /// <summary>The pause before the next attempt is an hour: only the change itself can bring the connection back.</summary>
    [Fact]
    public async Task Unreachable_TakenBack_ConfiguredPeersAreConnectedToAtOnce()
    {
        await using var node = new TestNode(o => o with { FirstReconnectDelay = Never, MaxReconnectDelay = Never });
        await using var central = new TestNode();
        node.Set.AddPersistent(central.EndPoint);
        await node.SinglePeerAsync();
        await node.Set.SetUnreachableAsync([central.EndPoint]);
        Assert.Empty(node.Set.Peers);
        await node.Set.SetUnreachableAsync([]);
        await Eventually.TrueAsync(() => node.Set.Peers.Count == 1);
    }

    [Fact]
    public async Task Delay_HoldsMessagesBackInTheirOrder_UntilItsTimeOrItsEnd()
    {
        var clock = new ManualTimeProvider();
        await using var node = new TestNode(clock: clock);
        await using var other = new TestNode();
        var peer = await node.ConnectAsync(other.EndPoint);
        var back = await other.SinglePeerAsync();

        node.Set.Links.SetDelay(TimeSpan.FromMilliseconds(200), [other.EndPoint]);
        Assert.True(peer.TrySend(new FeeFilterMessage(1)));
        clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.True(peer.TrySend(new FeeFilterMessage(2)));
        await RoundTripAsync(node, back, 1);
        clock.Advance(TimeSpan.FromMilliseconds(99));
        await RoundTripAsync(node, back, 2);
        Assert.Empty(FeesOf(other));

        // Each waits from when it was sent: the second does not wait for the first one's time again.
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await Eventually.TrueAsync(() => FeesOf(other).SequenceEqual([1]));
        clock.Advance(TimeSpan.FromMilliseconds(100));
        await Eventually.TrueAsync(() => FeesOf(other).SequenceEqual([1, 2]));

        Assert.True(peer.TrySend(new FeeFilterMessage(3)));
        Assert.True(peer.TrySend(new FeeFilterMessage(4)));
        await RoundTripAsync(node, back, 3);
        Assert.Equal(2, FeesOf(other).Count);
        node.Set.Links.SetDelay(TimeSpan.Zero, []);
        await Eventually.TrueAsync(() => FeesOf(other).SequenceEqual([1, 2, 3, 4]));
    }

    [Fact]
    public void Delay_ToSomeAndToAll_TheLongerCounts()
    {
        var (one, two) = (new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2));
        var links = new LinkConditions(TimeProvider.System);
        links.SetDelay(TimeSpan.FromMilliseconds(5), [one]);
        links.SetDelay(TimeSpan.FromMilliseconds(3), []);
        Assert.Equal((5, 3, 3), (links.DelayTo(one).Milliseconds, links.DelayTo(two).Milliseconds, links.DelayTo(null).Milliseconds));
        links.SetDelay(TimeSpan.Zero, [one]);
        Assert.Equal(3, links.DelayTo(one).Milliseconds);
        Assert.Throws<ArgumentOutOfRangeException>(() => links.SetDelay(LinkConditions.LongestDelay + TimeSpan.FromTicks(1), []));
    }

    /// <summary>The other way is not held back: when this has come, what was sent before could have.</summary>
    private static async Task RoundTripAsync(TestNode node, Peer back, long fee)
    {
        Assert.True(back.TrySend(new FeeFilterMessage(fee)));
        await Eventually.TrueAsync(() => FeesOf(node).Contains(fee));
    }

    private static List<long> FeesOf(TestNode node) => [.. node.Observer.Messages.Select(pair => pair.Message).OfType<FeeFilterMessage>().Select(message => message.FeeRate)];
}
