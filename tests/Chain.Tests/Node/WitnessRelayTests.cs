using Chain.Core.Primitives;
using Chain.Network.Messages;
using Chain.Node;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>Transactions named by their witness hashes (BIP339), and fee filters (BIP133): what each peer is told and asked.</summary>
public sealed class WitnessRelayTests : IDisposable
{
    private const long OldPeer = 1;
    private const long NewPeer = 2;
    private const long OtherNewPeer = 3;

    private readonly OpenChain _chain = new();
    private readonly Outbox _outbox = new();
    private readonly TransactionRelay _relay;
    private readonly Transaction _spend;

    public WitnessRelayTests()
    {
        var output = WitnessCoin.Output(WitnessForm.PublicKeyHash, 10 * Amount.Coin);
        var funding = Keys.Spend(_chain.Builder["genesis"].Reward, Keys.Miner, output);
        _chain.Grow(funding);
        _spend = WitnessCoin.Spend(WitnessForm.PublicKeyHash, new OutPoint(funding.Id, 0), output, Keys.PayTo(Keys.Bob, Amount.Coin));
        _relay = new TransactionRelay(_chain.Loaded.Mempool, _chain.Clock, _outbox.Send);
        _relay.AddPeer(OldPeer, new RelayTerms { HasWitnesses = true });
        foreach (var peer in new[] { NewPeer, OtherNewPeer }) _relay.AddPeer(peer, new RelayTerms { HasWitnesses = true, ByWitnessHash = true });
    }

    private Transaction Spoilt => WitnessCoin.WithWitness(_spend, [.. _spend.Inputs[0].Witness.Select(item => item.ToArray()), [1]]);

    private Transaction Stripped => WitnessCoin.WithWitness(_spend);

    public void Dispose() => _chain.Dispose();

    [Fact]
    public void Accepted_IsNamedInEachPeersWay()
    {
        Assert.Null(_relay.OnTransaction(OtherNewPeer, _spend));
        Assert.Equal([new InventoryItem(InventoryType.Tx, _spend.Id.Hash)], Named(OldPeer));
        Assert.Equal([new InventoryItem(InventoryType.Wtx, _spend.WitnessHash)], Named(NewPeer));
        Assert.Empty(Named(OtherNewPeer));
    }

    [Fact]
    public void OnInventory_AsksInThePeersWay()
    {
        _relay.OnInventory(NewPeer, [_spend.WitnessHash]);
        Assert.Equal([new InventoryItem(InventoryType.Wtx, _spend.WitnessHash)], Asked(NewPeer));
        _relay.OnInventory(OldPeer, [_spend.Id.Hash]);
        Assert.Equal([new InventoryItem(InventoryType.WitnessTx, _spend.Id.Hash)], Asked(OldPeer));
        Assert.Null(_relay.OnTransaction(NewPeer, _spend));
        _relay.OnInventory(OtherNewPeer, [_spend.WitnessHash]);
        Assert.Empty(Asked(OtherNewPeer));
    }

    /// <summary>Who sends a spoilt witness must not keep the true transaction out, which has the same id.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Refused_ForItsWitness_TheTrueOneIsStillAskedForAndTaken(bool isStripped)
    {
        var bad = isStripped ? Stripped : Spoilt;
        Assert.Equal(_spend.Id, bad.Id);
        Assert.NotNull(_relay.OnTransaction(NewPeer, bad));
        if (!isStripped)
        {
            _relay.OnInventory(OtherNewPeer, [bad.WitnessHash]);
            Assert.Empty(Asked(OtherNewPeer));
        }

        _relay.OnInventory(OldPeer, [_spend.Id.Hash]);
        _relay.OnInventory(OtherNewPeer, [_spend.WitnessHash]);
        Assert.Single(Asked(OldPeer));
        Assert.Single(Asked(OtherNewPeer));
        Assert.Null(_relay.OnTransaction(OtherNewPeer, _spend));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Refused_ForItsWitness_WhoElseNamedTheIdIsAsked(bool isStripped)
    {
        const long Another = 4;
        _relay.AddPeer(Another, new RelayTerms { HasWitnesses = true });
        _relay.OnInventory(OldPeer, [_spend.Id.Hash]);
        _relay.OnInventory(Another, [_spend.Id.Hash]);
        Assert.Empty(Asked(Another));
        Assert.NotNull(_relay.OnTransaction(OldPeer, isStripped ? Stripped : Spoilt));
        Assert.Equal([new InventoryItem(InventoryType.WitnessTx, _spend.Id.Hash)], Asked(Another));
    }

    /// <summary>An orphan with a spoilt witness must not stand in the way of the true one either.</summary>
    [Fact]
    public void Orphan_WithASpoiltWitness_TheTrueOneWaitsBesideIt()
    {
        var form = WitnessForm.PublicKeyHash;
        var output = WitnessCoin.Output(form, Amount.Coin);
        var parent = Keys.Spend(_chain.Builder[$"grown {_chain.Height}"].Reward, Keys.Miner, output);
        var child = WitnessCoin.Spend(form, new OutPoint(parent.Id, 0), output, Keys.PayTo(Keys.Bob, 5));
        Assert.Null(_relay.OnTransaction(NewPeer, WitnessCoin.WithWitness(child, [1])));
        _relay.OnInventory(OldPeer, [child.Id.Hash]);
        Assert.Contains(new InventoryItem(InventoryType.WitnessTx, child.Id.Hash), Asked(OldPeer));
        Assert.Null(_relay.OnTransaction(OldPeer, child));
        Assert.Equal(2, _relay.Orphans.Count);
        Assert.Null(_relay.OnTransaction(OldPeer, parent));
        Assert.Equal(child.WitnessHash, _chain.Loaded.Mempool.FindEntry(child.Id)!.Transaction.WitnessHash);
    }

    /// <summary>Inputs name parents by id, whatever was agreed for the rest.</summary>
    [Fact]
    public void Orphan_OfANewPeer_ItsParentIsAskedForById()
    {
        var child = Keys.Spend(new OutPoint(_spend.Id, 0), Keys.Bob, Keys.PayTo(Keys.Alice, 1));
        Assert.Null(_relay.OnTransaction(NewPeer, child));
        Assert.Equal([new InventoryItem(InventoryType.WitnessTx, _spend.Id.Hash)], Asked(NewPeer));
        Assert.Null(_relay.OnTransaction(NewPeer, _spend));
        Assert.Equal(2, _chain.Loaded.Mempool.Count);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(7_000, true)]
    [InlineData(7_143, false)]
    [InlineData(Amount.MaxMoney, false)]
    [InlineData(Amount.MaxMoney + 1, true)]
    [InlineData(long.MinValue, true)]
    public void FeeFilter_HoldsBackWhatPaysLess(long rate, bool isNamed)
    {
        var payment = _chain.Builder.SpendReward($"grown {_chain.Height}", Keys.Alice, fee: 1_356);
        Assert.InRange(payment.VirtualSize, 190, 193);
        _relay.OnFeeFilter(NewPeer, rate);
        _relay.OnFeeFilter(99, rate);
        Assert.Null(_chain.Loaded.Mempool.Accept(payment));
        Assert.Equal(isNamed ? 1 : 0, Named(NewPeer).Count);
        Assert.Single(Named(OldPeer));
    }

    [Fact]
    public void Terms_WithoutTransactions_NothingIsNamed()
    {
        const long BlocksOnly = 4;
        _relay.AddPeer(BlocksOnly, new RelayTerms { WantsTransactions = false });
        Assert.Null(_relay.OnTransaction(NewPeer, _spend));
        Assert.Empty(Named(BlocksOnly));
    }

    private List<InventoryItem> Named(long peer) => [.. _outbox.Take<InvMessage>(peer).SelectMany(m => m.Items)];

    private List<InventoryItem> Asked(long peer) => [.. _outbox.Take<GetDataMessage>(peer).SelectMany(m => m.Items)];
}
