using Chain.State;
using Chain.State.Storage;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.State;

/// <summary>
/// A file that was changed from outside: a sentence says so where it is noticed, no other exception comes out, and a block
/// that does not read as it was written is never judged.
/// </summary>
public class DamagedDatabaseTests(ITestOutputHelper output)
{
    [Fact]
    public void Open_BytesFlippedAnywhere_WorksOrSaysThatItIsDamaged()
    {
        using var folder = new StateFolder();
        var whole = Write(folder, out var g);
        Property.Check(output, 150, random =>
        {
            var bytes = whole.ToArray();
            for (var i = random.Between(1, 20); i > 0; i--) bytes[random.Between(0, bytes.Length - 1)] ^= (byte)(1 << random.Between(0, 7));
            AssertWorksOrSaysSo(folder, bytes, g);
        });
    }

    [Fact]
    public void Open_PagesOverwritten_WorksOrSaysThatItIsDamaged()
    {
        using var folder = new StateFolder();
        var whole = Write(folder, out var g);
        Property.Check(output, 60, random =>
        {
            var bytes = whole.ToArray();
            var start = random.Between(0, bytes.Length - 1);
            random.Bytes(Math.Min(random.Between(1, 5000), bytes.Length - start)).CopyTo(bytes, start);
            AssertWorksOrSaysSo(folder, bytes, g);
        });
    }

    [Fact]
    public void Open_CutOffAnywhere_WorksOrSaysThatItIsDamaged()
    {
        using var folder = new StateFolder();
        var whole = Write(folder, out var g);
        Property.Check(output, 30, random => AssertWorksOrSaysSo(folder, whole[..random.Between(0, whole.Length - 1)], g));
    }

    [Theory]
    [InlineData("UPDATE headers SET header = substr(header, 1, 72) || x'00000000' || substr(header, 77) WHERE sequence = 2")]
    [InlineData("UPDATE headers SET header = substr(header, 1, 79) || x'77' WHERE sequence = 3")]
    [InlineData("UPDATE headers SET header = x'01' || substr(header, 2) WHERE sequence = 1")]
    [InlineData("UPDATE headers SET header = (SELECT header FROM headers WHERE sequence = 1) WHERE sequence = 2")]
    [InlineData("UPDATE headers SET status = -1 WHERE sequence = 2")]
    [InlineData("UPDATE headers SET status = 99999999999 WHERE sequence = 2")]
    [InlineData("UPDATE headers SET sequence = 9223372036854775807 WHERE sequence = 3")]
    [InlineData("UPDATE facts SET value = x'00' WHERE name = 'coins at'")]
    [InlineData("UPDATE facts SET value = zeroblob(32) WHERE name = 'coins at'")]
    [InlineData("DELETE FROM headers WHERE sequence = 2")]
    [InlineData("DELETE FROM headers WHERE sequence = 3")]
    public void Open_RowsChanged_SaysThatItIsDamaged(string damage)
    {
        using var folder = new StateFolder();
        Write(folder, out _);
        var failure = Assert.Throws<DatabaseException>(() => OpenWith(folder, damage));
        Assert.Contains("is damaged", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>After a kill blocks are read from the disk and connected: one that is not what was stored proves nothing.</summary>
    [Theory]
    [InlineData("UPDATE blocks SET block = (SELECT block FROM blocks WHERE sequence = 1) WHERE sequence = 2")]
    [InlineData("UPDATE blocks SET block = substr(block, 1, length(block) - 5) || x'99' || substr(block, length(block) - 3) WHERE sequence = 2")]
    [InlineData("UPDATE blocks SET block = substr(block, 1, 80) || x'00' WHERE sequence = 2")]
    [InlineData("UPDATE blocks SET block = x'' WHERE sequence = 2")]
    [InlineData("DELETE FROM blocks WHERE sequence = 2")]
    public void Open_BlockChanged_NoBlockIsToBlame(string damage)
    {
        using var folder = new StateFolder();
        Write(folder, out _);
        var failure = Assert.Throws<DatabaseException>(() => OpenWith(folder, "DELETE FROM coin_runs; DELETE FROM script_runs; DELETE FROM facts WHERE name = 'coins at'; " + damage));
        Assert.Contains("is damaged: block", failure.Message, StringComparison.Ordinal);
        using var raw = SqliteDatabase.Open(folder.Database);
        using var failed = raw.Prepare("SELECT count(*) FROM headers WHERE status > 1");
        Assert.True(failed.Step());
        Assert.Equal(0, failed.Integer(0));
    }

    /// <summary>A block that was valid once and fails now says that the coins are damaged, not the block.</summary>
    [Fact]
    public void Open_CoinLostBeforeAReplay_NoBlockIsToBlame()
    {
        using var folder = new StateFolder();
        Write(folder, out var g);
        var rewind = $"UPDATE facts SET value = x'{Hex.Of(g["b1"].Hash.Hash.ToByteArray())}' WHERE name = 'coins at'; DELETE FROM coin_runs; DELETE FROM script_runs";
        var failure = Assert.Throws<DamagedCoinsException>(() => OpenWith(folder, rewind));
        Assert.Contains("is damaged", failure.Message, StringComparison.Ordinal);
        using var raw = SqliteDatabase.Open(folder.Database);
        using var failed = raw.Prepare("SELECT count(*) FROM headers WHERE status > 1");
        Assert.True(failed.Step());
        Assert.Equal(0, failed.Integer(0));
    }

    private static byte[] Write(StateFolder folder, out ChainBuilder g)
    {
        g = new ChainBuilder(TestChains.Private);
        using (var chain = Chainstate.Create(ChainDatabase.Open(folder.Database), TestChains.Private, StateNode.Quick, new ManualClock(TestChains.GenesisTime + 1000)))
        {
            for (var i = 1; i <= 3; i++)
            {
                var spent = g.Tip.Name;
                var builder = g;
                var block = g.NextBlock($"b{i}", draft => draft.Transactions.Add(builder.SpendReward(spent, Keys.Alice)));
                Assert.Equal(BlockOutcome.Accepted, chain.ProcessBlock(block.Block).Outcome);
            }
        }

        return File.ReadAllBytes(folder.Database);
    }

    private static void AssertWorksOrSaysSo(StateFolder folder, byte[] bytes, ChainBuilder g)
    {
        foreach (var left in (string[])["-wal", "-shm"]) File.Delete(folder.Database + left);
        File.WriteAllBytes(folder.Database, bytes);
        try
        {
            using var chain = Open(folder);
            foreach (var node in chain.Tree.Nodes)
            {
                Assert.Contains(node.Hash, g["b3"].Path().Select(b => b.Hash));
                if (chain.FindRawBlock(node) is not null) Assert.Equal(node.Hash, chain.GetBlock(node).Hash);
            }

            _ = CoinAudit.Run(chain);
            Assert.Equal(0, CoinAudit.Run(chain).Differences);
            _ = chain.FindCoins(Keys.ScriptOf(Keys.Miner)).Count + chain.FindCoins(Keys.ScriptOf(Keys.Alice)).Count;
            _ = chain.Database.ReadMempool();
        }
        catch (DatabaseException e)
        {
            Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
        }
    }

    private static void OpenWith(StateFolder folder, string damage)
    {
        using (var raw = SqliteDatabase.Open(folder.Database)) raw.Execute(damage);
        using var chain = Open(folder);
    }

    private static Chainstate Open(StateFolder folder)
    {
        var database = ChainDatabase.Open(folder.Database);
        try
        {
            return Chainstate.Open(database, TestChains.Private, StateNode.Quick, new ManualClock(TestChains.GenesisTime + 1000));
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }
}
