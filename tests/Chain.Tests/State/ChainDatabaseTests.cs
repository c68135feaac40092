using Chain.Core.Coins;
using Chain.Core.Primitives;
using Chain.State;
using Chain.State.Storage;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.State;

/// <summary>What a node keeps on disk comes back, or a sentence says why not.</summary>
public class ChainDatabaseTests(ITestOutputHelper output)
{
    [Fact]
    public void Facts_ComeBack_AlsoEmptyAndOverwrittenOnes()
    {
        using var folder = new StateFolder();
        using (var database = ChainDatabase.Open(folder.Database))
        {
            Assert.Null(database.FindFact("a"));
            database.WriteFact("a", [1, 2]);
            database.WriteFact("a", [3]);
            database.WriteFact("nothing", []);
        }

        using var again = ChainDatabase.Open(folder.Database);
        Assert.Equal([3], again.FindFact("a"));
        Assert.Empty(Assert.IsType<byte[]>(again.FindFact("nothing")));
        Assert.Null(again.FindFact("A"));
    }

    [Fact]
    public void FindFact_OfAFile_ReadsBesideItsOwner()
    {
        using var folder = new StateFolder();
        using var database = ChainDatabase.Open(folder.Database);
        database.WriteFact("a", [7]);
        Assert.Equal([7], ChainDatabase.FindFact(folder.Database, "a"));
        Assert.Null(ChainDatabase.FindFact(folder.Database, "b"));
        database.WriteFact("b", [8]);
        Assert.Equal([8], ChainDatabase.FindFact(folder.Database, "b"));
    }

    [Fact]
    public void FindFact_OfAFileWithoutTables_IsNull()
    {
        using var folder = new StateFolder();
        File.WriteAllBytes(folder.Database, []);
        Assert.Null(ChainDatabase.FindFact(folder.Database, "a"));
        Assert.Empty(File.ReadAllBytes(folder.Database));
    }

    [Fact]
    public void Headers_ComeBackInTheOrderOfArrival()
    {
        using var folder = new StateFolder();
        var random = new Generate(Property.FirstSeed(output));
        var headers = Generate.List(20, random.Header);
        using (var database = ChainDatabase.Open(folder.Database))
        {
            foreach (var i in Enumerable.Range(0, 20).Reverse()) database.AddHeader(i, headers[i], BlockStatus.None);
            database.SetStatus(3, BlockStatus.Validated | BlockStatus.Failed);
        }

        using var again = ChainDatabase.Open(folder.Database);
        var stored = again.ReadHeaders().ToList();
        Assert.Equal(headers.Select(h => h.Hash), stored.Select(s => s.Header.Hash));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (long)i), stored.Select(s => s.Sequence));
        Assert.Equal(BlockStatus.Validated | BlockStatus.Failed, stored[3].Status);
        Assert.All(stored.Where(s => s.Sequence != 3), s => Assert.Equal(BlockStatus.None, s.Status));
    }

    [Fact]
    public void Blocks_ComeBackByteForByte()
    {
        using var folder = new StateFolder();
        using var database = ChainDatabase.Open(folder.Database);
        Property.Check(output, 20, random =>
        {
            var block = random.Block();
            var sequence = random.Bits32();
            database.AddBlock(sequence, block);
            Assert.Equal(block.Raw.ToArray(), database.FindRawBlock(sequence));
            Assert.Equal(block.Hash, database.GetBlock(sequence).Hash);
        });
    }

    [Fact]
    public void GetBlock_NotThere_SaysThatTheDatabaseIsDamaged()
    {
        using var folder = new StateFolder();
        using var database = ChainDatabase.Open(folder.Database);
        Assert.Null(database.FindRawBlock(5));
        var failure = Assert.Throws<DatabaseException>(() => database.GetBlock(5));
        Assert.Contains("is damaged: block 5 is missing", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GetDiff_OfABlock_IsWhatItChanged()
    {
        using var folder = new StateFolder();
        using var database = ChainDatabase.Open(folder.Database);
        var g = new ChainBuilder(TestChains.Private);
        var b1 = g.NextBlock("b1", draft => draft.Transactions.Add(g.SpendReward("genesis", Keys.Alice)));
        var diff = g.Connect(b1, g.CoinsAt(b1.Parent!));
        database.AddUndo(7, diff.EncodeUndo());

        var again = database.GetDiff(7, b1.Block, 1);
        Assert.Equal(diff.Spent.Keys, again.Spent.Keys);
        Assert.Equal(diff.Created.Keys, again.Created.Keys);
        Assert.Throws<DatabaseException>(() => database.GetDiff(8, b1.Block, 1));
        Assert.Throws<DatabaseException>(() => database.GetDiff(7, b1.Parent!.Block, 0));
        database.AddUndo(9, []);
        Assert.Throws<DatabaseException>(() => database.GetDiff(9, b1.Block, 1));
        database.AddUndo(10, new CoinDiff().EncodeUndo());
        Assert.Throws<DatabaseException>(() => database.GetDiff(10, b1.Block, 1));
    }

    [Fact]
    public void Mempool_ComesBackInItsOrder_WithoutWhatDoesNotDecode()
    {
        using var folder = new StateFolder();
        var random = new Generate(Property.FirstSeed(output));
        var transactions = Generate.List(10, random.Transaction);
        using (var database = ChainDatabase.Open(folder.Database))
        {
            database.WriteMempool(transactions.Select((t, i) => (t, 1000L + i)));
            database.WriteMempool(transactions.Reverse().Select((t, i) => (t, 2000L + i)));
        }

        using (var raw = SqliteDatabase.Open(folder.Database)) raw.Execute("UPDATE mempool SET tx = x'0102' WHERE time = 2003");
        using var again = ChainDatabase.Open(folder.Database);
        var expected = transactions.Reverse().Select((t, i) => (t.WitnessHash, 2000L + i)).Where(pair => pair.Item2 != 2003);
        Assert.Equal(expected, again.ReadMempool().Select(pair => (pair.Transaction.WitnessHash, pair.Time)));
    }

    [Fact]
    public void InTransaction_Exception_TakesAllTablesBack()
    {
        using var folder = new StateFolder();
        using var database = ChainDatabase.Open(folder.Database);
        var block = TestChains.Private.Genesis;
        Assert.Throws<InvalidOperationException>(() => database.InTransaction(() =>
        {
            database.WriteFact("a", [1]);
            database.AddHeader(0, block.Header, BlockStatus.None);
            database.AddBlock(0, block);
            database.AddUndo(0, [0]);
            database.Coins.Apply([new CoinChange(new OutPoint(block.Transactions[0].Id, 0), null, new Coin(block.Transactions[0].Outputs[0], 0, true))]);
            throw new InvalidOperationException();
        }));
        Assert.Null(database.FindFact("a"));
        Assert.Empty(database.ReadHeaders());
        Assert.Null(database.FindRawBlock(0));
        Assert.Empty(database.Coins.ReadAll());
        Assert.Empty(database.Coins.ReadIndex(_ => null));
        Assert.Throws<DatabaseException>(() => database.GetDiff(0, block, 0));
    }

    [Fact]
    public void Open_SecondConnection_ReadsWhileTheFirstWrites()
    {
        using var folder = new StateFolder();
        using var writer = ChainDatabase.Open(folder.Database);
        writer.WriteFact("a", [1]);
        using var reader = ChainDatabase.Open(folder.Database);
        writer.InTransaction(() =>
        {
            writer.WriteFact("a", [2]);
            Assert.Equal([1], reader.FindFact("a"));
        });
        Assert.Equal([2], reader.FindFact("a"));
    }

    [Fact]
    public void Checkpoint_EmptiesTheLog()
    {
        using var folder = new StateFolder();
        using var database = ChainDatabase.Open(folder.Database);
        database.WriteFact("a", new byte[10_000]);
        Assert.NotEqual(0, new FileInfo(folder.Database + "-wal").Length);
        database.Checkpoint();
        Assert.Equal(0, new FileInfo(folder.Database + "-wal").Length);
    }

    [Fact]
    public void Open_Again_FindsTheSameVersion()
    {
        using var folder = new StateFolder();
        ChainDatabase.Open(folder.Database).Dispose();
        ChainDatabase.Open(folder.Database).Dispose();
    }

    /// <summary>Refused before a table is made or looked at, since those of another version may be of any form.</summary>
    [Fact]
    public void Open_AnotherVersionsFile_IsRefusedAndLeftAsItIs()
    {
        using var folder = new StateFolder();
        using (var raw = SqliteDatabase.Open(folder.Database))
        {
            raw.Execute("CREATE TABLE facts(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID");
            raw.Execute("INSERT INTO facts VALUES('version', '3')");
            raw.Execute("CREATE TABLE headers(all_is_new INTEGER)");
        }

        var failure = Assert.Throws<DatabaseException>(() => ChainDatabase.Open(folder.Database));
        Assert.Contains("another version of this program (format 3, this one writes 2)", failure.Message, StringComparison.Ordinal);

        using var after = SqliteDatabase.Open(folder.Database);
        using var tables = after.Prepare("SELECT count(*) FROM sqlite_master WHERE type = 'table'");
        Assert.True(tables.Step());
        Assert.Equal(2, tables.Integer(0));
    }

    /// <summary>The version before kept each coin in a row: they come back from the blocks, with the block that they stand at.</summary>
    [Fact]
    public void Open_TheVersionBefore_CoinsComeBackFromTheBlocks()
    {
        using var folder = new StateFolder();
        var g = new ChainBuilder(TestChains.Private);
        var clock = new ManualClock(g.Now);
        using (var chain = Chainstate.Create(ChainDatabase.Open(folder.Database), TestChains.Private, StateNode.Quick, clock))
        {
            foreach (var built in g.NextBlocks("b", 5)) Assert.Equal(BlockOutcome.Accepted, chain.ProcessBlock(built.Block).Outcome);
        }

        using (var raw = SqliteDatabase.Open(folder.Database))
        {
            foreach (var table in (string[])["coin_runs", "coin_pages", "script_runs", "script_pages"]) raw.Execute($"DROP TABLE {table}");
            raw.Execute("CREATE TABLE coins(outpoint BLOB PRIMARY KEY, coin BLOB NOT NULL) WITHOUT ROWID; INSERT INTO coins VALUES(x'01', x'02')");
            raw.Execute("CREATE TABLE scripts(key BLOB PRIMARY KEY, coin BLOB NOT NULL) WITHOUT ROWID");
            raw.Execute("UPDATE facts SET value = CAST('1' AS BLOB) WHERE name = 'version'");
        }

        using (var chain = Chainstate.Open(ChainDatabase.Open(folder.Database), TestChains.Private, StateNode.Quick, clock))
        {
            Assert.Equal(g["b5"].Hash, chain.Tip.Hash);
            StateNode.AssertCoins(chain, g.CoinsAt(g["b5"]), []);
            Assert.Equal(0, CoinAudit.Run(chain).Differences);
        }

        ChainDatabase.Open(folder.Database).Dispose();
        using var after = SqliteDatabase.Open(folder.Database);
        using var left = after.Prepare("SELECT count(*) FROM sqlite_master WHERE name IN ('coins', 'scripts')");
        Assert.True(left.Step());
        Assert.Equal(0, left.Integer(0));
    }

    [Theory]
    [InlineData("this is a text that somebody put here by mistake")]
    [InlineData("SQLite format 3\0 but only the first line of it, and then something else that goes on for a while")]
    public void Open_NoDatabase_SaysThatItIsDamaged(string text)
    {
        using var folder = new StateFolder();
        var content = string.Concat(Enumerable.Repeat(text, 100));
        File.WriteAllText(folder.Database, content);
        var failure = Assert.Throws<DatabaseException>(() => ChainDatabase.Open(folder.Database));
        Assert.Contains("is damaged", failure.Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(folder.Database));
    }

    [Fact]
    public void Open_CutOff_SaysThatItIsDamaged()
    {
        using var folder = new StateFolder();
        using (var database = ChainDatabase.Open(folder.Database)) database.AddUndo(1, new byte[50_000]);
        File.WriteAllBytes(folder.Database, File.ReadAllBytes(folder.Database)[..30_000]);
        var failure = Assert.Throws<DatabaseException>(() =>
        {
            using var database = ChainDatabase.Open(folder.Database);
        });
        Assert.Contains("is damaged", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadHeaders_WrongLength_SaysThatItIsDamaged()
    {
        using var folder = new StateFolder();
        using var database = ChainDatabase.Open(folder.Database);
        using (var raw = SqliteDatabase.Open(folder.Database)) raw.Execute("INSERT INTO headers VALUES(0, x'00', 0)");
        var failure = Assert.Throws<DatabaseException>(() => database.ReadHeaders().ToList());
        Assert.Contains("a header has a wrong length", failure.Message, StringComparison.Ordinal);
    }
}
