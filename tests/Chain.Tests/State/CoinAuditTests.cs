using Chain.Core.Primitives;
using Chain.State;
using Chain.State.Storage;
using Chain.State.Storage.Sorted;
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

    /// <summary>Who stops it while it compares does not wait for the end, before which nothing is told to be done.</summary>
    [Fact]
    public void Look_CancelledAfterTheBlocks_ComparesNoMore()
    {
        const int Blocks = 5;
        using var node = new StateNode(TestChains.Private);
        node.Accept(new ChainBuilder(TestChains.Private).NextBlocks("b", Blocks));
        using var moment = CoinMoment.Hold(node.Chain);
        var told = new List<double>();
        Assert.Equal(0, CoinAudit.Look(moment, told.Add, CancellationToken.None).Result.Differences);
        Assert.Equal(told.Order(), told);
        Assert.InRange(told[Blocks], 0.5, 0.9);
        using var cancelled = new CancellationTokenSource();
        var count = 0;
        Assert.Throws<OperationCanceledException>(() => CoinAudit.Look(moment, _ =>
        {
            if (++count == Blocks + 1) cancelled.Cancel();
        }, cancelled.Token));
    }

    /// <summary>What a second connection cannot read says nothing of the first, with which the node goes on.</summary>
    [Fact]
    public void Hold_ASecondConnectionThatCannotRead_IsNoFailureOfTheChain()
    {
        using var node = new StateNode(TestChains.Private);
        node.Accept(new ChainBuilder(TestChains.Private).NextBlocks("b", 2));
        node.Chain.Flush();
        using var other = SqliteDatabase.Open(node.Chain.Database.Path);
        other.Execute("ALTER TABLE facts RENAME TO elsewhere");
        other.Execute("CREATE TABLE facts(name TEXT)");
        Assert.IsType<DatabaseException>(Assert.Throws<IOException>(() => CoinMoment.Hold(node.Chain)).InnerException);
        other.Execute("DROP TABLE facts");
        other.Execute("ALTER TABLE elsewhere RENAME TO facts");
        using var moment = CoinMoment.Hold(node.Chain);
        Assert.Equal(node.Chain.Tip, moment.Tip);
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
    [InlineData("coin deleted", 1, 0, 0, 0)]
    [InlineData("all coins deleted", 6, 0, 0, 0)]
    [InlineData("coin too many", 0, 1, 0, 0)]
    [InlineData("coin changed", 0, 0, 1, 0)]
    [InlineData("coin that does not decode", 0, 0, 1, 0)]
    [InlineData("coin at another place", 1, 1, 0, 0)]
    [InlineData("entry deleted", 0, 0, 0, 1)]
    [InlineData("all entries deleted", 0, 0, 0, 6)]
    [InlineData("entry too many", 0, 0, 0, 1)]
    [InlineData("entry changed", 0, 0, 0, 2)]
    [InlineData("entry that does not decode", 0, 0, 0, 2)]
    [InlineData("entry under another script", 0, 0, 0, 2)]
    [InlineData("everything deleted", 6, 0, 0, 6)]
    public void Run_Tampered_CountsAndRepairsEachKind(string damage, int missing, int needless, int different, int index)
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        node.Accept(g.NextBlocks("b", 5));
        node.TamperCoins((coins, scripts) => Damage(damage, g["b3"].Reward, coins, scripts));
        AssertIsFoundAndRepaired(node, g, (missing, needless, different, index));
    }

    /// <summary>What is lost with a page or a run counts as missing, and the damage itself as needless.</summary>
    [Theory]
    [InlineData("UPDATE coin_pages SET body = x''", 6, 1, 0, 0)]
    [InlineData("UPDATE coin_pages SET body = zeroblob(length(body))", 6, 1, 0, 0)]
    [InlineData("UPDATE coin_pages SET page = page + 1", 6, 1, 0, 0)]
    [InlineData("DELETE FROM coin_pages", 6, 1, 0, 0)]
    [InlineData("DELETE FROM coin_runs", 6, 0, 0, 0)]
    [InlineData("UPDATE coin_runs SET entries = 7", 6, 1, 0, 0)]
    [InlineData("UPDATE coin_runs SET run = run + 1", 6, 1, 0, 0)]
    [InlineData("UPDATE coin_runs SET pages = x'02000000'", 6, 1, 0, 0)]
    [InlineData("UPDATE coin_runs SET pages = x''", 6, 1, 0, 0)]
    [InlineData("UPDATE coin_runs SET first_keys = zeroblob(36)", 6, 1, 0, 0)]
    [InlineData("UPDATE coin_runs SET first_keys = x''", 6, 1, 0, 0)]
    [InlineData("UPDATE coin_runs SET filter = zeroblob(length(filter))", 6, 1, 0, 0)]
    [InlineData("UPDATE script_pages SET body = substr(body, 1, length(body) - 1) || x'99'", 0, 0, 0, 7)]
    [InlineData("UPDATE script_runs SET checksum = checksum + 1", 0, 0, 0, 7)]
    public void Run_PageOrRunDamaged_CountsAndRepairs(string damage, int missing, int needless, int different, int index)
    {
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(TestChains.Private);
        node.Accept(g.NextBlocks("b", 5));
        node.Chain.Flush();
        Assert.Equal(0, CoinAudit.Run(node.Chain).Differences);
        node.TamperCoins(StoredCoins.PutInOneRun);
        node.Tamper(damage);
        node.Reopen();
        AssertIsFoundAndRepaired(node, g, (missing, needless, different, index));
    }

    private static void AssertIsFoundAndRepaired(StateNode node, ChainBuilder g, (int Missing, int Needless, int Different, int Index) expected)
    {
        var result = CoinAudit.Run(node.Chain);
        Assert.Equal(expected, (result.Missing, result.Needless, result.Different, result.Index));
        Assert.Equal(0, CoinAudit.Run(node.Chain).Differences);
        node.AssertCoins(g.CoinsAt(g["b5"]), []);

        node.Reopen();
        Assert.Equal(0, CoinAudit.Run(node.Chain).Differences);
        node.Accept(g.NextBlock("b6", draft => draft.Transactions.Add(g.SpendReward("b3", Keys.Bob))));
        node.AssertCoins(g.CoinsAt(g["b6"]), [g["b3"].Reward]);
    }

    private static void Damage(string damage, OutPoint victim, SortedTable coins, SortedTable scripts)
    {
        var key = StoredCoins.KeyOf(victim);
        var value = coins.Find(key)!;
        var entry = StoredCoins.Keys(scripts).Single(candidate => candidate.AsSpan().EndsWith(key));
        byte[] anotherCoin = [2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0x51];
        var anotherEntry = anotherCoin[..9];
        switch (damage)
        {
            case "coin deleted": StoredCoins.Set(coins, key, []); break;
            case "all coins deleted": coins.Clear(); break;
            case "coin too many": StoredCoins.Set(coins, new byte[36], value); break;
            case "coin changed": StoredCoins.Set(coins, key, anotherCoin); break;
            case "coin that does not decode": StoredCoins.Set(coins, key, [2]); break;
            case "coin at another place":
                StoredCoins.Set(coins, new byte[36], value);
                StoredCoins.Set(coins, key, []);
                break;
            case "entry deleted": StoredCoins.Set(scripts, entry, []); break;
            case "all entries deleted": scripts.Clear(); break;
            case "entry too many": StoredCoins.Set(scripts, [.. entry[..20], .. new byte[36]], scripts.Find(entry)!); break;
            case "entry changed": StoredCoins.Set(scripts, entry, anotherEntry); break;
            case "entry that does not decode": StoredCoins.Set(scripts, entry, [2]); break;
            case "entry under another script":
                StoredCoins.Set(scripts, [.. new byte[20], .. key], scripts.Find(entry)!);
                StoredCoins.Set(scripts, entry, []);
                break;
            case "everything deleted":
                coins.Clear();
                scripts.Clear();
                break;
            default: throw new ArgumentOutOfRangeException(nameof(damage));
        }
    }

    /// <summary>Where the table itself changes what is written, success must not be claimed.</summary>
    [Fact]
    public void Run_RepairDoesNotLast_SaysThatTheDatabaseIsDamaged()
    {
        using var node = new StateNode(TestChains.Private);
        node.Accept(new ChainBuilder(TestChains.Private).NextBlock("b1"));
        node.Chain.Flush();
        node.TamperCoins((coins, _) => coins.Clear());
        node.Tamper("CREATE TRIGGER lost AFTER INSERT ON coin_pages BEGIN UPDATE coin_pages SET body = x'' WHERE page = NEW.page; END");
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
        node.Tamper("UPDATE coin_pages SET body = x''; UPDATE script_pages SET body = x''");
        Assert.InRange(CoinAudit.Run(node.Chain).Differences, 8 + 2, 8 + 2 * 4);
        node.Kill();
        node.AssertCoins(g.CoinsAt(g["b3"]), []);
    }

    /// <summary>The damage keeps changes from being written: the repair must not wait for that.</summary>
    [Fact]
    public void Run_UnwrittenCoinsOverADamagedPage_IsRepaired()
    {
        using var node = new StateNode(TestChains.Private, StateNode.Quick with { MaxBlocksBetweenFlushes = 1_000, MaxDirtyCoins = 1_000 });
        var g = new ChainBuilder(TestChains.Private);
        for (var i = 1; i <= 6; i++)
        {
            node.Accept(g.NextBlock($"b{i}"));
            node.Chain.Flush();
        }

        node.Accept(g.NextBlock("b7"));
        node.Tamper("UPDATE coin_pages SET body = x''; UPDATE script_pages SET body = x''");
        Assert.NotEqual(0, CoinAudit.Run(node.Chain).Differences);
        Assert.Equal(0, CoinAudit.Run(node.Chain).Differences);
        node.AssertCoins(g.CoinsAt(g["b7"]), []);
        node.Kill();
        node.AssertCoins(g.CoinsAt(g["b7"]), []);
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
        node.TamperCoins((coins, scripts) =>
        {
            foreach (var key in StoredCoins.Keys(coins).Where(key => Hex.Of(key)[digit] < '5')) StoredCoins.Set(coins, key, []);
            foreach (var key in StoredCoins.Keys(scripts).Where(key => Hex.Of(key)[digit] > 'a')) StoredCoins.Set(scripts, key, []);
        });
        CoinAudit.Run(node.Chain);
        Assert.Equal(0, CoinAudit.Run(node.Chain).Differences);
        node.AssertCoins(expected, history.Places);
        for (var i = 0; i < 10; i++) node.Process(history.Next());
        node.AssertCoins(history.CoinsAt(history.Best), history.Places);
    });
}
