using Chain.State.Storage;

namespace Chain.Tests.State;

/// <summary>One owner of a database, which the others can name.</summary>
public class DatabaseLockTests
{
    [Fact]
    public void TryTake_Free_TakesItAndLeavesANote()
    {
        using var folder = new StateFolder();
        using var held = DatabaseLock.TryTake(folder.Database, 4711, 13000);
        Assert.NotNull(held);
        Assert.Equal((4711, 13000), DatabaseLock.ReadOwner(folder.Database));
    }

    [Fact]
    public void TryTake_Held_GivesNullAndLeavesTheOwnersNote()
    {
        using var folder = new StateFolder();
        using var held = DatabaseLock.TryTake(folder.Database, 1, 13000);
        Assert.Null(DatabaseLock.TryTake(folder.Database, 2, 13001));
        Assert.Equal((1, 13000), DatabaseLock.ReadOwner(folder.Database));
    }

    [Fact]
    public void Dispose_ReleasesItAndRemovesTheNote()
    {
        using var folder = new StateFolder();
        DatabaseLock.TryTake(folder.Database, 1, 13000)!.Dispose();
        Assert.Null(DatabaseLock.ReadOwner(folder.Database));
        using var second = DatabaseLock.TryTake(folder.Database, 2, 0);
        Assert.Equal((2, 0), DatabaseLock.ReadOwner(folder.Database));
    }

    /// <summary>A killed process leaves both files; the system releases its lock.</summary>
    [Fact]
    public void TryTake_FilesOfAKilledProcess_AreNoObstacle()
    {
        using var folder = new StateFolder();
        File.WriteAllText(folder.Database + ".lock", "");
        File.WriteAllText(folder.Database + ".owner", "999 13999\n");
        Assert.Equal((999, 13999), DatabaseLock.ReadOwner(folder.Database));
        using var held = DatabaseLock.TryTake(folder.Database, 5, 13000);
        Assert.NotNull(held);
        Assert.Equal((5, 13000), DatabaseLock.ReadOwner(folder.Database));
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("12 13000 7")]
    [InlineData("twelve 13000")]
    [InlineData("12 99999999999")]
    public void ReadOwner_HalfWrittenNote_IsNobody(string note)
    {
        using var folder = new StateFolder();
        File.WriteAllText(folder.Database + ".owner", note);
        Assert.Null(DatabaseLock.ReadOwner(folder.Database));
    }

    [Fact]
    public void ReadOwner_NoFolder_IsNobody()
    {
        using var folder = new StateFolder();
        Assert.Null(DatabaseLock.ReadOwner(folder.PathOf("nowhere/blockchain.db")));
    }

    [Fact]
    public void TryTake_NoFolder_SaysSo()
    {
        using var folder = new StateFolder();
        var failure = Assert.Throws<DatabaseException>(() => DatabaseLock.TryTake(folder.PathOf("nowhere/blockchain.db"), 1, 0));
        Assert.Contains("does not exist", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Nobody holds what cannot be made: the answer must not be that it is in use.</summary>
    [Fact]
    public void TryTake_NameTooLong_SaysSo()
    {
        using var folder = new StateFolder();
        Assert.Throws<DatabaseException>(() => DatabaseLock.TryTake(folder.PathOf(new string('x', 300)), 1, 0));
    }

    [Fact]
    public void TryTake_TwoDatabasesInOneFolder_AreIndependent()
    {
        using var folder = new StateFolder();
        using var first = DatabaseLock.TryTake(folder.PathOf("a.db"), 1, 1);
        using var second = DatabaseLock.TryTake(folder.PathOf("b.db"), 2, 2);
        Assert.NotNull(first);
        Assert.NotNull(second);
    }

    /// <summary>Where the note cannot be written, the lock must not stay with nobody.</summary>
    [Fact]
    public void TryTake_NoteNotWritable_ThrowsAndReleases()
    {
        using var folder = new StateFolder();
        Directory.CreateDirectory(folder.Database + ".owner");
        Assert.Throws<DatabaseException>(() => DatabaseLock.TryTake(folder.Database, 1, 0));
        Directory.Delete(folder.Database + ".owner");
        using var held = DatabaseLock.TryTake(folder.Database, 1, 0);
        Assert.NotNull(held);
    }
}
