using Chain.State.Storage;
using Chain.Tests.Kit;

namespace Chain.Tests.State;

/// <summary>What the doctor finds in a database, and what it does not take for damage.</summary>
public sealed class DatabaseCheckTests
{
    [Fact]
    public void Look_AtAWholeDatabase_FindsNothing()
    {
        using var node = new StateNode(TestChains.Private);
        node.Accept(new ChainBuilder(TestChains.Private).NextBlocks("b", 3));
        Assert.Equal(new DatabaseCheck(null, 4, IsWhole: true), DatabaseCheck.Look(node.Path, CancellationToken.None));
    }

    [Theory]
    [InlineData("UPDATE blocks SET block = zeroblob(length(block)) WHERE sequence = 2", "the block that came as number 2 is not")]
    [InlineData("UPDATE blocks SET block = (SELECT block FROM blocks WHERE sequence = 1) WHERE sequence = 2", "the block that came as number 2 is not")]
    [InlineData("UPDATE blocks SET block = block || x'00' WHERE sequence = 0", "the block that came as number 0 is not")]
    [InlineData("UPDATE undo SET undo = x'01' WHERE sequence = 3", "what undoes the block that came as number 3 is not")]
    [InlineData("DELETE FROM undo WHERE sequence = 1", "what undoes the block that came as number 1 is not")]
    public void Look_AtWhatWasChanged_SaysWhichBlock(string change, string words)
    {
        using var node = new StateNode(TestChains.Private);
        node.Accept(new ChainBuilder(TestChains.Private).NextBlocks("b", 3));
        node.Tamper(change);
        var check = DatabaseCheck.Look(node.Path, CancellationToken.None);
        Assert.Contains(words, check.Damage, StringComparison.Ordinal);
    }

    [Fact]
    public void Look_StoppedBefore_IsNotWholeAndNoDamage()
    {
        using var node = new StateNode(TestChains.Private);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Equal(new DatabaseCheck(null, 0, IsWhole: false), DatabaseCheck.Look(node.Path, stop.Token));
    }

    /// <summary>That it cannot be looked at is trouble, after which nothing need be moved away.</summary>
    [Fact]
    public void Look_WhereAnotherHoldsIt_ThrowsAndCallsItNoDamage()
    {
        using var folder = new StateFolder();
        using (var database = ChainDatabase.Open(folder.Database)) database.WriteFact("any", [1]);
        using var other = SqliteDatabase.Open(folder.Database);
        other.Execute("PRAGMA locking_mode = EXCLUSIVE");
        other.Execute("BEGIN IMMEDIATE");
        other.Execute("COMMIT");
        var failure = Assert.Throws<DatabaseException>(() => DatabaseCheck.Look(folder.Database, CancellationToken.None));
        Assert.False(failure.IsDamage);
        Assert.Contains("is in use by another program", failure.Message, StringComparison.Ordinal);
    }
}
