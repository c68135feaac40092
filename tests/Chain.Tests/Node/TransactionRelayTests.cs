using Chain.Core.Primitives;
using Chain.Network.Messages;
using Chain.Node;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>Who is told of which transaction, who is asked for it, and what happens to those that come before their parents.</summary>
public sealed class TransactionRelayTests : IDisposable
{
    private readonly OpenChain _chain = new();
    private readonly Outbox _outbox = new();
    private readonly TransactionRelay _relay;

    public TransactionRelayTests()
    {
        _relay = new TransactionRelay(_chain.Loaded.Mempool, _chain.Clock, _outbox.Send);
        _chain.Loaded.Chainstate.BlockConnected += (_, block) => _relay.OnBlockConnected(block);
    }

    public void Dispose() => _chain.Dispose();

    [Fact]
    public void AcceptedTransaction_IsNamedToAllButWhoSentIt()
    {
        Connect(1, 2, 3);
        var payment = _chain.Payment();
        Assert.Null(_relay.OnTransaction(2, payment));
        Assert.Empty(Named(2));
        Assert.Equal([payment.Id], Named(1));
        Assert.Equal([payment.Id], Named(3));
    }

    [Fact]
    public void AcceptedTransaction_OfThisNode_IsNamedToAllOnce()
    {
        Connect(1);
        var payment = _chain.Payment();
        Assert.Null(_chain.Loaded.Mempool.Accept(payment));
        Assert.Equal([payment.Id], Named(1));
        _relay.OnInventory(1, [payment.Id.Hash]);
        Assert.Empty(_outbox.TakeAll());
    }

    [Fact]
    public void AddPeer_IsToldOfThePool_ParentsFirst()
    {
        var parent = _chain.Payment();
        var child = Keys.Spend(new OutPoint(parent.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, 1_000));
        _chain.Loaded.Mempool.Accept(parent);
        _chain.Loaded.Mempool.Accept(child);
        _relay.AddPeer(1);
        Assert.Equal([parent.Id, child.Id], Named(1));
    }

    /// <summary>One of Bitcoin's nodes is told of what is not known to be elsewhere, and told again of it later.</summary>
    [Fact]
    public void AddPeer_ThatSharesNoPool_IsToldOfWhatBeganItsWayHere()
    {
        var here = _chain.Payment();
        _chain.Loaded.Mempool.Accept(here);
        _chain.Loaded.Mempool.MarkUnbroadcast(here.Id);
        var child = Keys.Spend(new OutPoint(here.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, 1_000));
        _chain.Loaded.Mempool.Accept(child);
        _relay.AddPeer(1, new RelayTerms { SharesPool = false });
        Assert.Equal([here.Id], Named(1));
        _relay.AnnounceUnbroadcast();
        Assert.Equal([here.Id], Named(1));
        _chain.Loaded.Mempool.MarkBroadcast(here.Id);
        _relay.AnnounceUnbroadcast();
        Assert.Empty(_outbox.TakeAll());
    }

    [Fact]
    public void OnInventory_OfAnUnknownOne_AsksOneOfThoseWhoNamedIt()
    {
        Connect(1, 2);
        var id = _chain.Payment().Id;
        _relay.OnInventory(1, [id.Hash]);
        _relay.OnInventory(2, [id.Hash]);
        _relay.OnInventory(1, [id.Hash]);
        Assert.Equal([id], Asked(1));
        Assert.Empty(Asked(2));
    }

    [Fact]
    public void OnInventory_OfAKnownRefusedOrWaitingOne_AsksNobody()
    {
        Connect(1);
        var known = _chain.Payment();
        var refused = _chain.Payment(fee: 1);
        var orphan = Keys.Spend(new OutPoint(new TxId(new Generate(1).Hash()), 0), Keys.Alice, Keys.PayTo(Keys.Bob, 1));
        Assert.Null(_relay.OnTransaction(1, known));
        Assert.Equal("txn-mempool-conflict", _relay.OnTransaction(1, refused)!.RejectReason);
        Assert.Null(_relay.OnTransaction(1, orphan));
        _outbox.TakeAll();
        _relay.OnInventory(1, [known.Id.Hash, refused.Id.Hash, orphan.Id.Hash]);
        Assert.Empty(_outbox.TakeAll());
    }

    [Fact]
    public void Tick_WhoDoesNotSend_IsNotWaitedFor()
    {
        Connect(1, 2, 3);
        var id = _chain.Payment().Id;
        _relay.OnInventory(1, [id.Hash]);
        _relay.OnInventory(2, [id.Hash]);
        _relay.OnInventory(3, [id.Hash]);
        _outbox.TakeAll();
        _chain.Clock.Advance(TransactionRelay.RequestTimeout);
        _relay.Tick();
        Assert.Empty(_outbox.TakeAll());
        _chain.Clock.Advance(TimeSpan.FromMilliseconds(1));
        _relay.RemovePeer(2);
        _relay.Tick();
        Assert.Equal([id], Asked(3));
        _chain.Clock.Advance(TransactionRelay.RequestTimeout + TimeSpan.FromMilliseconds(1));
        _relay.Tick();
        Assert.Empty(_outbox.TakeAll());

        // Nobody is left: who names it next is asked.
        _relay.OnInventory(1, [id.Hash]);
        Assert.Equal([id], Asked(1));
    }

    [Fact]
    public void OnNotFound_TheNextIsAskedAtOnce()
    {
        Connect(1, 2);
        var id = _chain.Payment().Id;
        _relay.OnInventory(1, [id.Hash]);
        _relay.OnInventory(2, [id.Hash]);
        _outbox.TakeAll();
        _relay.OnNotFound(2, [id.Hash]);
        Assert.Empty(_outbox.TakeAll());
        _relay.OnNotFound(1, [id.Hash]);
        Assert.Equal([id], Asked(2));
    }

    [Fact]
    public void RemovePeer_WhatItWasAskedFor_IsAskedOfAnother()
    {
        Connect(1, 2);
        var id = _chain.Payment().Id;
        _relay.OnInventory(1, [id.Hash]);
        _relay.OnInventory(2, [id.Hash]);
        _outbox.TakeAll();
        _relay.RemovePeer(1);
        Assert.Equal([id], Asked(2));
    }

    [Fact]
    public void OnTransaction_BeforeItsParent_WaitsAndAsksForIt()
    {
        Connect(1, 2);
        var parent = _chain.Payment();
        var child = Keys.Spend(new OutPoint(parent.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, 5_000));
        var grandchild = Keys.Spend(new OutPoint(child.Id, 0), Keys.Bob, Keys.PayTo(Keys.Alice, 4_000));
        Assert.Null(_relay.OnTransaction(1, grandchild));
        Assert.Null(_relay.OnTransaction(1, child));
        Assert.Equal(2, _relay.Orphans.Count);
        Assert.Equal([child.Id, parent.Id], Asked(1));
        Assert.Empty(Named(2));

        Assert.Null(_relay.OnTransaction(1, parent));
        Assert.Equal(0, _relay.Orphans.Count);
        Assert.Equal(3, _chain.Loaded.Mempool.Count);
        Assert.Equal([parent.Id, child.Id, grandchild.Id], Named(2));
    }

    [Fact]
    public void OnBlockConnected_TransactionsThatWaitedForItsOwn_AreTaken()
    {
        Connect(1, 2);
        var parent = _chain.Payment();
        var child = Keys.Spend(new OutPoint(parent.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, 5_000));
        _relay.OnTransaction(1, child);
        _chain.Grow(parent);
        Assert.NotNull(_chain.Loaded.Mempool.FindEntry(child.Id));
        Assert.Equal([child.Id], Named(2));
    }

    /// <summary>The id does not cover the witness: whoever takes it off must not keep the whole transaction from coming.</summary>
    [Fact]
    public void OnInventory_OfOneThatCameWithoutItsWitness_IsAskedForAgain()
    {
        Connect(1, 2);
        var funds = Keys.Spend(_chain.Builder["genesis"].Reward, Keys.Miner, new TxOut(1_000, StandardSpends.WitnessKeyHash(Keys.Alice)));
        _chain.Grow(funds);
        var unsigned = new Transaction(2, [new TxIn(new OutPoint(funds.Id, 0), default)], [Keys.PayTo(Keys.Bob, 1_000)], lockTime: 0);
        Assert.True(_relay.OnTransaction(1, unsigned)?.IsWitnessStripped);
        _outbox.TakeAll();
        _relay.OnInventory(2, [unsigned.Id.Hash]);
        Assert.Equal([unsigned.Id], Asked(2));
        Assert.Null(_relay.OnTransaction(2, StandardSpends.Sign(unsigned, [funds.Outputs[0]], Keys.Alice)));
    }

    [Fact]
    public void OnBlockConnected_WhatWasRefusedBefore_IsAskedForAgain()
    {
        Connect(1);
        var payment = _chain.Payment();
        var conflict = _chain.Payment(fee: 1);
        _chain.Loaded.Mempool.Accept(payment);
        Assert.NotNull(_relay.OnTransaction(1, conflict));
        _outbox.TakeAll();
        _chain.Grow();
        _relay.OnInventory(1, [conflict.Id.Hash]);
        Assert.Equal([conflict.Id], Asked(1));
    }

    /// <summary>Who names more than it ever sends must not keep the transactions of others from being asked for.</summary>
    [Fact]
    public void OnInventory_WithoutEnd_LeavesRoomForOthers()
    {
        var generate = new Generate(5);
        Connect(1, 2);
        for (var i = 0; i < 4; i++) _relay.OnInventory(1, [.. Enumerable.Range(0, 50_000).Select(_ => generate.Hash())]);
        Assert.Equal(10_000, Asked(1).Count);
        var id = _chain.Payment().Id;
        _relay.OnInventory(2, [id.Hash]);
        Assert.Equal([id], Asked(2));

        _chain.Clock.Advance(TransactionRelay.RequestTimeout + TimeSpan.FromSeconds(1));
        _relay.Tick();
        _relay.OnInventory(1, [generate.Hash()]);
        Assert.Single(Asked(1));
    }

    [Fact]
    public void OnTransaction_Invalid_SaysWhyAndIsNotPassedOn()
    {
        Connect(1, 2);
        var payment = _chain.Payment();
        var forged = Keys.With(payment, [payment.Inputs[0].WithScriptSig(new byte[] { 0x51 })]);
        Assert.NotNull(_relay.OnTransaction(1, forged));
        Assert.Empty(Named(2));
        Assert.Equal(0, _chain.Loaded.Mempool.Count);
    }

    private void Connect(params long[] peers)
    {
        foreach (var peer in peers) _relay.AddPeer(peer);
        _outbox.TakeAll();
    }

    private List<TxId> Named(long peer) => [.. _outbox.Take<InvMessage>(peer).SelectMany(m => m.Items).Select(item => new TxId(item.Hash))];

    private List<TxId> Asked(long peer) => [.. _outbox.Take<GetDataMessage>(peer).SelectMany(m => m.Items).Select(item => new TxId(item.Hash))];
}
