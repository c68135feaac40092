using Chain.Core.Primitives;
using Chain.Network.Messages;
using Chain.Node;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>What headers lead to: blocks that are asked for, questions for what lies between, the end of who breaks the protocol.</summary>
[Collection(AloneCollection.Name)]
public sealed class HeaderSyncTests : IDisposable
{
    private readonly OpenChain _chain = new();
    private readonly Outbox _outbox = new();
    private readonly BlockSync _sync;

    public HeaderSyncTests()
    {
        _sync = new BlockSync(_chain.Loaded.Chainstate, _chain.Loaded.Headers, _chain.Clock, _outbox.Send, _outbox.Disconnect);
        _sync.AddPeer(1, hasWitnesses: true);
        _outbox.TakeAll();
    }

    public void Dispose() => _chain.Dispose();

    [Fact]
    public void OnHeaders_ThatConnect_TheirBlocksAreAskedFor()
    {
        var news = Make("b", 3);
        _sync.OnHeaders(1, Headers(news));
        var request = Assert.Single(_outbox.Take<GetDataMessage>(1));
        Assert.Equal(news.Select(b => new InventoryItem(InventoryType.WitnessBlock, b.Hash.Hash)), request.Items);
        Assert.Empty(_outbox.TakeAll());
    }

    /// <summary>The next one is announced before the last has come.</summary>
    [Fact]
    public void OnHeaders_OnABlockThatIsOnItsWay_Connect()
    {
        var news = Make("b", 2);
        _sync.OnHeaders(1, Headers(news[..1]));
        _sync.OnHeaders(1, Headers(news[1..]));
        Assert.Equal(news.Select(b => b.Hash), _outbox.Asked(1));
        Assert.Empty(_outbox.TakeAll());
    }

    [Fact]
    public void OnHeaders_ThatConnectToNothing_AsksWhatLiesBetween()
    {
        var tip = _chain.Grow();
        var news = Make("b", 3);
        _sync.OnHeaders(1, Headers(news[2..]));
        var request = Assert.Single(_outbox.Take<GetHeadersMessage>(1));
        Assert.Equal(tip.Hash, request.Locator.Hashes[0]);
        Assert.Empty(_outbox.TakeAll());
        _sync.OnHeaders(1, Headers(news));
        Assert.Equal(news.Select(b => b.Hash), _outbox.Asked(1));
    }

    [Fact]
    public void OnHeaders_ThatConnectToNothingAgainAndAgain_EndsThePeer()
    {
        var news = Headers(Make("b", 2));
        for (var i = 0; i < BlockSync.MaxUnconnectingHeaders; i++) _sync.OnHeaders(1, news[1..]);
        Assert.Equal(BlockSync.MaxUnconnectingHeaders, _outbox.Take<GetHeadersMessage>(1).Count);
        Assert.Empty(_outbox.Disconnected);

        // Those that connect begin the count anew.
        _sync.OnHeaders(1, news[..1]);
        _sync.OnBlock(1, news[0].Hash);
        var far = Headers(Make("far", 3));
        for (var i = 0; i < BlockSync.MaxUnconnectingHeaders; i++) _sync.OnHeaders(1, far[2..]);
        Assert.Empty(_outbox.Disconnected);
        _sync.OnHeaders(1, far[2..]);
        Assert.Equal((1, "50 times it sent headers that connect to nothing"), Assert.Single(_outbox.Disconnected));
    }

    /// <summary>One of Bitcoin's nodes is asked for headers, from the block below the tip, and of a name for the headers up to it.</summary>
    [Fact]
    public void AddPeer_ByHeaders_AsksForHeadersFirst()
    {
        _chain.Grow();
        _sync.AddPeer(2, hasWitnesses: true, byHeaders: true);
        var start = Assert.Single(_outbox.Take<GetHeadersMessage>(2));
        Assert.Equal(_chain.Loaded.Chainstate.Tip.Parent!.Hash, start.Locator.Hashes[0]);
        var news = Make("b", 2);
        _sync.OnInventory(2, [news[1].Hash]);
        Assert.Equal(news[1].Hash, Assert.Single(_outbox.Take<GetHeadersMessage>(2)).StopHash);
        _sync.OnHeaders(2, Headers(news));
        Assert.Equal(news.Select(b => b.Hash), _outbox.Asked(2));
        _sync.OnInventory(2, [news[1].Hash]);
        Assert.Empty(_outbox.TakeAll());
    }

    /// <summary>Headers of a branch with too little work are kept; its blocks are fetched once it has enough.</summary>
    [Fact]
    public void OnHeaders_ByHeaders_BranchIsFetchedOnceItHasTheWork()
    {
        var below = _chain.Builder.Tip;
        _chain.Grow();
        _chain.Grow();
        _chain.Builder.SetTip(below.Name);
        var branch = Make("x", 2);
        _sync.AddPeer(2, hasWitnesses: true, byHeaders: true);
        _outbox.TakeAll();
        _sync.OnHeaders(2, Headers(branch[..1]));
        Assert.Empty(_outbox.TakeAll());
        Assert.Equal(branch[0].Hash, Assert.Single(_chain.Loaded.Headers.Tips).Header.Hash);
        _sync.OnHeaders(2, Headers(branch[1..]));
        Assert.Equal(branch.Select(b => b.Hash), _outbox.Asked(2));
    }

    [Fact]
    public void OnHeaders_ThatDoNotFollowEachOther_EndsThePeer()
    {
        var news = Headers(Make("b", 3));
        _sync.OnHeaders(1, [news[0], news[2]]);
        Assert.Equal((1, "it sent headers that do not follow each other"), Assert.Single(_outbox.Disconnected));
        Assert.Empty(_outbox.TakeAll());
    }

    [Fact]
    public void OnHeaders_WithoutProofOfWork_EndsThePeer()
    {
        var bad = _chain.Builder.NextBlock("bad", draft => draft.HasProofOfWork = false);
        _sync.OnHeaders(1, [bad.Header]);
        Assert.Equal((1, $"it sent the invalid header {bad.Hash}: high-hash"), Assert.Single(_outbox.Disconnected));
        Assert.Empty(_outbox.TakeAll());
    }

    /// <summary>Of a branch with less work nothing is fetched; with as much it is.</summary>
    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void OnHeaders_OfABranch_AreFetchedFromTheWorkOfTheTipOn(int length, bool isFetched)
    {
        for (var i = 0; i < 3; i++) _chain.Grow();
        _chain.Builder.SetTip("genesis");
        var branch = Make("side", length);
        _sync.OnHeaders(1, Headers(branch));
        Assert.Equal(isFetched ? length : 0, _outbox.Asked(1).Count);
    }

    [Fact]
    public void OnHeaders_EmptyOrOfAStranger_AreIgnored()
    {
        _sync.OnHeaders(1, []);
        _sync.OnHeaders(9, Headers(Make("b", 1)));
        Assert.Empty(_outbox.TakeAll());
        Assert.Empty(_outbox.Disconnected);
    }

    /// <summary>Headers of work without end: the names that are kept are bounded, and one window is asked for.</summary>
    [Fact]
    public void OnHeaders_WithoutEnd_KeepsABoundedNumber()
    {
        var headers = Headers(Make("b", 1_000));
        _sync.OnHeaders(1, headers);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 500; i++) _sync.OnHeaders(1, headers);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 1_000_000);
        Assert.Equal(BlockSync.Window, _outbox.Asked(1).Count);
    }

    /// <summary>Somebody spoils a block's witness: the hash says nothing against the block, and the others are asked at once.</summary>
    [Fact]
    public void OnMutated_TheOthersAreAsked()
    {
        _sync.AddPeer(2);
        _outbox.TakeAll();
        _sync.OnMutated(1);
        Assert.Empty(_outbox.Take<GetBlocksMessage>(1));
        Assert.Single(_outbox.Take<GetBlocksMessage>(2));
    }

    private List<Block> Make(string prefix, int count) => [.. _chain.Builder.NextBlocks(prefix, count).Select(b => b.Block)];

    private static List<BlockHeader> Headers(IEnumerable<Block> blocks) => [.. blocks.Select(b => b.Header)];
}
