using Chain.Core.Primitives;
using Chain.State;
using Chain.State.Storage;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.State;

/// <summary>
/// The disk fails at any write of any table: never a verdict on a block, never half a change. Triggers in the file stand
/// for the disk: one that aborts the statement, one that ends the transaction as a full disk does.
/// </summary>
public class DiskFailureTests(ITestOutputHelper output)
{
    private static readonly (string Table, string Operation)[] AllWrites =
    [
        ("headers", "INSERT"), ("headers", "UPDATE"), ("blocks", "INSERT"), ("undo", "INSERT"), ("facts", "INSERT"),
        ("coin_pages", "INSERT"), ("coin_pages", "UPDATE"), ("coin_runs", "INSERT"), ("coin_runs", "DELETE"),
        ("script_pages", "INSERT"), ("script_pages", "UPDATE"), ("script_runs", "INSERT"), ("script_runs", "DELETE"),
    ];

    public static TheoryData<string, string, string> Writes()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var (table, operation) in AllWrites)
        {
            data.Add(table, operation, "ABORT");
            data.Add(table, operation, "ROLLBACK");
        }

        return data;
    }

    // genesis -> b1 -> b2
    //        \-> a1 -> a2 -> a3
    [Theory]
    [MemberData(nameof(Writes))]
    public void ProcessBlock_WriteFails_NothingIsHalfDoneAndNoBlockIsToBlame(string table, string operation, string kind)
    {
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlock("b1", draft => draft.Transactions.Add(g.SpendReward("genesis", Keys.Alice)));
        g.NextBlock("b2", draft => draft.Transactions.Add(g.SpendReward("b1", Keys.Alice)));
        g.SetTip("genesis");
        g.NextBlock("a1", draft => draft.Transactions.Add(g.SpendReward("genesis", Keys.Bob)));
        g.NextBlock("a2");
        g.NextBlock("a3");
        BuiltBlock[] blocks = [g["b1"], g["b2"], g["a1"], g["a2"], g["a3"]];
        var failures = 0;
        for (var broken = 0; broken < blocks.Length; broken++)
        {
            using var node = new StateNode(TestChains.Private, StateNode.Quick with { MaxBlocksBetweenFlushes = 1 });
            node.Accept(blocks[..broken]);
            Break(node, table, operation, kind);
            var failed = Record.Exception(() => node.Process(blocks[broken]));
            if (failed is null) continue;

            failures++;
            Assert.IsType<DatabaseException>(failed);
            AssertHealthy(node.Chain);
            Assert.All(node.Chain.Tree.Nodes, known => Assert.False(known.IsFailed));
            using (var left = node.OpenSnapshot("left.db", Repair)) AssertWhole(left);
            node.Tamper("DROP TRIGGER broken");
            node.Kill();
            AssertWhole(node.Chain);
            foreach (var block in blocks) node.Process(block);
            Assert.Equal("a3", node.TipName);
            AssertWhole(node.Chain);
        }

        Assert.NotEqual(0, failures);
    }

    /// <summary>In one process, too: once there is room again the same block is taken.</summary>
    [Fact]
    public void ProcessBlock_DiskWorksAgain_SameBlockIsTaken() => Property.Check(output, 4, random =>
    {
        var history = new RandomHistory(random, TestChains.Private);
        using var node = new StateNode(TestChains.Private, ReorganisationTests.RandomOptions(random));
        for (var i = 0; i < 30; i++)
        {
            var block = history.Next();
            var (table, operation) = random.OneOf(AllWrites);
            Break(node, table, operation, random.OneOf("ABORT", "ROLLBACK"));
            var failed = Record.Exception(() => node.Process(block));
            node.Tamper("DROP TRIGGER broken");
            AssertHealthy(node.Chain);
            if (failed is not null)
            {
                Assert.IsType<DatabaseException>(failed);
                node.Process(block);
            }
        }

        // A reorganisation that the disk broke off goes on with the next block that is taken.
        BuiltBlock last;
        do node.Process(last = history.Next());
        while (!history.IsValid(last));
        Assert.Equal(history.Best.Name, node.TipName);
        node.AssertCoins(history.CoinsAt(history.Best), history.Places);
    });

    [Fact]
    public void Dispose_FlushFails_ClosesTheFileAllTheSame()
    {
        using var folder = new StateFolder();
        var g = new ChainBuilder(TestChains.Private);
        var chain = Chainstate.Create(ChainDatabase.Open(folder.Database), TestChains.Private, StateNode.Quick, new ManualClock(g.Now));
        using (var raw = SqliteDatabase.Open(folder.Database)) raw.Execute("CREATE TRIGGER broken BEFORE INSERT ON coin_pages BEGIN SELECT RAISE(ABORT, 'disk'); END");
        Assert.Throws<DatabaseException>(chain.Dispose);

        // The last connection takes the log with it.
        Assert.False(File.Exists(folder.Database + "-wal"));
    }

    private static void Break(StateNode node, string table, string operation, string kind) =>
        node.Tamper($"CREATE TRIGGER broken BEFORE {operation} ON {table} BEGIN SELECT RAISE({kind}, 'the disk fails'); END");

    private static void Repair(string path)
    {
        using var raw = SqliteDatabase.Open(path);
        raw.Execute("DROP TRIGGER IF EXISTS broken");
    }

    /// <summary>
    /// What is in memory fits together and to the disk: every block that the tree knows is stored. Only a verdict that could
    /// not be written may be known in memory alone.
    /// </summary>
    private static void AssertHealthy(Chainstate chain)
    {
        var stored = chain.Database.ReadHeaders().ToDictionary(header => header.Header.Hash, header => header.Status);
        Assert.Equal(stored.Count, chain.Tree.Count);
        Assert.All(chain.Tree.Nodes, node => Assert.Equal(node.Status, stored[node.Hash] | (node.Status & BlockStatus.AnyFailure)));
        Assert.Equal(Describe(CoinAudit.Replay(chain)), Describe(chain));
    }

    private static void AssertWhole(Chainstate chain)
    {
        Assert.All(chain.Tree.Nodes, node => Assert.False(node.IsFailed));
        Assert.Equal(chain.Tree.Nodes.Max(node => node.Height), chain.Tip.Height);
        Assert.Equal(Describe(CoinAudit.Replay(chain)), Describe(chain));
    }

    private static IEnumerable<string> Describe(Chainstate chain) =>
        Describe(Enumerable.Range(1, 4).SelectMany(number => chain.FindCoins(Keys.ScriptOf(Keys.Of(number))).Select(pair => KeyValuePair.Create(pair.OutPoint, pair.Coin))));

    private static IEnumerable<string> Describe(IEnumerable<KeyValuePair<OutPoint, Core.Coins.Coin>> coins) =>
        coins.Select(pair => $"{pair.Key} {pair.Value.Height} {pair.Value.Output.Value}").Order(StringComparer.Ordinal);
}
