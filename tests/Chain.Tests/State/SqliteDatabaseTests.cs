using Chain.State.Storage;

namespace Chain.Tests.State;

/// <summary>One connection to one file: all or nothing, and a sentence for people where it fails.</summary>
public class SqliteDatabaseTests
{
    [Fact]
    public void InTransaction_Commits_AllIsThereAfterwards()
    {
        using var folder = new StateFolder();
        using (var db = OpenTable(folder))
        {
            db.InTransaction(() =>
            {
                db.Execute("INSERT INTO t VALUES(1, x'01')");
                db.Execute("INSERT INTO t VALUES(2, x'02')");
            });
        }

        using var again = SqliteDatabase.Open(folder.Database);
        Assert.Equal(2, Count(again));
    }

    [Fact]
    public void InTransaction_Exception_RollsBackAndGoesOn()
    {
        using var folder = new StateFolder();
        using var db = OpenTable(folder);
        var thrown = Assert.Throws<InvalidOperationException>(() => db.InTransaction(() =>
        {
            db.Execute("INSERT INTO t VALUES(1, x'01')");
            throw new InvalidOperationException("in between");
        }));
        Assert.Equal("in between", thrown.Message);
        Assert.Equal(0, Count(db));

        db.InTransaction(() => db.Execute("INSERT INTO t VALUES(2, x'02')"));
        Assert.Equal(1, Count(db));
    }

    [Fact]
    public void InTransaction_ExceptionWithAnOpenRead_RollsBack()
    {
        using var folder = new StateFolder();
        using var db = OpenTable(folder);
        db.Execute("INSERT INTO t VALUES(1, x'01')");
        using var read = db.Prepare("SELECT id FROM t");
        Assert.Throws<InvalidOperationException>(() => db.InTransaction(() =>
        {
            db.Execute("INSERT INTO t VALUES(2, x'02')");
            Assert.True(read.Step());
            throw new InvalidOperationException();
        }));
        read.Reset();
        Assert.Equal(1, Count(db));
    }

    [Fact]
    public async Task InTransactionBehind_Writes_AreDurableWhenItSaysSo()
    {
        using var folder = new StateFolder();
        using var db = OpenTable(folder);
        db.InTransactionBehind(() =>
        {
            db.Write(() => db.Execute("INSERT INTO t VALUES(1, x'01')"));
            db.Write(() => db.Execute("INSERT INTO t VALUES(2, x'02')"));
        });
        await db.Durable.WaitAsync(TimeSpan.FromSeconds(10));
        using var other = SqliteDatabase.Open(folder.Database);
        Assert.Equal(2, Count(other));
    }

    /// <summary>Whoever looks sees what was put off, in the transaction and after it.</summary>
    [Fact]
    public void InTransactionBehind_ReadsInBetween_SeeTheWrites()
    {
        using var folder = new StateFolder();
        using var db = OpenTable(folder);
        foreach (var i in Enumerable.Range(0, 50))
        {
            db.InTransactionBehind(() =>
            {
                db.Write(() => db.Execute($"INSERT INTO t VALUES({2 * i}, x'01')"));
                if (i % 3 == 0) Assert.Equal(2 * i + 1, Count(db));
                db.Write(() => db.Execute($"INSERT INTO t VALUES({2 * i + 1}, x'02')"));
            });
            if (i % 2 == 0) Assert.Equal(2 * i + 2, Count(db));
        }
    }

    [Fact]
    public void InTransactionBehind_WorkFails_NothingOfItStays()
    {
        using var folder = new StateFolder();
        using var db = OpenTable(folder);
        db.InTransactionBehind(() => db.Write(() => db.Execute("INSERT INTO t VALUES(1, x'01')")));
        Assert.Throws<TimeoutException>(() => db.InTransactionBehind(() =>
        {
            db.Execute("INSERT INTO t VALUES(2, x'02')");
            db.Write(() => db.Execute("INSERT INTO t VALUES(3, x'03')"));
            throw new TimeoutException();
        }));
        Assert.Equal(1, Count(db));
        db.InTransaction(() => db.Execute("INSERT INTO t VALUES(4, x'04')"));
        Assert.Equal(2, Count(db));
    }

    /// <summary>Nobody may go on as if it were there: not the task, not the connection.</summary>
    [Fact]
    public async Task InTransactionBehind_TheWriteFails_EverythingSaysSoFromThenOn()
    {
        using var folder = new StateFolder();
        using (var db = OpenTable(folder))
        {
            db.Execute("CREATE TRIGGER broken BEFORE INSERT ON t WHEN NEW.id = 2 BEGIN SELECT RAISE(ABORT, 'the disk fails'); END");
            db.InTransactionBehind(() => db.Write(() => db.Execute("INSERT INTO t VALUES(1, x'01'), (2, x'02')")));
            Assert.Contains("the disk fails", (await Assert.ThrowsAsync<DatabaseException>(() => db.Durable)).Message, StringComparison.Ordinal);
            Assert.Throws<DatabaseException>(() => Count(db));
            Assert.Throws<DatabaseException>(() => db.InTransaction(() => { }));
            Assert.Throws<DatabaseException>(() => db.InTransactionBehind(() => { }));
        }

        using var again = SqliteDatabase.Open(folder.Database);
        Assert.Equal(0, Count(again));
    }

    [Fact]
    public void InSnapshot_SeesTheFile_AndRefusesToWrite()
    {
        using var folder = new StateFolder();
        using var db = OpenTable(folder);
        db.InTransaction(() => db.Execute("INSERT INTO t VALUES(1, x'01')"));
        db.InSnapshot(() =>
        {
            Assert.Equal(1, Count(db));
            db.InSnapshot(() => Assert.Equal(1, Count(db)));
            Assert.Throws<InvalidOperationException>(() => db.InTransaction(() => { }));
            Assert.Throws<InvalidOperationException>(() => db.InTransactionBehind(() => { }));
        });
        Assert.Throws<TimeoutException>(() => db.InSnapshot(() => throw new TimeoutException()));
        db.InTransaction(() => db.InSnapshot(() => db.Execute("INSERT INTO t VALUES(2, x'01')")));
        Assert.Equal(2, Count(db));
    }

    [Fact]
    public void InTransactionBehind_InsideAnother_IsRefused()
    {
        using var folder = new StateFolder();
        using var db = OpenTable(folder);
        Assert.Throws<InvalidOperationException>(() => db.InTransaction(() => db.InTransactionBehind(() => { })));
    }

    [Fact]
    public void InTransaction_InsideAnother_IsPartOfIt()
    {
        using var folder = new StateFolder();
        using var db = OpenTable(folder);
        db.InTransaction(() =>
        {
            db.Execute("INSERT INTO t VALUES(1, x'01')");
            db.InTransaction(() => db.Execute("INSERT INTO t VALUES(2, x'02')"));
        });
        Assert.Equal(2, Count(db));

        Assert.Throws<ArgumentException>(() => db.InTransaction(() =>
        {
            db.InTransaction(() => db.Execute("INSERT INTO t VALUES(3, x'03')"));
            throw new ArgumentException("the outer one");
        }));
        Assert.Equal(2, Count(db));
    }

    /// <summary>Who swallows the failure of a part cannot keep the other parts.</summary>
    [Fact]
    public void InTransaction_PartOfAnotherFails_NothingStays()
    {
        using var folder = new StateFolder();
        using var db = OpenTable(folder);
        Assert.Throws<InvalidOperationException>(() => db.InTransaction(() =>
        {
            db.Execute("INSERT INTO t VALUES(1, x'01')");
            Assert.Throws<ArgumentException>(() => db.InTransaction(() => throw new ArgumentException("the inner one")));
        }));
        Assert.Equal(0, Count(db));
        db.InTransaction(() => db.Execute("INSERT INTO t VALUES(1, x'01')"));
        Assert.Equal(1, Count(db));
    }

    [Fact]
    public void InTransaction_DiskFull_SaysSoAndRollsBack()
    {
        using var folder = new StateFolder();
        using var db = OpenTable(folder);
        db.Execute("PRAGMA max_page_count = 20");
        var insert = db.Prepare("INSERT INTO t VALUES(?, ?)");
        var failure = Assert.Throws<DatabaseException>(() => db.InTransaction(() =>
        {
            for (var i = 0; i < 1000; i++) insert.Bind(1, i).Bind(2, new byte[1000]).Run();
        }));
        Assert.StartsWith("The disk is full: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(folder.Database, failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, Count(db));

        db.Execute("PRAGMA max_page_count = 1000");
        db.InTransaction(() => insert.Bind(1, 1).Bind(2, new byte[1000]).Run());
        Assert.Equal(1, Count(db));
    }

    [Fact]
    public void InTransaction_AnotherProgramWrites_SaysThatItIsInUse()
    {
        using var folder = new StateFolder();
        using var db = OpenTable(folder);
        using var other = SqliteDatabase.Open(folder.Database);
        db.Execute("PRAGMA busy_timeout = 0");
        other.Execute("BEGIN IMMEDIATE");
        var failure = Assert.Throws<DatabaseException>(() => db.InTransaction(() => { }));
        Assert.Contains("in use by another program", failure.Message, StringComparison.Ordinal);
        other.Execute("COMMIT");
        db.InTransaction(() => db.Execute("INSERT INTO t VALUES(1, x'01')"));
        Assert.Equal(1, Count(other));
    }

    [Fact]
    public void Execute_NotWritable_SaysSo()
    {
        using var folder = new StateFolder();
        using var db = OpenTable(folder);
        db.Execute("PRAGMA query_only = 1");
        var failure = Assert.Throws<DatabaseException>(() => db.Execute("INSERT INTO t VALUES(1, x'01')"));
        Assert.Contains("cannot be written", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoSuchFolder_SaysThatItCannotBeOpened()
    {
        using var folder = new StateFolder();
        var failure = Assert.Throws<DatabaseException>(() => SqliteDatabase.Open(folder.PathOf("nowhere/blockchain.db")));
        Assert.Contains("cannot be opened", failure.Message, StringComparison.Ordinal);
        Assert.Contains("See that the folder exists", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT nothing FROM nowhere")]
    [InlineData("no sql at all")]
    public void Prepare_WhatDoesNotCompile_Throws(string sql)
    {
        using var folder = new StateFolder();
        using var db = OpenTable(folder);
        Assert.Throws<DatabaseException>(() => db.Prepare(sql));
    }

    [Fact]
    public void Statement_BlobsOfAnyLength_ComeBackAndNeverAsNull()
    {
        using var folder = new StateFolder();
        using var db = OpenTable(folder);
        byte[][] blobs = [[], [0], new byte[100_000]];
        var insert = db.Prepare("INSERT INTO t VALUES(?, ?)");
        for (var i = 0; i < blobs.Length; i++) insert.Bind(1, i).Bind(2, blobs[i]).Run();

        var read = db.Prepare("SELECT blob, blob IS NULL FROM t WHERE id = ?");
        for (var i = 0; i < blobs.Length; i++)
        {
            Assert.True(read.Bind(1, i).Step());
            Assert.Equal(blobs[i], read.Blob(0).ToArray());
            Assert.Equal(0, read.Integer(1));
            read.Reset();
        }

        Assert.False(read.Bind(1, blobs.Length).Step());
    }

    [Fact]
    public void Statement_Fails_CanBeUsedAgain()
    {
        using var folder = new StateFolder();
        using var db = OpenTable(folder);
        var insert = db.Prepare("INSERT INTO t VALUES(?, ?)");
        insert.Bind(1, 1).Bind(2, [1]).Run();
        Assert.Throws<DatabaseException>(() => insert.Bind(1, 1).Bind(2, [2]).Run());
        insert.Bind(1, 2).Bind(2, [3]).Run();
        Assert.Equal(2, Count(db));
    }

    private static SqliteDatabase OpenTable(StateFolder folder)
    {
        var db = SqliteDatabase.Open(folder.Database);
        db.Execute("PRAGMA journal_mode = WAL");
        db.Execute("CREATE TABLE t(id INTEGER PRIMARY KEY, blob BLOB NOT NULL)");
        return db;
    }

    private static long Count(SqliteDatabase db)
    {
        using var count = db.Prepare("SELECT count(*) FROM t");
        Assert.True(count.Step());
        return count.Integer(0);
    }
}
