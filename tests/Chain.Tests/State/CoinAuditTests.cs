using Chain.Core.Primitives;
using Chain.State;
using Chain.State.Storage;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.State;

/// <summary>The coins and their index can always be made anew from the blocks, and compared.</summary>
public class CoinAuditTests(ITestOutputHelper output)
{
    [Fact]
    public void Run_NothingWrong_NoDifferenceAndTheSums()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        node.Accept(g.NextBlock("b1", draft => draft.Transactions.Add(g.SpendReward("genesis", Keys.Alice, fee: 100))), g.NextBlock("b2"));
        var result = CoinAudit.Run(node.Chain);
        Assert.Equal(0, result.Differences);
        Assert.Equal(3, result.Blocks);
        Assert.Equal(3, result.Coins);
        Assert.Equal(30 * Amount.Coin - 100, result.Total);
    }

    [Fact]
    public void Run_Regtest_GenesisIsNoCoin()
    {
        using var node = new StateNode(TestChains.Regtest);
        node.Accept(new ChainBuilder(TestChains.Regtest).NextBlock("b1"));
        var result = CoinAudit.Run(node.Chain);
        Assert.Equal((0, 1), (result.Differences, result.Coins));
    }

    [Theory]
    [InlineData("DELETE FROM coins WHERE outpoint = {0}", 1, 0, 0, 0)]
    [InlineData("DELETE FROM coins", 6, 0, 0, 0)]
    [InlineData("INSERT INTO coins VALUES(zeroblob(36), (SELECT coin FROM coins LIMIT 1))", 0, 1, 0, 0)]
    [InlineData("INSERT INTO coins VALUES(x'01', x'02')", 0, 1, 0, 0)]
    [InlineData("UPDATE coins SET coin = x'0201000000000000000151' WHERE outpoint = {0}", 0, 0, 1, 0)]
    [InlineData("UPDATE coins SET coin = x'' WHERE outpoint = {0}", 0, 0, 1, 0)]
    [InlineData("UPDATE coins SET outpoint = zeroblob(36) WHERE outpoint = {0}", 1, 1, 0, 0)]
    [InlineData("DELETE FROM scripts WHERE substr(key, 21) = {0}", 0, 0, 0, 1)]
    [InlineData("DELETE FROM scripts", 0, 0, 0, 6)]
    [InlineData("INSERT INTO scripts VALUES(zeroblob(56), (SELECT coin FROM coins LIMIT 1))", 0, 0, 0, 1)]
    [InlineData("INSERT INTO scripts SELECT substr(key, 1, 20) || zeroblob(36), coin FROM scripts WHERE substr(key, 21) = {0}", 0, 0, 0, 1)]
    [InlineData("INSERT INTO scripts VALUES(x'01', x'02')", 0, 0, 0, 1)]
    [InlineData("UPDATE scripts SET coin = x'0201000000000000000151' WHERE substr(key, 21) = {0}", 0, 0, 0, 2)]
    [InlineData("UPDATE scripts SET coin = x'' WHERE substr(key, 21) = {0}", 0, 0, 0, 2)]
    [InlineData("UPDATE scripts SET key = zeroblob(20) || substr(key, 21) WHERE substr(key, 21) = {0}", 0, 0, 0, 2)]
    [InlineData("DELETE FROM coins; DELETE FROM scripts", 6, 0, 0, 6)]
    public void Run_Tampered_CountsAndRepairsEachKind(string damage, int missing, int needless, int different, int index)
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        node.Accept(g.NextBlocks("b", 5));
        node.Chain.Flush();
        var victim = Hex.Of([.. g["b3"].Reward.TxId.Hash.ToByteArray(), 0, 0, 0, 0]);
        node.Tamper(damage.Replace("{0}", $"x'{victim}'", StringComparison.Ordinal));

        var result = CoinAudit.Run(node.Chain);
        Assert.Equal((missing, needless, different, index), (result.Missing, result.Needless, result.Different, result.Index));
        Assert.Equal(0, CoinAudit.Run(node.Chain).Differences);
        node.AssertCoins(g.CoinsAt(g["b5"]), []);

        node.Reopen();
        Assert.Equal(0, CoinAudit.Run(node.Chain).Differences);
        node.Accept(g.NextBlock("b6", draft => draft.Transactions.Add(g.SpendReward("b3", Keys.Bob))));
        node.AssertCoins(g.CoinsAt(g["b6"]), [g["b3"].Reward]);
    }

    /// <summary>Where the table itself changes what is written, success must not be claimed.</summary>
    [Fact]
    public void Run_RepairDoesNotLast_SaysThatTheDatabaseIsDamaged()
    {
        using var node = new StateNode(TestChains.Private);
        node.Accept(new ChainBuilder(TestChains.Private).NextBlock("b1"));
        node.Chain.Flush();
        node.Tamper("CREATE TRIGGER lost AFTER INSERT ON coins BEGIN DELETE FROM coins WHERE outpoint = NEW.outpoint; END; DELETE FROM coins");
        var failure = Assert.Throws<DatabaseException>(() => CoinAudit.Run(node.Chain));
        Assert.Contains("differ from the blocks after their repair", failure.Message, StringComparison.Ordinal);
        node.Tamper("DROP TRIGGER lost");
        Assert.NotEqual(0, CoinAudit.Run(node.Chain).Differences);
    }

    /// <summary>Coins that the cache still holds for true are forgotten with those on the disk.</summary>
    [Fact]
    public void Run_CoinMissingOnDiskAndCached_IsRepaired()
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        node.Accept(g.NextBlocks("b", 3));
        node.Chain.Flush();
        Assert.NotNull(node.Chain.Coins.Find(g["b2"].Reward));
        node.Tamper("DELETE FROM coins; DELETE FROM scripts");
        Assert.Equal(8, CoinAudit.Run(node.Chain).Differences);
        node.Kill();
        node.AssertCoins(g.CoinsAt(g["b3"]), []);
    }

    [Fact]
    public void Run_RandomHistory_RebuildsWhatTheNodeHas() => Property.Check(output, 4, random =>
    {
        var history = new RandomHistory(random, TestChains.Private);
        using var node = new StateNode(TestChains.Private, ReorganisationTests.RandomOptions(random));
        for (var i = 0; i < 30; i++) node.Process(history.Next());
        var expected = history.CoinsAt(history.Best);
        var result = CoinAudit.Run(node.Chain);
        Assert.Equal((0, expected.Count), (result.Differences, result.Coins));

        var digit = random.Between(1, 64);
        node.Tamper($"DELETE FROM coins WHERE substr(hex(outpoint), {digit}, 1) < '5'; DELETE FROM scripts WHERE substr(hex(key), {digit}, 1) > 'A'");
        CoinAudit.Run(node.Chain);
        Assert.Equal(0, CoinAudit.Run(node.Chain).Differences);
        node.AssertCoins(expected, history.Places);
        for (var i = 0; i < 10; i++) node.Process(history.Next());
        node.AssertCoins(history.CoinsAt(history.Best), history.Places);
    });
}
