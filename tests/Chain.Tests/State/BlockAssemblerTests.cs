using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.State;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.State;

/// <summary>The next block: valid but for its nonce, and worth the most that a simple choice can find.</summary>
public class BlockAssemblerTests(ITestOutputHelper output)
{
    private static readonly byte[] Payee = Keys.ScriptOf(Keys.Alice);

    [Fact]
    public void Create_EmptyPool_OnlyTheSubsidy()
    {
        using var node = new PoolNode();
        var block = Create(node);
        var coinbase = Assert.Single(block.Transactions);
        Assert.Equal(10 * Amount.Coin, Assert.Single(coinbase.Outputs).Value);
        Assert.Equal(Payee, coinbase.Outputs[0].ScriptPubKey.ToArray());
        Assert.Equal(node.Chain.Tip.Hash, block.Header.PreviousBlockHash);
        Assert.Equal(BlockAssembler.BlockVersion, block.Header.Version);
        Assert.Equal(node.Chain.Now, block.Header.Time);
        AssertMineable(node, block);
    }

    [Fact]
    public void Create_Fees_GoToTheCoinbaseExactly()
    {
        using var node = new PoolNode();
        node.Accept(node.Spend(fee: 123, 1, node.Coin(0)), node.Spend(fee: 4_567, 2, node.Coin(1)), node.Spend(fee: 0, 1, node.Coin(2)));
        var block = Create(node);
        Assert.Equal(4, block.Transactions.Length);
        Assert.Equal(10 * Amount.Coin + 4_690, block.Transactions[0].Outputs[0].Value);
        AssertMineable(node, block);
        Assert.Equal(0, node.Pool.Count);
    }

    [Fact]
    public void Create_Halvings_SubsidyIsThatOfTheHeight()
    {
        using var node = new PoolNode(p: TestChains.Private with { HalvingInterval = 2 });
        Assert.Equal(5 * Amount.Coin, Create(node).Transactions[0].Outputs[0].Value);
    }

    /// <summary>The sibling pays less than the poor one while it must bring its parent along, and more once that is in.</summary>
    [Fact]
    public void Create_ChildPaysForItsParent_BothComeFirst()
    {
        using var node = new PoolNode();
        var parent = node.Spend(fee: 0, 2, node.Coin(0));
        var child = node.Spend(fee: 10_000, 1, PoolNode.Output(parent));
        var sibling = node.Spend(fee: 500, 1, PoolNode.Output(parent, 1));
        var middle = node.Spend(fee: 1_000, 1, node.Coin(1));
        var poor = node.Spend(fee: 350, 1, node.Coin(2));
        node.Accept(poor, middle, parent, sibling, child);
        var block = Create(node);
        Assert.Equal([parent, child, middle, sibling, poor], block.Transactions.Skip(1));
        AssertMineable(node, block);
    }

    [Fact]
    public void Create_EqualRates_TheFirstSeenFirst()
    {
        using var node = new PoolNode();
        var transactions = Enumerable.Range(0, 10).Select(i => node.Spend(fee: 0, 1, node.Coin(i))).ToList();
        node.Accept(transactions);
        Assert.Equal(transactions, Create(node).Transactions.Skip(1));
    }

    [Fact]
    public void Create_MoreThanTheWeightLimit_TakesTheBestAndWhatStillFits()
    {
        using var node = new PoolNode(p: TestChains.Private with { MaxBlockWeight = 20_000 });
        var large = node.Spend(fee: 90_000, 50, node.Coin(0));
        var small = Enumerable.Range(1, 20).Select(i => node.Spend(fee: 3_000 - 100 * i, 1, node.Coin(i))).ToList();
        var rich = node.Spend(fee: 500_000, 60, node.Coin(30));
        node.Accept(small.Append(large).Append(rich));
        var block = Create(node);
        Assert.InRange(block.Weight, 15_000, 20_000);
        Assert.Same(rich, block.Transactions[1]);
        Assert.DoesNotContain(large, block.Transactions);
        Assert.Equal(small.Take(block.Transactions.Length - 2), block.Transactions.Skip(2));
        AssertMineable(node, block);
    }

    [Fact]
    public void Create_NoRoomAtAll_OnlyTheCoinbase()
    {
        using var node = new PoolNode(p: TestChains.Private with { MaxBlockWeight = 4_400 }, coins: 1);
        node.Accept(node.Spend(fee: 1, 1, node.Coin(0)));
        var block = Create(node);
        Assert.Single(block.Transactions);
        AssertMineable(node, block);
    }

    [Fact]
    public void Create_MoreThanTheSigOpsLimit_StaysWithinIt()
    {
        using var node = new PoolNode(p: TestChains.Private with { MaxBlockSigOpsCost = 1_210 });
        var checks = Enumerable.Repeat((byte)0xac, 50).ToArray();
        var heavy = Enumerable.Range(0, 6).Select(i => Keys.Spend(node.Coin(i), Keys.Miner, new TxOut(100_000 - 15_000 * i, checks))).ToList();
        var light = node.Spend(fee: 0, 1, node.Coin(10));
        node.Accept(heavy.Append(light));
        var block = Create(node);
        Assert.Equal([light.Id, .. heavy.TakeLast(4).Select(t => t.Id)], block.Transactions.Skip(1).Select(t => t.Id).OrderBy(id => id != light.Id).ThenBy(id => heavy.FindIndex(t => t.Id == id)));
        AssertMineable(node, block);
    }

    /// <summary>Before BIP113 the clock decides; where it was set back, what was final is so no more.</summary>
    [Fact]
    public void Create_NoLongerFinal_IsLeftOutWithItsDescendants()
    {
        using var node = new PoolNode(p: TestChains.Private with { CsvHeight = ChainParams.Never });
        var timed = node.Spend(fee: 10_000, 1, (uint)node.Chain.Now - 1, node.Coin(0));
        var child = node.Spend(fee: 10_000, 1, PoolNode.Output(timed));
        var plain = node.Spend(fee: 1, 1, node.Coin(1));
        node.Accept(timed, child, plain);
        Assert.Equal(4, Create(node).Transactions.Length);
        node.Time.Advance(TimeSpan.FromSeconds(-100));
        var block = Create(node);
        Assert.Equal([plain], block.Transactions.Skip(1));
        AssertMineable(node, block);
    }

    [Theory]
    [InlineData(-100_000)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7_000)]
    public void Create_ClockBesideTheMedianTime_TimeIsAboveIt(int offset)
    {
        using var node = new PoolNode();
        for (var i = 0; i < 5; i++) node.Mine();
        var median = HeaderRules.MedianTimePast(node.Chain.Tip);
        node.Time.SetTo(median + offset);
        var block = Create(node);
        Assert.Equal(Math.Max(median + 1, median + offset), block.Header.Time);
        if (offset >= 0) AssertMineable(node, block);
    }

    [Fact]
    public void Create_RetargetDue_BitsAreThoseRequired()
    {
        using var node = new PoolNode(p: TestChains.Private with { Retargeting = true, RetargetInterval = 2 });
        for (var i = 0; i < 6; i++) AssertMineable(node, Create(node));
    }

    [Fact]
    public void Create_AnotherExtraNonce_AnotherCoinbase()
    {
        using var node = new PoolNode();
        var assembler = new BlockAssembler(node.Chain, node.Pool);
        var (first, second) = (assembler.Create(Payee, 1), assembler.Create(Payee, 2));
        Assert.NotEqual(first.Transactions[0].Id, second.Transactions[0].Id);
        Assert.NotEqual(first.Header.MerkleRoot, second.Header.MerkleRoot);
        Assert.Equal(first.Header.MerkleRoot, assembler.Create(Payee, 1).Header.MerkleRoot);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(128)]
    [InlineData(500_000)]
    [InlineData(int.MaxValue)]
    public void CreateCoinbase_AnyHeight_IsACoinbaseThatNamesIt(int height)
    {
        foreach (var extraNonce in (ulong[])[0, ulong.MaxValue])
        {
            var coinbase = BlockAssembler.CreateCoinbase(height, extraNonce, Amount.Zero, Payee);
            Assert.True(coinbase.IsCoinbase);
            Assert.Null(TransactionRules.Check(coinbase, TestChains.Private));
            Assert.True(coinbase.Inputs[0].ScriptSig.Span.StartsWith(BlockRules.CoinbaseHeightPrefix(height)));
        }
    }

    /// <summary>Random pools on random chains, with blocks of random size: every template is a valid block.</summary>
    [Fact]
    public void Create_RandomPools_AlwaysAValidBlock() => Property.Check(output, 8, random =>
    {
        var p = TestChains.Private with { MaxBlockWeight = random.OneOf(8_000, 12_000, 4_000_000), MaxBlockSigOpsCost = random.OneOf(430, 600, 80_000) };
        using var node = new PoolNode(p: p, coins: 40);
        for (var round = 0; round < 4; round++)
        {
            for (var i = 0; i < 25; i++) Offer(random, node);
            var block = Create(node);
            Assert.Null(node.Chain.TestBlock(block));
            if (p is { MaxBlockWeight: 4_000_000, MaxBlockSigOpsCost: 80_000 }) Assert.Equal(node.Pool.Count, block.Transactions.Length - 1);
            AssertMineable(node, block);
            Assert.Null(MempoolInvariants.Check(node.Pool, node.Chain));
        }
    });

    private static void Offer(Generate random, PoolNode node)
    {
        var coin = random.Bool() && node.Pool.Count > 0
            ? PoolNode.Output(node.Pool.InOrder().ElementAt(random.Between(0, node.Pool.Count - 1)).Transaction, random.Between(0, 1))
            : node.Coin(random.Between(0, 39));
        if (node.Pool.Find(coin) is { Output.Value: > 10_000 }) node.Accept(node.Spend(random.Between(0, 5_000), random.Between(1, 3), coin));
    }

    private static Block Create(PoolNode node) => new BlockAssembler(node.Chain, node.Pool).Create(Payee, extraNonce: 7);

    /// <summary>Judges the block as a template, then finds its nonce and hands it over.</summary>
    private static void AssertMineable(PoolNode node, Block block)
    {
        Assert.Null(node.Chain.TestBlock(block));
        var h = block.Header;
        for (var nonce = 0u; ; nonce++)
        {
            var header = new BlockHeader(h.Version, h.PreviousBlockHash, h.MerkleRoot, h.Time, h.Bits, nonce);
            if (!ProofOfWork.IsMet(header, node.Chain.Params)) continue;
            var result = node.Process(new Block(header, block.Transactions));
            Assert.True(result.Outcome == BlockOutcome.Accepted, $"{result.Violation}");
            return;
        }
    }
}
