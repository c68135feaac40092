using Chain.Core.Coins;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Consensus;

public class BlockRulesTests
{
    private readonly ITestOutputHelper _output;

    public BlockRulesTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void Judge_PlainBlocksAndForks_AreValid()
    {
        // genesis -> b1 -> b2 -> b3 -> b4
        //              \-> b2a -> b3a
        var g = new ChainBuilder(TestChains.Private);
        AssertValid(g, g.NextBlock("b1"));
        AssertValid(g, g.NextBlock("b2", d => d.Transactions.Add(g.SpendReward("b1", Keys.Alice))));
        AssertValid(g, g.NextBlock("b3"));
        AssertValid(g, g.NextBlock("b4"));
        g.SetTip("b1");
        AssertValid(g, g.NextBlock("b2a", d => d.Transactions.Add(g.SpendReward("b1", Keys.Bob))));
        AssertValid(g, g.NextBlock("b3a", d => d.Transactions.Add(g.SpendReward("b2a", Keys.Bob))));
        Assert.NotEqual(g["b2"].Hash, g["b2a"].Hash);
        Assert.Equal(3, g["b3a"].Height);

        // What a block of one branch spends is unspent on the other.
        Assert.Null(g.CoinsAt(g["b4"]).Find(g["b1"].Reward));
        Assert.NotNull(g.CoinsAt(g["b1"]).Find(g["b1"].Reward));
        Assert.Null(g.CoinsAt(g["b4"]).Find(g["b2a"].Reward));
    }

    [Fact]
    public void Check_BlocksOfBitcoin_AreValid()
    {
        var p = TestChains.Regtest with { PowLimit = Target.FromCompact(0x1d00ffff) };
        Assert.Null(BlockRules.Check(Bitcoin.DecodeBlock(Bitcoin.MainGenesisHex), p));
        Assert.Null(BlockRules.Check(Bitcoin.DecodeBlock(Bitcoin.Block170Hex), p));
    }

    [Fact]
    public void Connect_Block170_OnTheCoinbaseOfBlock9_IsValid()
    {
        var coinbase = Bitcoin.DecodeTransaction(Bitcoin.Block9CoinbaseHex);
        var coins = new MemoryCoins().Add(new OutPoint(coinbase.Id, 0), new Coin(coinbase.Outputs[0], height: 9, isCoinbase: true));
        var block = Bitcoin.DecodeBlock(Bitcoin.Block170Hex);
        var p = TestChains.Regtest with { Bip34Height = 227_931, HalvingInterval = 210_000 };
        Assert.Null(BlockRules.Connect(block, new LoneNode(block.Header, 170), coins, p, verifier: null, out var diff));
        Assert.Equal([new OutPoint(coinbase.Id, 0)], diff.Spent.Keys);
        Assert.Equal([50L, 10L, 40L], diff.Created.Values.Select(c => c.Output.Value / Amount.Coin));
        Assert.Equal(RuleError.PrematureCoinbaseSpend, BlockRules.Connect(block, new LoneNode(block.Header, 108), coins, p, verifier: null, out _)?.Error);
    }

    [Fact]
    public void Connect_GenesisCoinbase_IsACoinInAPrivateChainOnly()
    {
        var spendable = new ChainBuilder(TestChains.Private);
        Assert.NotNull(spendable.CoinsAt(spendable.Tip).Find(spendable.Tip.Reward));
        AssertValid(spendable, spendable.NextBlock("b1", d => d.Transactions.Add(spendable.SpendReward("genesis", Keys.Alice))));

        var unspendable = new ChainBuilder(TestChains.Private with { GenesisSpendable = false });
        AssertBreaks(RuleError.InputsMissingOrSpent, unspendable,
            unspendable.NextBlock("b1", d => d.Transactions.Add(unspendable.SpendReward("genesis", Keys.Alice))));
    }

    [Fact]
    public void Connect_CoinbaseOnRegtest_IsSpentAHundredBlocksLaterAtTheEarliest()
    {
        var g = new ChainBuilder(TestChains.Regtest);
        g.NextBlocks("b", 99);
        AssertBreaks(RuleError.PrematureCoinbaseSpend, g, g.NextBlock("early", d => d.Transactions.Add(g.SpendReward("b1", Keys.Alice))));
        g.SetTip("b99");
        g.NextBlock("b100");
        AssertValid(g, g.NextBlock("due", d => d.Transactions.Add(g.SpendReward("b1", Keys.Alice))));
    }

    [Fact]
    public void Connect_CoinbaseInItsOwnBlock_IsNeverSpent()
    {
        var g = new ChainBuilder(TestChains.Private);
        AssertBreaks(RuleError.PrematureCoinbaseSpend, g, g.NextBlock("b1", d =>
            d.Transactions.Add(Keys.Spend(new OutPoint(d.Coinbase.Id, 0), Keys.Miner, Keys.PayTo(Keys.Alice, 1)))));
    }

    [Fact]
    public void Connect_PaymentsOnPaymentsInOneBlock_AreValidInTheirOrderOnly()
    {
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlock("b1");
        var first = g.SpendReward("b1", Keys.Alice);
        var second = Keys.Spend(new OutPoint(first.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, 10 * Amount.Coin));
        AssertValid(g, g.NextBlock("ordered", d => d.Transactions.AddRange([first, second])));
        g.SetTip("b1");
        AssertBreaks(RuleError.InputsMissingOrSpent, g, g.NextBlock("reversed", d => d.Transactions.AddRange([second, first])));
    }

    [Fact]
    public void Connect_OneCoinSpentTwiceInABlock_IsRefused()
    {
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlock("b1");
        AssertBreaks(RuleError.InputsMissingOrSpent, g, g.NextBlock("b2", d =>
            d.Transactions.AddRange([g.SpendReward("b1", Keys.Alice), g.SpendReward("b1", Keys.Bob)])));

        // The same with a coin that the block itself makes.
        g.SetTip("b1");
        var made = g.SpendReward("b1", Keys.Alice);
        AssertBreaks(RuleError.InputsMissingOrSpent, g, g.NextBlock("b2a", d => d.Transactions.AddRange([
            made,
            Keys.Spend(new OutPoint(made.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, 1)),
            Keys.Spend(new OutPoint(made.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, 2)),
        ])));
    }

    [Fact]
    public void Connect_UnspendableOutput_IsNoCoin()
    {
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlock("b1");
        var carrier = Keys.Spend(g["b1"].Reward, Keys.Miner, new TxOut(0, StandardScripts.DataCarrier([1, 2, 3])));
        AssertValid(g, g.NextBlock("b2", d => d.Transactions.Add(carrier)));
        Assert.Null(g.CoinsAt(g.Tip).Find(new OutPoint(carrier.Id, 0)));
        AssertBreaks(RuleError.InputsMissingOrSpent, g, g.NextBlock("b3", d =>
            d.Transactions.Add(Keys.Spend(new OutPoint(carrier.Id, 0), Keys.Miner, Keys.PayTo(Keys.Bob, 0)))));
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Connect_Coinbase_PaysAtMostSubsidyAndFees(long more, bool valid)
    {
        const long Fee = 12_345;
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlock("b1");
        var block = g.NextBlock("b2", d =>
        {
            d.Transactions.Add(g.SpendReward("b1", Keys.Alice, Fee));
            d.SetCoinbaseOutputs(Keys.PayTo(Keys.Bob, 4 * Amount.Coin), Keys.PayTo(Keys.Miner, 6 * Amount.Coin + Fee + more));
        });
        if (valid) AssertValid(g, block);
        else AssertBreaks(RuleError.CoinbaseAmount, g, block);
    }

    [Fact]
    public void Check_ABlockWithItsTailRepeated_IsMutatedAndNotGuilty()
    {
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlocks("b", 3);
        var block = g.NextBlock("b4", d => d.Transactions.AddRange([g.SpendReward("b1", Keys.Alice), g.SpendReward("b2", Keys.Alice)])).Block;
        var repeated = new Block(block.Header, block.Transactions.Add(block.Transactions[2]));
        Assert.Equal(block.Hash, repeated.Hash);
        Assert.Equal(RuleError.DuplicateTransaction, BlockRules.Check(repeated, g.Params)?.Error);
        Assert.Equal(Blame.Mutated, RuleError.DuplicateTransaction.Blame());
        AssertValid(g, g.Tip);
    }

    [Theory]
    [InlineData(1, "51")]
    [InlineData(16, "60")]
    [InlineData(17, "0111")]
    [InlineData(127, "017f")]
    [InlineData(128, "028000")]
    [InlineData(255, "02ff00")]
    [InlineData(256, "020001")]
    [InlineData(32767, "02ff7f")]
    [InlineData(32768, "03008000")]
    [InlineData(227_931, "035b7a03")]
    [InlineData(8_388_608, "0400008000")]
    public void CoinbaseHeightPrefix_IsTheShortestPushOfTheHeight(int height, string expected) =>
        Assert.Equal(expected, Hex.Of(BlockRules.CoinbaseHeightPrefix(height)));

    [Theory]
    [InlineData("51" + "00", null)]
    [InlineData("51" + "51", null)]
    [InlineData("52" + "00", RuleError.CoinbaseHeight)]
    [InlineData("0101", RuleError.CoinbaseHeight)]
    [InlineData("020100", RuleError.CoinbaseHeight)]
    [InlineData("00" + "51", RuleError.CoinbaseHeight)]
    public void Accept_CoinbaseScript_BeginsWithTheHeightInItsOneForm(string script, RuleError? expected)
    {
        var g = new ChainBuilder(TestChains.Private);
        Assert.Equal(expected, g.Judge(g.NextBlock("b1", d => d.SetCoinbaseScript(Hex.Bytes(script))))?.Error);
        var late = new ChainBuilder(TestChains.Private with { Bip34Height = 2 });
        Assert.Null(late.Judge(late.NextBlock("b1", d => d.SetCoinbaseScript(Hex.Bytes(script)))));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(13, true)]
    [InlineData(14, false)]
    [InlineData(ChainParams.Never, false)]
    public void Accept_LockTimes_AreMeasuredByMedianTimeSinceBip113(int csvHeight, bool byMedian)
    {
        var g = new ChainBuilder(TestChains.Private with { CsvHeight = csvHeight });
        g.NextBlocks("b", 12);
        var median = HeaderRules.MedianTimePast(g.Tip);
        var time = g.Tip.Header.Time + (uint)g.Params.TargetSpacing;
        Assert.Equal(byMedian ? median : time, BlockRules.LockTimeCutoff(g.Tip, time, g.Params));

        var cutoff = byMedian ? median : time;
        AssertValid(g, g.NextBlock("last", d => d.Transactions.Add(Locked(g, cutoff - 1))));
        g.SetTip("b12");
        AssertBreaks(RuleError.NonFinal, g, g.NextBlock("early", d => d.Transactions.Add(Locked(g, cutoff))));
    }

    [Fact]
    public void Accept_LockTimeThatIsAHeight_LiesBelowTheBlocksOwn()
    {
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlocks("b", 2);
        AssertValid(g, g.NextBlock("b3", d => d.Transactions.Add(Locked(g, 2))));
        g.SetTip("b2");
        AssertBreaks(RuleError.NonFinal, g, g.NextBlock("b3a", d => d.Transactions.Add(Locked(g, 3))));
    }

    [Fact]
    public void Check_SizeAtTheLimit_IsValidAndOneByteMoreIsNot()
    {
        var p = TestChains.Private with { MaxBlockWeight = 4_000 };
        foreach (var (size, expected) in new[] { (1_000, (RuleError?)null), (1_001, RuleError.BadBlockLength) })
        {
            var g = new ChainBuilder(p);
            g.NextBlocks("b", 2);
            var block = g.NextBlock("b3", d =>
            {
                // Two transactions, so that neither is too large by itself.
                d.Transactions.Add(Keys.Spend(g["b1"].Reward, Keys.Miner, new TxOut(0, new byte[200])));
                var left = size - d.Build(p).Size;
                d.SetCoinbaseOutputs(new TxOut(0, new byte[Keys.ScriptOf(Keys.Miner).Length + left - 2]));
            });
            Assert.Equal(size, block.Block.Size);
            Assert.Equal(expected, g.Judge(block)?.Error);
        }
    }

    [Fact]
    public void Check_SigOpsAtTheLimit_AreValidAndOneMoreIsNot()
    {
        var limit = TestChains.Regtest.MaxBlockSigOpsCost / Transaction.WitnessScaleFactor;
        foreach (var (count, expected) in new[] { (limit, (RuleError?)null), (limit + 1, RuleError.TooManySigOps) })
        {
            var g = new ChainBuilder(TestChains.Private);
            var block = g.NextBlock("b1", d => d.SetCoinbaseOutputs(new TxOut(0, Enumerable.Repeat((byte)Opcode.CheckSig, count).ToArray())));
            Assert.Equal(expected, g.Judge(block)?.Error);
        }
    }

    // BIP30: without BIP34 two coinbases can be the same transaction.
    [Fact]
    public void Connect_TheIdOfATransactionWithUnspentOutputs_ComesNotTwice()
    {
        var p = TestChains.Private with { Bip34Height = ChainParams.Never };
        var g = new ChainBuilder(p);
        var first = g.NextBlock("b1");
        AssertBreaks(RuleError.DuplicateUnspentTransaction, g, g.NextBlock("b2", d => d.Coinbase = first.Block.Transactions[0]));
        Assert.Equal(Blame.Guilty, RuleError.DuplicateUnspentTransaction.Blame());

        // Once all its outputs are spent, the id may come again.
        g.SetTip("b1");
        g.NextBlock("spent", d => d.Transactions.Add(g.SpendReward("b1", Keys.Alice)));
        AssertValid(g, g.NextBlock("again", d => d.Coinbase = first.Block.Transactions[0]));
        Assert.NotNull(g.CoinsAt(g.Tip).Find(first.Reward));
    }

    // Core asks for BIP30 at any height of regtest, where BIP34Hash is zero: a repeated transaction is told by that name.
    [Fact]
    public void Connect_ATransactionOfTheChainAgain_OnRegtestIsBip30()
    {
        foreach (var (p, expected) in new[] { (TestChains.Private with { Profile = Profiles.RegtestName }, RuleError.DuplicateUnspentTransaction), (TestChains.Private, RuleError.InputsMissingOrSpent) })
        {
            var g = new ChainBuilder(p);
            var payment = g.SpendReward("genesis", Keys.Alice);
            g.NextBlock("b1", d => d.Transactions.Add(payment));
            AssertBreaks(expected, g, g.NextBlock("again", d => d.Transactions.Add(payment)));
        }
    }

    // Only genesis can hold a height that is not its own.
    [Theory]
    [InlineData(3)]
    [InlineData(17)]
    public void Connect_GenesisClaimsALaterHeight_ItsCoinbaseComesNotTwice(int claimed)
    {
        var start = TestChains.Private;
        var coinbase = Keys.With(start.Genesis.Transactions[0], [start.Genesis.Transactions[0].Inputs[0].WithScriptSig(BlockRules.CoinbaseHeightPrefix(claimed).Concat<byte>([1, 7]).ToArray())]);
        var genesis = new BlockDraft { Time = TestChains.GenesisTime, Bits = TestChains.EasyBits, Transactions = { coinbase } }.Build(start);
        var g = new ChainBuilder(start with { Genesis = genesis });
        g.NextBlocks("b", claimed - 1);
        AssertBreaks(RuleError.DuplicateUnspentTransaction, g, g.NextBlock("again", d => d.Coinbase = coinbase));
    }

    [Fact]
    public void Connect_ASignatureChangedInAnyPart_FailsTheScript()
    {
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlock("b1");
        var payment = g.SpendReward("b1", Keys.Alice);
        for (var i = 0; i < payment.Inputs[0].ScriptSig.Length; i += 7)
        {
            var script = payment.Inputs[0].ScriptSig.ToArray();
            script[i] ^= 0x20;
            var forged = Keys.With(payment, [payment.Inputs[0].WithScriptSig(script)]);
            g.SetTip("b1");
            AssertBreaks(RuleError.ScriptFailed, g, g.NextBlock($"forged{i}", d => d.Transactions.Add(forged)));
        }
    }

    [Fact]
    public void Connect_WithoutVerifier_RunsNoScripts()
    {
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlock("b1");
        var coins = g.CoinsAt(g.Tip);
        var unsigned = Keys.With(g.SpendReward("b1", Keys.Alice), [new TxIn(g["b1"].Reward, default)]);
        var block = g.NextBlock("b2", d => d.Transactions.Add(unsigned));
        Assert.Null(BlockRules.Connect(block.Block, block, coins, g.Params, verifier: null, out _));
        AssertBreaks(RuleError.ScriptFailed, g, block);
    }

    [Fact]
    public void FlagsAt_EachDeployment_BeginsAtItsHeight()
    {
        var p = TestChains.Private with { Bip66Height = 10, Bip65Height = 20, CsvHeight = 30, SegwitHeight = 40, TaprootHeight = 50 };
        (int Height, ScriptFlags New)[] steps =
        [
            (10, ScriptFlags.DerSignatures), (20, ScriptFlags.CheckLockTimeVerify), (30, ScriptFlags.CheckSequenceVerify),
            (40, ScriptFlags.NullDummy), (50, ScriptFlags.Taproot),
        ];
        // Programs of segregated witness are protected from the beginning, unless it never comes.
        Assert.Equal(ScriptFlags.P2sh, BlockRules.FlagsAt(1, p with { SegwitHeight = ChainParams.Never }));
        var expected = ScriptFlags.P2sh | ScriptFlags.Witness;
        foreach (var (height, added) in steps)
        {
            Assert.Equal(expected, BlockRules.FlagsAt(height - 1, p));
            expected |= added;
            Assert.Equal(expected, BlockRules.FlagsAt(height, p));
        }
    }

    // Connect then disconnect restores the coins exactly, over chains of random payments.
    [Fact]
    public void Connect_ThenReverse_RestoresTheCoins() => Property.Check(_output, 10, g =>
    {
        var chain = new ChainBuilder(TestChains.Private);
        var states = new List<MemoryCoins> { chain.CoinsAt(chain.Tip) };
        var diffs = new List<CoinDiff>();
        for (var i = 1; i <= 12; i++)
        {
            var block = chain.NextBlock($"b{i}", d => d.Transactions.AddRange(RandomPayments(g, states[^1])));
            AssertValid(chain, block);
            diffs.Add(chain.Connect(block, states[^1]));
            var next = states[^1].Copy();
            next.Apply(diffs[^1]);
            states.Add(next);
        }

        for (var i = diffs.Count - 1; i >= 0; i--)
        {
            var undone = states[i + 1].Copy();
            var block = chain[$"b{i + 1}"];
            undone.Apply(CoinDiff.FromUndo(block.Block, block.Height, diffs[i].EncodeUndo()).Reverse());
            Assert.True(undone.ContentEquals(states[i]));
        }
    });

    private static IEnumerable<Transaction> RandomPayments(Generate g, MemoryCoins coins)
    {
        PrivateKey[] people = [Keys.Miner, Keys.Alice, Keys.Bob];
        foreach (var outPoint in coins.OutPoints.OrderBy(o => o.TxId).ThenBy(o => o.Index).Where(_ => g.Bool()).ToList())
        {
            var coin = coins.Find(outPoint)!;
            var owner = people.Single(k => Keys.ScriptOf(k).AsSpan().SequenceEqual(coin.Output.ScriptPubKey.Span));
            var part = g.Between(0, 100) * (coin.Output.Value / 100);
            yield return Keys.Spend(outPoint, owner, Keys.PayTo(g.OneOf(people), part), Keys.PayTo(g.OneOf(people), coin.Output.Value - part));
        }
    }

    private static Transaction Locked(ChainBuilder g, uint lockTime) =>
        Keys.Sign(new Transaction(2, [new TxIn(g["b1"].Reward, default, sequence: 0)], [Keys.PayTo(Keys.Alice, 1)], lockTime), Keys.Miner);

    private static void AssertValid(ChainBuilder g, BuiltBlock block) => Assert.Null(g.Judge(block));

    private static void AssertBreaks(RuleError expected, ChainBuilder g, BuiltBlock block) => Assert.Equal(expected, g.Judge(block)?.Error);
}
