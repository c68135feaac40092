using Chain.Node;
using Chain.State;
using Chain.State.Storage;
using Chain.Tests.Kit;
using Chain.Tests.State;

namespace Chain.Tests.Node;

/// <summary>A chain with all that hangs on its database.</summary>
public class LoadedChainTests
{
    /// <summary>Coins are what the blocks say: where those on disk are damaged and needed at the start, nobody has to repair them.</summary>
    [Theory]
    [InlineData("", false)]
    [InlineData("UPDATE coin_runs SET checksum = 0", true)]
    [InlineData("UPDATE script_runs SET first_keys = x''", true)]
    [InlineData("UPDATE coin_pages SET body = x'00'; UPDATE facts SET value = (SELECT value FROM facts WHERE name = 'first') WHERE name = 'coins at'", true)]
    public void Open_DamagedCoins_AreMadeAnewFromTheBlocks(string damage, bool isDamage)
    {
        using var folder = new StateFolder();
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlocks("b", 3);
        g.NextBlock("b4", draft => draft.Transactions.Add(g.SpendReward("b1", Keys.Alice)));
        var clock = new ManualClock(g.Now);
        using (var chain = Chainstate.Create(ChainDatabase.Open(folder.Database), TestChains.Private, StateNode.Quick, clock))
        {
            foreach (var built in g.Tip.Path().Skip(1)) Assert.Equal(BlockOutcome.Accepted, chain.ProcessBlock(built.Block).Outcome);
            chain.Database.WriteFact("first", g["b1"].Hash.Hash.ToByteArray());
        }

        using (var raw = SqliteDatabase.Open(folder.Database)) raw.Execute(damage);
        using (var loaded = Load(folder, clock))
        {
            Assert.Equal(isDamage, loaded.CoinsWereDamaged);
            Assert.Equal(g["b4"].Hash, loaded.Chainstate.Tip.Hash);
            Assert.Equal(0, CoinAudit.Run(loaded.Chainstate).Differences);
            StateNode.AssertCoins(loaded.Chainstate, g.CoinsAt(g["b4"]), []);
        }

        using var again = Load(folder, clock);
        Assert.False(again.CoinsWereDamaged);
    }

    private static LoadedChain Load(StateFolder folder, TimeProvider clock) =>
        LoadedChain.Open(DatabaseLock.TryTake(folder.Database, Environment.ProcessId, 0)!, folder.Database, null, clock);
}
