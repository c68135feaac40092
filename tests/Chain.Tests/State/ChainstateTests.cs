using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.State;
using Chain.State.Storage;
using Chain.Tests.Kit;

namespace Chain.Tests.State;

/// <summary>The one door for blocks: what becomes of each, and what is remembered of it.</summary>
public class ChainstateTests
{
    [Fact]
    public void Create_Private_GenesisRewardIsACoin()
    {
        using var node = new StateNode(TestChains.Private);
        var reward = new OutPoint(TestChains.Private.Genesis.Transactions[0].Id, 0);
        Assert.Equal(0, node.Chain.Tip.Height);
        Assert.Equal(10 * Amount.Coin, node.Chain.Coins.Find(reward)?.Output.Value);
        Assert.Equal(reward, Assert.Single(node.Chain.FindCoins(Keys.ScriptOf(Keys.Miner))).OutPoint);
    }

    [Fact]
    public void Create_Regtest_GenesisRewardIsNone()
    {
        using var node = new StateNode(TestChains.Regtest);
        var coinbase = TestChains.Regtest.Genesis.Transactions[0];
        Assert.Equal(Bitcoin.RegtestGenesisHash, node.Chain.Tip.Hash.ToString());
        Assert.Null(node.Chain.Coins.Find(new OutPoint(coinbase.Id, 0)));
        Assert.Empty(node.Chain.FindCoins(coinbase.Outputs[0].ScriptPubKey));
    }

    [Fact]
    public void Create_DatabaseHoldsAChain_Throws()
    {
        using var node = new StateNode(TestChains.Private);
        Assert.Throws<InvalidOperationException>(() => Chainstate.Create(node.Chain.Database, TestChains.Regtest, StateNode.Quick, node.Time));
        var stored = Chainstate.FindParams(node.Chain.Database);
        Assert.Equal(TestChains.Private.Genesis.Hash, GenesisFile.TryParse(stored!, out _)?.Genesis.Hash);
    }

    [Fact]
    public void FindParams_EmptyDatabase_IsNull()
    {
        using var folder = new StateFolder();
        using var database = ChainDatabase.Open(folder.Database);
        Assert.Null(Chainstate.FindParams(database));
    }

    [Fact]
    public void ProcessBlock_OnTheTip_ExtendsTheChain()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        var b1 = g.NextBlock("b1", draft => draft.Transactions.Add(g.SpendReward("genesis", Keys.Alice)));
        var result = node.Process(b1);

        Assert.Equal(BlockOutcome.Accepted, result.Outcome);
        Assert.Same(node.Chain.Tip, result.Node);
        Assert.Equal("+b1 =b1", node.TakeEvents());
        Assert.Equal(b1.Block.Raw.ToArray(), node.Chain.FindRawBlock(result.Node!));
        node.AssertCoins(g.CoinsAt(b1), [g["genesis"].Reward]);
    }

    [Fact]
    public void ProcessBlock_KnownBlock_Duplicate()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        var b1 = g.NextBlock("b1");
        node.Accept(b1);
        node.TakeEvents();
        Assert.Equal(BlockOutcome.Duplicate, node.Process(b1).Outcome);
        Assert.Equal(BlockOutcome.Duplicate, node.Process(g["genesis"]).Outcome);
        Assert.Equal("", node.TakeEvents());
    }

    [Fact]
    public void ProcessBlock_ParentUnknown_OrphanUntilItComes()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlock("b1");
        g.NextBlock("b2");
        var result = node.Process(g["b2"]);
        Assert.Equal(BlockOutcome.Orphan, result.Outcome);
        Assert.Equal(RuleError.ParentMissing, result.Violation?.Error);
        Assert.Null(node.Chain.Tree.Find(g["b2"].Hash));
        node.Accept(g["b1"], g["b2"]);
        Assert.Equal("b2", node.TipName);
    }

    /// <summary>What needs no place in the tree, or bears on the header, is judged before the block has one: nothing is remembered.</summary>
    [Theory]
    [InlineData(RuleError.HighHash)]
    [InlineData(RuleError.BadMerkleRoot)]
    [InlineData(RuleError.CoinbaseMissing)]
    [InlineData(RuleError.BadDifficultyBits)]
    [InlineData(RuleError.TimeTooOld)]
    public void ProcessBlock_InvalidAlone_LeavesNoTrace(RuleError error)
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        var broken = g.NextBlock("broken", draft => Break(draft, error));
        node.Reject(broken, error);
        Assert.Null(node.Chain.Tree.Find(broken.Hash));
        Assert.Equal(1, node.Chain.Tree.Count);
        Assert.Single(node.Chain.Database.ReadHeaders());
        Assert.Equal("", node.TakeEvents());
    }

    /// <summary>What needs the parent or the coins: the header stays as a warning, the block does not (Core: AcceptBlock, ConnectBlock).</summary>
    [Theory]
    [InlineData(RuleError.NonFinal)]
    [InlineData(RuleError.CoinbaseHeight)]
    [InlineData(RuleError.BadBlockWeight)]
    [InlineData(RuleError.InputsMissingOrSpent)]
    [InlineData(RuleError.PrematureCoinbaseSpend)]
    [InlineData(RuleError.InputsBelowOutputs)]
    [InlineData(RuleError.CoinbaseAmount)]
    [InlineData(RuleError.ScriptFailed)]
    public void ProcessBlock_InvalidOnItsParentOrAgainstTheCoins_OnlyItsHeaderIsKept(RuleError error)
    {
        var p = TestChains.Private with { CoinbaseMaturity = 2 };
        using var node = new StateNode(p);
        var g = new ChainBuilder(p);
        node.Accept(g.NextBlocks("b", 2));
        var before = g.CoinsAt(g.Tip);
        node.TakeEvents();

        var broken = g.NextBlock("broken", draft => BreakAgainstCoins(g, draft, error));
        node.Reject(broken, error);
        Assert.Equal("!broken", node.TakeEvents());
        AssertRefused(node, g);
        node.AssertCoins(before, [.. broken.Block.Transactions.Select(t => new OutPoint(t.Id, 0))]);

        node.Reopen();
        AssertRefused(node, g);

        g.SetTip("b2");
        node.Accept(g.NextBlock("b3"));
        Assert.Equal("+b3 =b3", node.TakeEvents());
    }

    /// <summary>A deployment that a later run moves says nothing against the blocks on disk: the database is not damaged.</summary>
    [Fact]
    public void GetBlock_DeploymentsMovedSinceItWasStored_IsTheBlock()
    {
        using var folder = new StateFolder();
        var g = new ChainBuilder(TestChains.Private);
        var b1 = g.NextBlock("b1", draft => draft.CommitToWitnesses());
        using (var chain = Chainstate.Create(ChainDatabase.Open(folder.Database), TestChains.Private, StateNode.Quick, TimeProvider.System))
            Assert.Equal(BlockOutcome.Accepted, chain.ProcessBlock(b1.Block).Outcome);

        using var moved = Chainstate.Open(ChainDatabase.Open(folder.Database), TestChains.Private with { SegwitHeight = 200 }, StateNode.Quick, TimeProvider.System);
        Assert.Equal(b1.Hash, moved.Tip.Hash);
        Assert.Equal(b1.Block.Raw.ToArray(), moved.GetBlock(moved.Tip).Raw.ToArray());
    }

    [Fact]
    public void ProcessBlock_TimeTooNew_TakenOnceTheClockIsThere()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        var b1 = g.NextBlock("b1");
        node.Time.SetTo(b1.Header.Time - TestChains.Private.MaxFutureBlockTime - 1L);
        node.Reject(b1, RuleError.TimeTooNew);
        Assert.Null(node.Chain.Tree.Find(b1.Hash));
        node.Time.Advance(TimeSpan.FromSeconds(1));
        node.Accept(b1);
    }

    /// <summary>CVE-2012-2459: the last transactions doubled give the same root, and so the same hash.</summary>
    [Fact]
    public void ProcessBlock_TransactionsDoubled_RightBlockIsStillTaken()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        var b1 = g.NextBlock("b1", draft =>
        {
            draft.Transactions.Add(g.SpendReward("genesis", Keys.Alice));
            draft.Transactions.Add(Keys.Spend(new OutPoint(draft.Transactions[1].Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, 5)));
        });
        var doubled = new Block(b1.Header, [.. b1.Block.Transactions, b1.Block.Transactions[2]]);
        Assert.Equal(b1.Hash, doubled.Hash);
        AssertMutated(node, doubled, RuleError.DuplicateTransaction);
        node.Accept(b1);
    }

    [Fact]
    public void ProcessBlock_TransactionsExchanged_RightBlockIsStillTaken()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        var b1 = g.NextBlock("b1");
        AssertMutated(node, new Block(b1.Header, [.. b1.Block.Transactions, g.SpendReward("genesis", Keys.Alice)]), RuleError.BadMerkleRoot);
        node.Accept(b1);
    }

    /// <summary>No id covers the witness: anyone on the way can add one.</summary>
    [Fact]
    public void ProcessBlock_WitnessAdded_RightBlockIsStillTaken()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        var b1 = g.NextBlock("b1");
        var coinbase = b1.Block.Transactions[0];
        var altered = Keys.With(coinbase, [coinbase.Inputs[0].WithWitness([new byte[32]])]);
        AssertMutated(node, new Block(b1.Header, [altered]), RuleError.UnexpectedWitness);
        node.Accept(b1);
    }

    [Fact]
    public void TestBlock_JudgesWithoutProofOfWork_AndChangesNothing()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        var good = g.NextBlock("good", draft => draft.HasProofOfWork = false);
        Assert.Null(node.Chain.TestBlock(good.Block));
        g.SetTip("genesis");
        var greedy = g.NextBlock("greedy", draft => draft.SetCoinbaseOutputs(Keys.PayTo(Keys.Miner, 10 * Amount.Coin + 1)));
        Assert.Equal(RuleError.CoinbaseAmount, node.Chain.TestBlock(greedy.Block)?.Error);
        Assert.Equal(1, node.Chain.Tree.Count);
        Assert.Equal("", node.TakeEvents());
        node.AssertCoins(g.CoinsAt(g["genesis"]), [good.Reward, greedy.Reward]);
    }

    [Fact]
    public void Reopen_AfterAStop_NothingIsLost()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        node.Accept(g.NextBlocks("b", 5));
        node.Reopen();
        Assert.Equal("b5", node.TipName);
        node.AssertCoins(g.CoinsAt(g.Tip), []);
        node.Accept(g.NextBlock("b6"));
    }

    /// <summary>Whoever listens may fail; the chain does not.</summary>
    [Fact]
    public void ProcessBlock_ListenerThrows_TheChainGoesOn()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        Action<BlockNode, Block> failing = (_, _) => throw new InvalidOperationException("a listener");
        node.Chain.BlockConnected += failing;
        Assert.Throws<InvalidOperationException>(() => node.Process(g.NextBlock("b1")));
        node.Chain.BlockConnected -= failing;
        node.Accept(g.NextBlock("b2"));
        node.AssertCoins(g.CoinsAt(g.Tip), []);
    }

    /// <summary>Whatever breaks under it, a block that was not stored must not stay in the tree.</summary>
    [Fact]
    public void ProcessBlock_MachineBreaks_BlockIsForgotten()
    {
        var g = new ChainBuilder(TestChains.Private);
        using var folder = new StateFolder();
        var chain = Chainstate.Create(ChainDatabase.Open(folder.Database), TestChains.Private, StateNode.Quick, new ManualClock(g.Now));
        chain.Database.Dispose();
        Assert.ThrowsAny<Exception>(() => chain.ProcessBlock(g.NextBlock("b1").Block));
        Assert.Null(chain.Tree.Find(g.Tip.Hash));
        Assert.Equal(chain.Tip, chain.Tree.BestCandidate);
    }

    private static void AssertRefused(StateNode node, ChainBuilder g)
    {
        var broken = g["broken"];
        var known = node.Chain.Tree.Find(broken.Hash);
        Assert.True(known!.IsFailed);
        Assert.Null(node.Chain.FindRawBlock(known));
        Assert.Equal("b2", node.TipName);
        node.Reject(broken, RuleError.KnownInvalid);

        g.SetTip("broken");
        var name = $"child{node.Chain.GetHashCode()}";
        node.Reject(g.NextBlock(name), RuleError.ParentInvalid);
        Assert.Null(node.Chain.Tree.Find(g[name].Hash));
    }

    private static void AssertMutated(StateNode node, Block mutated, RuleError error)
    {
        var result = node.Chain.ProcessBlock(mutated);
        Assert.Equal(BlockOutcome.Rejected, result.Outcome);
        Assert.Equal(error, result.Violation?.Error);
        Assert.Equal(Blame.Mutated, error.Blame());
        Assert.Null(node.Chain.Tree.Find(mutated.Hash));
    }

    private static void Break(BlockDraft draft, RuleError error)
    {
        switch (error)
        {
            case RuleError.HighHash:
                draft.HasProofOfWork = false;
                break;
            case RuleError.BadMerkleRoot:
                draft.MerkleRoot = Hash256.Zero;
                break;
            case RuleError.CoinbaseMissing:
                draft.Transactions[0] = Keys.Spend(new OutPoint(draft.Coinbase.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, 1));
                break;
            case RuleError.BadDifficultyBits:
                draft.Bits = 0x207ffffe;
                break;
            default:
                draft.Time = TestChains.GenesisTime;
                break;
        }
    }

    /// <summary>Makes the block as large as it may be without witness, and gives it one.</summary>
    private static void FillUp(BlockDraft draft, int size)
    {
        const int length = 100_000;
        const int headerAndCount = BlockHeader.Size + 1;
        draft.SetCoinbaseOutputs(new TxOut(0, new byte[length]));
        draft.CommitToWitnesses();
        draft.SetCoinbaseOutputs(new TxOut(0, new byte[length + size - headerAndCount - draft.Coinbase.StrippedRaw.Length]));
        draft.CommitToWitnesses();
    }

    private static void BreakAgainstCoins(ChainBuilder g, BlockDraft draft, RuleError error)
    {
        switch (error)
        {
            case RuleError.NonFinal:
                draft.Transactions.Add(Keys.Sign(new Transaction(2, [new TxIn(g["genesis"].Reward, default, 0)], [Keys.PayTo(Keys.Alice, 1)], lockTime: 3), Keys.Miner));
                break;
            case RuleError.CoinbaseHeight:
                draft.SetCoinbaseScript(BlockRules.CoinbaseHeightPrefix(17));
                break;
            case RuleError.BadBlockWeight:
                FillUp(draft, g.Params.MaxBlockWeight / Transaction.WitnessScaleFactor);
                break;
            case RuleError.CoinbaseAmount:
                draft.SetCoinbaseOutputs(Keys.PayTo(Keys.Miner, 10 * Amount.Coin + 1));
                break;
            case RuleError.InputsMissingOrSpent:
                draft.Transactions.Add(g.SpendReward("genesis", Keys.Alice));
                draft.Transactions.Add(g.SpendReward("genesis", Keys.Bob));
                break;
            case RuleError.PrematureCoinbaseSpend:
                draft.Transactions.Add(g.SpendReward("b2", Keys.Alice));
                break;
            case RuleError.InputsBelowOutputs:
                draft.Transactions.Add(g.SpendReward("genesis", Keys.Alice, fee: -1));
                break;
            default:
                draft.Transactions.Add(Keys.Spend(g["genesis"].Reward, Keys.Alice, Keys.PayTo(Keys.Alice, 1)));
                break;
        }
    }
}
