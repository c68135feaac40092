using Chain.Core.Primitives;
using Chain.Network.Messages;
using Chain.Node;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>Who is told of a new tip, by headers or by its name, and who is not.</summary>
public sealed class BlockAnnouncerTests : IDisposable
{
    private readonly OpenChain _chain = new();
    private readonly Outbox _outbox = new();
    private readonly BlockAnnouncer _announcer;

    public BlockAnnouncerTests() => _announcer = new BlockAnnouncer(_chain.Loaded.Chainstate.Tree, _chain.Loaded.Headers, _outbox.Send);

    public void Dispose() => _chain.Dispose();

    [Fact]
    public void Announce_ToWhoDidNotAskForHeaders_NamesTheTipOnce()
    {
        _announcer.AddPeer(1);
        _announcer.OnHas(1, _chain.Builder.Params.Genesis.Hash);
        var tip = _chain.Grow();
        Announce();
        Announce();
        Assert.Equal([tip.Hash], Named(1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Announce_ToWhoAskedForHeaders_GivesAllFromWhatItHas(bool duringTheHandshake)
    {
        _announcer.AddPeer(1, duringTheHandshake);
        if (!duringTheHandshake) _announcer.OnSendHeaders(1);
        _announcer.OnHas(1, _chain.Grow().Hash);
        var news = new[] { _chain.Grow(), _chain.Grow(), _chain.Grow() };
        Announce();
        Assert.Equal(news.Select(b => b.Hash), Headers(1));
        Assert.Empty(_outbox.TakeAll());

        // Headers that were sent are known to be there.
        var next = _chain.Grow();
        Announce();
        Assert.Equal([next.Hash], Headers(1));
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public void Announce_MoreHeadersThanEight_NamesTheTip(int blocks, bool byHeaders)
    {
        _announcer.AddPeer(1, wantsHeaders: true);
        _announcer.OnHas(1, _chain.Builder.Params.Genesis.Hash);
        for (var i = 0; i < blocks; i++) _chain.Grow();
        Announce();
        Assert.Equal(byHeaders ? blocks : 0, Headers(1).Count);
        Assert.Equal(byHeaders ? 0 : 1, Named(1).Count);
    }

    /// <summary>Of a name it is not known whether the peer fetched what it names: the next headers would connect to nothing there.</summary>
    [Fact]
    public void Announce_ToWhoseBlocksAreNotKnown_NamesTheTip()
    {
        _announcer.AddPeer(1, wantsHeaders: true);
        for (var i = 0; i < 3; i++)
        {
            var tip = _chain.Grow();
            Announce();
            Assert.Equal([tip.Hash], Named(1));
        }
    }

    [Fact]
    public void Announce_ToWhoHasTheTip_SaysNothing()
    {
        _announcer.AddPeer(1, wantsHeaders: true);
        _announcer.AddPeer(2);
        var next = _chain.Builder.NextBlock("next").Block;
        _announcer.OnHas(1, next.Hash);
        _announcer.OnHas(2, next.Hash);
        _chain.Loaded.Chainstate.ProcessBlock(next);
        Announce();
        Assert.Empty(_outbox.TakeAll());
    }

    /// <summary>
    /// <code>
    /// genesis -> a1 -> a2        the peer has a2
    ///         \-> b1 -> b2 -> b3
    /// </code>
    /// </summary>
    [Fact]
    public void Announce_AfterAReorganisation_GivesTheHeadersFromTheFork()
    {
        _announcer.AddPeer(1, wantsHeaders: true);
        _chain.Grow();
        _announcer.OnHas(1, _chain.Grow().Hash);
        _chain.Builder.SetTip("genesis");
        var branch = _chain.Builder.NextBlocks("b", 3).Select(b => b.Block).ToList();
        foreach (var block in branch) _chain.Loaded.Chainstate.ProcessBlock(block);
        Announce();
        Assert.Equal(branch.Select(b => b.Hash), Headers(1));
    }

    [Fact]
    public void Announce_ToWhoIsGone_SaysNothing()
    {
        _announcer.AddPeer(1);
        _announcer.RemovePeer(1);
        _announcer.OnHas(1, _chain.Grow().Hash);
        _announcer.OnSendHeaders(1);
        Announce();
        Assert.Empty(_outbox.TakeAll());
    }

    private void Announce() => _announcer.Announce(_chain.Loaded.Chainstate.Tip);

    private List<BlockHash> Headers(long peer) => [.. _outbox.Take<HeadersMessage>(peer).SelectMany(m => m.Headers).Select(h => h.Hash)];

    private List<BlockHash> Named(long peer) => [.. _outbox.Take<InvMessage>(peer).SelectMany(m => m.Items).Select(item => new BlockHash(item.Hash))];
}
