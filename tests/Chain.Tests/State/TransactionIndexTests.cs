using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.State;
using Chain.State.Storage;
using Chain.Tests.Kit;

namespace Chain.Tests.State;

/// <summary>The index of transactions, spends and scripts: always what the blocks of the chain say, however the chain moved.</summary>
public sealed class TransactionIndexTests : IDisposable
{
    private readonly ChainBuilder _g = new(TestChains.Private);
    private readonly StateNode _node = new(TestChains.Private);
    private readonly List<Transaction> _all = [];

    public void Dispose() => _node.Dispose();

    [Fact]
    public void TryCatchUp_Chain_EveryTransactionSpendAndScript()
    {
        var index = new TransactionIndex(_node.Chain);
        Assert.Null(index.Position);
        Assert.Equal(1, index.BlocksLeft);
        Grow("b", 6);
        Assert.False(index.TryCatchUp(mostBlocks: 3));
        Assert.Null(index.Find(_all[0].Id));
        Assert.True(index.TryCatchUp(mostBlocks: 7));
        Assert.True(index.IsSynced);
        AssertAgrees(index);
    }

    /// <summary>
    /// genesis -> b1 -> b2 -> b3 -> b4
    ///                    \-> c3 -> c4 -> c5
    /// </summary>
    [Fact]
    public void TryCatchUp_Reorganisation_WhatLeftIsForgotten()
    {
        var index = new TransactionIndex(_node.Chain);
        Grow("b", 4);
        Assert.True(index.TryCatchUp(100));
        var gone = _g.Tip.Block.Transactions[1];
        Assert.NotNull(index.Find(gone.Id));
        Branch("b2", "c", 3);
        Assert.Equal("c3", _node.TipName);

        // Until it has followed, it says nothing of blocks that left.
        Assert.False(index.IsSynced);
        Assert.Null(index.Find(gone.Id));
        Assert.Equal(3, index.BlocksLeft);
        Assert.True(index.TryCatchUp(100));
        Assert.Null(index.Find(gone.Id));
        AssertAgrees(index);
        _node.Chain.Invalidate(_node.Chain.Tip);
        Assert.Equal("b4", _node.TipName);
        Assert.True(index.TryCatchUp(100));
        Assert.NotNull(index.Find(gone.Id));
        AssertAgrees(index);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TryCatchUp_RandomForksKillsAndStarts_AgreesWithTheBlocks(int seed)
    {
        var random = new Random(seed);
        var index = new TransactionIndex(_node.Chain);
        Grow("s", 3);
        for (var round = 0; round < 25; round++)
        {
            switch (random.Next(5))
            {
                case 0:
                    _node.Reopen();
                    index = new TransactionIndex(_node.Chain);
                    break;
                case 1:
                    _node.Kill();
                    index = new TransactionIndex(_node.Chain);
                    break;
                case 2:
                    var below = Math.Min(_g.Tip.Height, random.Next(1, 4));
                    Branch(_g.Tip.Path().ElementAt(_g.Tip.Height - below).Name, $"r{round}-", below + 1);
                    break;
                default:
                    Grow($"g{round}-", random.Next(1, 4));
                    break;
            }

            if (random.Next(2) == 0) continue;
            Assert.True(index.TryCatchUp(1000));
            AssertAgrees(index);
        }

        Assert.True(index.TryCatchUp(1000));
        AssertAgrees(index);
    }

    [Fact]
    public void Take_StepOfAnotherPosition_ChangesNothing()
    {
        var index = new TransactionIndex(_node.Chain);
        Grow("b", 2);
        var first = index.FindStep()!;
        index.Take(index.FindStep()!);
        var at = index.Position;
        index.Take(first);
        Assert.Same(at, index.Position);
        AssertAgrees(index);
        Assert.Null(index.FindStep());
    }

    [Fact]
    public void Find_DamagedPages_DroppedAndMadeAnew()
    {
        var index = new TransactionIndex(_node.Chain);
        Grow("b", 3);
        Assert.True(index.TryCatchUp(100));
        _node.Chain.Flush();
        _node.Tamper("UPDATE history_pages SET body = zeroblob(length(body))");
        index = new TransactionIndex(_node.Chain);
        Assert.True(index.IsSynced);
        Assert.Null(index.Find(_all[0].Id));
        Assert.False(index.IsSynced);
        Assert.True(index.TryCatchUp(100));
        AssertAgrees(index);
    }

    /// <summary>A stored block that does not decode: what the index knew is dropped, once, and nothing throws or tries for ever.</summary>
    [Theory]
    [InlineData("UPDATE blocks SET block = substr(block, 1, 100) WHERE sequence = 2")]
    [InlineData("UPDATE blocks SET block = zeroblob(length(block)) WHERE sequence = 2")]
    [InlineData("UPDATE undo SET undo = zeroblob(1) WHERE sequence = 3")]
    public void TryCatchUp_ABlockThatDoesNotDecode_GivenUp(string damage)
    {
        var index = new TransactionIndex(_node.Chain);
        var reasons = new List<string>();
        index.GivenUp += reasons.Add;
        Grow("b", 3);
        _node.Chain.Flush();
        _node.Tamper(damage);
        index = new TransactionIndex(_node.Chain);
        index.GivenUp += reasons.Add;
        Assert.False(index.TryCatchUp(100));
        Assert.False(index.TryCatchUp(100));
        Assert.True(index.IsGivenUp);
        Assert.Single(reasons);
        Assert.Null(index.FindStep());
        Assert.Null(index.Position);
        Assert.Null(index.Find(_all[0].Id));
        Assert.Equal(_node.Chain.Tip.Height + 1, index.BlocksLeft);
    }

    [Fact]
    public void FindHistory_LongOne_GoesOnBehindAPlace()
    {
        var index = new TransactionIndex(_node.Chain);
        Grow("b", 30);
        Assert.True(index.TryCatchUp(100));
        var hash = Sha256.Hash(Keys.ScriptOf(Keys.Miner));
        var whole = index.FindHistory(hash, null, 1000);
        var pieces = new List<ScriptEvent>();
        while (index.FindHistory(hash, pieces.Count == 0 ? null : pieces[^1].Place, 7) is { Count: > 0 } piece) pieces.AddRange(piece);
        Assert.Equal(whole, pieces);
        Assert.True(whole.Count > 30);
        Assert.Equal(whole.OrderByDescending(happened => happened.Place.Height).ThenByDescending(happened => happened.Place.Offset), whole);
    }

    /// <summary>Blocks on the tip, each with a payment and one that spends its change in the same block.</summary>
    private void Grow(string prefix, int count)
    {
        for (var i = 1; i <= count; i++)
        {
            var paid = _g.Tip;
            var reward = paid.Block.Transactions[0].Outputs[0].Value;
            var payment = Keys.Spend(paid.Reward, Keys.Miner, Keys.PayTo(Keys.Alice, reward / 2), Keys.PayTo(Keys.Miner, reward / 2 - 1000));
            var second = Keys.Spend(new OutPoint(payment.Id, 1), Keys.Miner, Keys.PayTo(Keys.Bob, 1000 + i), Keys.PayTo(Keys.Alice, 2000));
            _all.AddRange([payment, second]);
            _node.Accept(_g.NextBlock($"{prefix}{i}", draft => draft.Transactions.AddRange([payment, second])));
        }
    }

    private void Branch(string from, string prefix, int count)
    {
        _g.SetTip(from);
        Grow(prefix, count);
    }

    /// <summary>What the index says of every transaction that was ever made, and of every script, is what the blocks say.</summary>
    private void AssertAgrees(TransactionIndex index)
    {
        var places = new Dictionary<TxId, TransactionPlace>();
        var spenders = new Dictionary<OutPoint, SpendingInput>();
        var histories = new Dictionary<string, List<ScriptEvent>>();
        var outputs = new Dictionary<OutPoint, TxOut>();
        for (var height = 0; height <= _node.Chain.Tip.Height; height++)
        {
            var block = _node.Chain.GetBlock(_node.Chain.Tree.FindActive(height)!);
            var raw = block.Raw.Span;
            foreach (var transaction in block.Transactions)
            {
                var place = new TransactionPlace(height, raw.IndexOf(transaction.Raw.Span));
                places[transaction.Id] = place;
                var events = new Dictionary<string, ScriptEvent>();
                for (var i = 0; i < transaction.Inputs.Length && !transaction.IsCoinbase; i++)
                {
                    var spent = transaction.Inputs[i].PreviousOutput;
                    spenders[spent] = new SpendingInput(place, i);
                    Change(outputs[spent], happened => happened with { Spent = happened.Spent + 1, SpentSum = happened.SpentSum + outputs[spent].Value });
                }

                for (var i = 0; i < transaction.Outputs.Length; i++)
                {
                    var output = outputs[new OutPoint(transaction.Id, (uint)i)] = transaction.Outputs[i];
                    Change(output, happened => happened with { Funded = happened.Funded + 1, FundedSum = happened.FundedSum + output.Value });
                }

                foreach (var (script, happened) in events)
                {
                    if (!histories.TryGetValue(script, out var history)) histories[script] = history = [];
                    history.Insert(0, happened);
                }

                void Change(TxOut output, Func<ScriptEvent, ScriptEvent> change)
                {
                    var script = Hex.Of(output.ScriptPubKey.Span);
                    events[script] = change(events.GetValueOrDefault(script, new ScriptEvent(place, 0, 0, 0, 0)));
                }
            }
        }

        foreach (var transaction in _all.Append(TestChains.Private.Genesis.Transactions[0]))
        {
            Assert.Equal(places.TryGetValue(transaction.Id, out var place) ? place : null, index.Find(transaction.Id));
            for (var i = 0u; i < transaction.Outputs.Length; i++)
            {
                var outPoint = new OutPoint(transaction.Id, i);
                Assert.Equal(spenders.TryGetValue(outPoint, out var spender) ? spender : null, index.FindSpender(outPoint));
            }
        }

        foreach (var script in (byte[][])[Keys.ScriptOf(Keys.Miner), Keys.ScriptOf(Keys.Alice), Keys.ScriptOf(Keys.Bob), Keys.ScriptOf(Keys.Of(77))])
            Assert.Equal(histories.GetValueOrDefault(Hex.Of(script)) ?? [], index.FindHistory(Sha256.Hash(script), null, 10_000));
    }
}
