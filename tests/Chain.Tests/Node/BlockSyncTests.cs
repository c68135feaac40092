using Chain.Core.Primitives;
using Chain.Network.Messages;
using Chain.Node;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>Who is asked for which blocks, when, and what happens where somebody stalls, lies or goes away.</summary>
[Collection(AloneCollection.Name)]
public sealed class BlockSyncTests : IDisposable
{
    private static readonly TimeSpan AlmostAStall = BlockSync.StallTimeout - TimeSpan.FromMilliseconds(1);

    private readonly OpenChain _chain = new();
    private readonly Outbox _outbox = new();
    private readonly BlockSync _sync;

    public BlockSyncTests() => _sync = new BlockSync(_chain.Loaded.Chainstate, _chain.Loaded.Headers, _chain.Clock, _outbox.Send, _outbox.Disconnect);

    public void Dispose() => _chain.Dispose();

    [Fact]
    public void AddPeer_AsksWhatFollowsTheTip()
    {
        var tip = _chain.Grow();
        _sync.AddPeer(1);
        var request = Assert.Single(_outbox.Take<GetBlocksMessage>(1));
        Assert.Equal([tip.Hash, _chain.Builder.Params.Genesis.Hash], request.Locator.Hashes.ToArray());
        Assert.True(request.StopHash.IsZero);
    }

    [Fact]
    public void OnInventory_OfManyBlocks_AsksForOneWindow()
    {
        var hashes = Make(40);
        Connect(1);
        _sync.OnInventory(1, hashes);
        Assert.Equal(hashes[..16], _outbox.Asked(1));
        Assert.True(_sync.IsCatchingUp);
    }

    [Fact]
    public void OnInventory_OfKnownBlocks_AsksForNothing()
    {
        var known = _chain.Grow().Hash;
        Connect(1);
        _sync.OnInventory(1, [_chain.Builder.Params.Genesis.Hash, known]);
        _sync.OnInventory(1, []);
        Assert.Empty(_outbox.TakeAll());
        Assert.False(_sync.IsCatchingUp);
    }

    [Fact]
    public void OnInventory_FromAStranger_IsIgnored()
    {
        _sync.OnInventory(9, Make(1));
        Assert.Empty(_outbox.TakeAll());
    }

    [Fact]
    public void OnBlock_HalfAWindowLater_AsksForTheNext()
    {
        var hashes = Make(40);
        Connect(1);
        _sync.OnInventory(1, hashes);
        _outbox.TakeAll();
        for (var i = 0; i < 7; i++) Deliver(1, hashes[i]);
        Assert.Empty(_outbox.TakeAll());
        Deliver(1, hashes[7]);
        Assert.Equal(hashes[16..24], _outbox.Asked(1));
    }

    [Fact]
    public void OnInventory_FullAnswer_AsksAgainOnceAllIsHere()
    {
        var hashes = Make(BlockSync.FullInventory);
        Connect(1);
        _sync.OnInventory(1, hashes);
        foreach (var hash in hashes)
        {
            Assert.Empty(_outbox.Take<GetBlocksMessage>(1));
            Deliver(1, hash);
        }

        Assert.Equal(hashes[^1], Assert.Single(_outbox.Take<GetBlocksMessage>(1)).Locator.Hashes[0]);
        Assert.False(_sync.IsCatchingUp);
    }

    [Fact]
    public void OnInventory_PartAnswer_DoesNotAskAgain()
    {
        var hashes = Make(BlockSync.FullInventory - 1);
        Connect(1);
        _sync.OnInventory(1, hashes);
        foreach (var hash in hashes) Deliver(1, hash);
        Assert.Empty(_outbox.Take<GetBlocksMessage>(1));
        Assert.Equal(BlockSync.FullInventory - 1, _chain.Height);
    }

    [Fact]
    public void OnInventory_OfAChainFromTwoPeers_OneSendsAndTheOtherWaits()
    {
        var hashes = Make(20);
        Connect(1, 2);
        _sync.OnInventory(1, hashes);
        _sync.OnInventory(2, hashes);
        Assert.Equal(16, _outbox.Asked(1).Count);
        Assert.Empty(_outbox.Asked(2));
    }

    [Fact]
    public void OnInventory_OfNews_IsAskedForWhileAnotherSendsItsChain()
    {
        var hashes = Make(20);
        var news = new Generate(1).BlockHash();
        Connect(1, 2);
        _sync.OnInventory(1, hashes);
        _sync.OnInventory(2, [news]);
        Assert.Equal([news], _outbox.Asked(2));
    }

    /// <summary>One block that a peer names and never sends must not keep the others from sending their chains.</summary>
    [Fact]
    public void OnInventory_OfAChain_IsAskedForWhileAnotherOwesNews()
    {
        var hashes = Make(40);
        Connect(1, 2);
        _sync.OnInventory(1, [new Generate(1).BlockHash()]);
        _sync.OnInventory(2, hashes);
        Assert.Equal(hashes[..16], _outbox.Asked(2));
        for (var i = 0; i < 16; i++) Deliver(2, hashes[i]);
        Assert.Equal(hashes[16..32], _outbox.Asked(2));
    }

    [Fact]
    public void Block_IsNeverAskedOfTwoAtOnce()
    {
        var hashes = Make(2);
        Connect(1, 2);
        _sync.OnInventory(1, hashes);
        _sync.OnInventory(2, hashes);
        Assert.Equal(hashes, _outbox.Asked(1));
        Assert.Empty(_outbox.Asked(2));
    }

    [Fact]
    public void Tick_PeerThatSendsNothing_IsLeftAndTheNextGoesOn()
    {
        var hashes = Make(20);
        Connect(1, 2);
        _sync.OnInventory(1, hashes);
        _sync.OnInventory(2, hashes);
        _outbox.TakeAll();
        _chain.Clock.Advance(AlmostAStall);
        _sync.Tick();
        Assert.Empty(_outbox.Disconnected);

        _chain.Clock.Advance(TimeSpan.FromMilliseconds(2));
        _sync.Tick();
        Assert.Equal((1, "it was asked for 16 blocks and sent none for 10 seconds"), Assert.Single(_outbox.Disconnected));
        Assert.Equal(hashes[..16], _outbox.Asked(2));
        foreach (var hash in hashes) Deliver(2, hash);
        Assert.Equal(20, _chain.Height);
    }

    [Fact]
    public void Tick_PeerThatSendsNowAndThen_IsKept()
    {
        var hashes = Make(5);
        Connect(1);
        _sync.OnInventory(1, hashes);
        foreach (var hash in hashes)
        {
            _chain.Clock.Advance(AlmostAStall);
            _sync.Tick();
            Deliver(1, hash);
        }

        Assert.Empty(_outbox.Disconnected);
        _chain.Clock.Advance(TimeSpan.FromHours(1));
        _sync.Tick();
        Assert.Empty(_outbox.Disconnected);
    }

    /// <summary>Who sends a block now and then, so as not to stall, does not keep the chain from those who are quicker.</summary>
    [Fact]
    public void Tick_PeerThatSendsNowAndThenWhileAnotherWaits_IsLeft()
    {
        var hashes = Make(30);
        Connect(1, 2);
        _sync.OnInventory(1, hashes);
        _sync.OnInventory(2, hashes);
        for (var sent = 0; _outbox.Disconnected.Count == 0; sent++)
        {
            Assert.InRange(sent, 0, 8);
            Deliver(1, hashes[sent]);
            _chain.Clock.Advance(AlmostAStall);
            _sync.Tick();
        }

        Assert.Equal((1, "it took more than 60 seconds for a few blocks while others wait to send them"), Assert.Single(_outbox.Disconnected));
        foreach (var hash in hashes) Deliver(2, hash);
        Assert.Equal(30, _chain.Height);
    }

    [Fact]
    public void RemovePeer_WhileItSends_AsksTheOthersForTheRest()
    {
        var hashes = Make(20);
        Connect(1, 2);
        _sync.OnInventory(1, hashes);
        for (var i = 0; i < 3; i++) Deliver(1, hashes[i]);
        _outbox.TakeAll();
        _sync.RemovePeer(1);
        Assert.Equal(hashes[2], Assert.Single(_outbox.Take<GetBlocksMessage>(2)).Locator.Hashes[0]);
        _sync.OnInventory(2, hashes[3..]);
        Assert.Equal(hashes[3..19], _outbox.Asked(2));
        _sync.RemovePeer(1);
    }

    /// <summary>Where the only one who knew what lies between is gone, the others are asked.</summary>
    [Fact]
    public void RemovePeer_WhoseBlockWaitsForItsParent_AsksTheOthers()
    {
        var hashes = Make(3);
        Connect(1, 2);
        _sync.OnInventory(1, [hashes[2]]);
        Deliver(1, hashes[2]);
        Assert.Equal(1, _sync.Orphans.Count);
        Assert.Single(_outbox.Take<GetBlocksMessage>(1));
        _outbox.TakeAll();
        _sync.RemovePeer(1);
        Assert.Single(_outbox.Take<GetBlocksMessage>(2));
    }

    [Fact]
    public void OnInventory_OfABlockThatWaitsForItsParent_AsksWhatLiesBetween()
    {
        var hashes = Make(3);
        Connect(1, 2);
        _sync.OnInventory(1, [hashes[2]]);
        Deliver(1, hashes[2]);
        _outbox.TakeAll();
        _sync.OnInventory(2, [hashes[2]]);
        Assert.Single(_outbox.Take<GetBlocksMessage>(2));
        _sync.OnInventory(2, hashes);
        Assert.Equal(hashes[..2], _outbox.Asked(2));
        Deliver(2, hashes[0]);
        Deliver(2, hashes[1]);
        Assert.Equal(3, _chain.Height);
        Assert.Equal(0, _sync.Orphans.Count);
    }

    [Fact]
    public void OnNotFound_TheRestOfItsNamesCountForNothing()
    {
        var hashes = Make(3);
        var generate = new Generate(7);
        Connect(1, 2);
        _sync.OnInventory(1, [.. Enumerable.Range(0, BlockSync.FullInventory).Select(_ => generate.BlockHash())]);
        _sync.OnInventory(2, hashes);
        var asked = _outbox.Asked(1);
        Assert.Empty(_outbox.Asked(2));
        _sync.OnNotFound(1, asked);
        Assert.Empty(_outbox.Asked(1));
        Assert.Equal(hashes, _outbox.Asked(2));
        Assert.False(_sync.IsCatchingUp);
    }

    [Fact]
    public void OnNotFound_OfWhatSomebodyElseIsAskedFor_ChangesNothing()
    {
        var hashes = Make(2);
        Connect(1, 2);
        _sync.OnInventory(1, hashes);
        _outbox.TakeAll();
        _sync.OnNotFound(2, hashes);
        Assert.Empty(_outbox.TakeAll());
        _sync.OnInventory(2, hashes);
        Assert.Empty(_outbox.Asked(2));
    }

    [Fact]
    public void OnBlock_FromAnother_FreesWhoWasAsked()
    {
        var hashes = Make(2);
        Connect(1, 2);
        _sync.OnInventory(1, hashes);
        foreach (var hash in hashes) Deliver(2, hash);
        _chain.Clock.Advance(TimeSpan.FromMinutes(1));
        _sync.Tick();
        Assert.Empty(_outbox.Disconnected);
        Assert.Equal(2, _chain.Height);
    }

    [Fact]
    public void OnInventory_WithoutEnd_KeepsABoundedNumber()
    {
        var generate = new Generate(3);
        Connect(1);
        for (var i = 0; i < 10; i++) _sync.OnInventory(1, [.. Enumerable.Range(0, 50_000).Select(_ => generate.BlockHash())]);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 20; i++) _sync.OnInventory(1, [.. Enumerable.Range(0, 50_000).Select(_ => generate.BlockHash())]);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 4_000_000);
    }

    private void Connect(params long[] peers)
    {
        foreach (var peer in peers) _sync.AddPeer(peer);
        _outbox.TakeAll();
    }

    /// <summary>Blocks on the tip that the node does not have.</summary>
    private List<BlockHash> Make(int count) => [.. _chain.Builder.NextBlocks("b", count).Select(b => b.Hash)];

    /// <summary>A peer sends a block, and the node does with it what <see cref="MessageHandler"/> does.</summary>
    private void Deliver(long peer, BlockHash hash)
    {
        var block = Enumerable.Range(1, _chain.Builder.Tip.Height).Select(i => _chain.Builder[$"b{i}"].Block).First(b => b.Hash == hash);
        SyncDriver.Deliver(_chain.Loaded.Chainstate, _sync, peer, block);
    }
}
