namespace Chain.State.Storage;

/// <summary>
/// A connection to one SQLite file on the raw API, whose prepared statements allocate nothing per row. The library is the
/// system's maintained one. Not for two threads at once, but for the one that commits behind its owner's back.
/// </summary>
public sealed class SqliteDatabase : IDisposable
{
    private readonly List<SqliteStatement> _statements = [];
    private readonly CommitBehind _behind;
    private bool _isInTransaction, _isReading;
    private bool _hasFailedPart;
    private nint _handle;

    private SqliteDatabase(nint handle, string path)
    {
        _handle = handle;
        _behind = new CommitBehind(sql => Check(Sqlite3.Exec(Handle, sql)), Rollback);
        Path = path;
    }

    /// <summary>A transaction failed: what was read or written in it is not what the file holds.</summary>
    public event Action? RolledBack;

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Whether a commit is under way on another thread, which whatever uses the connection waits for.</summary>
    public bool IsCommitting => _behind.IsCommitting;

    /// <summary>Done once what was committed behind is on disk; fails with the <see cref="DatabaseException"/> that kept it from there.</summary>
    public Task Durable => _behind.Durable;

    /// <summary>The version of the SQLite library that is used. Throws <see cref="DllNotFoundException"/> where there is none.</summary>
    public static string LibraryVersion => Sqlite3.Version;

    /// <summary>Opens the file, which is created where it does not exist.</summary>
    public static SqliteDatabase Open(string path)
    {
        var code = Sqlite3.Open(path, out var handle, Sqlite3.OpenReadWrite | Sqlite3.OpenCreate | Sqlite3.OpenNoMutex);
        var database = new SqliteDatabase(handle, path);
        try
        {
            database.Check(code);
            database.Execute("PRAGMA busy_timeout = 5000");
            return database;
        }
        catch (DatabaseException)
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file only to read it, where nothing can be written beside it and nobody else does; what its log holds is not seen.</summary>
    internal static SqliteDatabase OpenUnchanging(string path)
    {
        var address = $"file:{Uri.EscapeDataString(System.IO.Path.GetFullPath(path)).Replace("%2F", "/", StringComparison.Ordinal)}?immutable=1";
        var code = Sqlite3.Open(address, out var handle, Sqlite3.OpenReadOnly | Sqlite3.OpenUri | Sqlite3.OpenNoMutex);
        var database = new SqliteDatabase(handle, path);
        try
        {
            database.Check(code);
            return database;
        }
        catch (DatabaseException)
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Runs statements that return nothing of interest.</summary>
    public void Execute(string sql)
    {
        Settle();
        Check(Sqlite3.Exec(Handle, sql));
    }

    /// <summary>Compiles a statement, which lives as long as the connection at most.</summary>
    public SqliteStatement Prepare(string sql)
    {
        Settle();
        Check(Sqlite3.Prepare(Handle, sql, out var handle));
        var statement = new SqliteStatement(this, handle);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction: all of it is on disk afterwards, or nothing. Inside another one it is part
    /// of that, and fails with it or lets it fail.
    /// </summary>
    public void InTransaction(Action work)
    {
        if (_isReading) throw new InvalidOperationException("Nothing can be written while only reading was announced.");
        if (_isInTransaction)
        {
            RunPart(work);
            return;
        }

        Execute("BEGIN IMMEDIATE");
        RunOutermost(() =>
        {
            work();
            CheckParts();
            Execute("COMMIT");
        });
    }

    /// <summary>
    /// Runs <paramref name="work"/> that only reads, and reads much: the file is locked and looked at once for all of it. Inside
    /// a transaction it is part of that.
    /// </summary>
    public void InSnapshot(Action work)
    {
        if (_isInTransaction || _isReading)
        {
            work();
            return;
        }

        Execute("BEGIN");
        _isReading = true;
        try
        {
            work();
        }
        finally
        {
            _isReading = false;
            Rollback();
        }
    }

    /// <summary>
    /// As <see cref="InTransaction"/>, but the writes that were handed to <see cref="Write"/> and the commit run on a thread of
    /// their own after it returns, while the caller goes on; <see cref="Durable"/> says when they are done. Where they fail, the
    /// connection is of no use any more. Not inside another transaction.
    /// </summary>
    public void InTransactionBehind(Action work)
    {
        if (_isInTransaction || _isReading) throw new InvalidOperationException("A transaction runs already.");
        _behind.Begin();
        RunOutermost(() =>
        {
            work();
            CheckParts();
            _behind.Commit();
        });
    }

    /// <summary>Runs a write that nothing depends on before the end of the transaction: later, where that may be.</summary>
    public void Write(Action write)
    {
        if (!_behind.TryDefer(write)) write();
    }

    /// <summary>Copies all pages to another database, some at once; a transaction that reads keeps them as they were at its beginning.</summary>
    internal void CopyTo(SqliteDatabase target, int pagesAtOnce, Action<double> tell, CancellationToken cancellationToken)
    {
        var backup = Sqlite3.BackupInit(target.Handle, "main", Handle, "main");
        if (backup == 0) throw target.Failure(Sqlite3.ErrCode(target.Handle));
        try
        {
            int code;
            do
            {
                cancellationToken.ThrowIfCancellationRequested();
                code = Sqlite3.BackupStep(backup, pagesAtOnce);
                if (code is not (Sqlite3.Ok or Sqlite3.Done)) throw target.Failure(code);
                tell(1 - ((double)Sqlite3.BackupRemaining(backup) / Math.Max(1, Sqlite3.BackupPageCount(backup))));
            }
            while (code != Sqlite3.Done);
        }
        finally
        {
            _ = Sqlite3.BackupFinish(backup);
        }
    }

    /// <summary>Lets what the connection does at this moment fail, from any thread.</summary>
    internal void Interrupt() => Sqlite3.Interrupt(Handle);

    /// <summary>Waits for what is committed behind. Throws <see cref="DatabaseException"/> where it failed.</summary>
    internal void Settle() => _behind.Settle();

    /// <summary>Throws where a commit behind failed: what was read of it is not in the file.</summary>
    internal void ThrowIfLost() => _behind.ThrowIfFailed();

    private void RunPart(Action work)
    {
        try
        {
            work();
        }
        catch
        {
            _hasFailedPart = true;
            throw;
        }
    }

    private void RunOutermost(Action work)
    {
        _isInTransaction = true;
        _hasFailedPart = false;
        try
        {
            work();
        }
        catch
        {
            _behind.Abandon();
            Rollback();
            RolledBack?.Invoke();
            throw;
        }
        finally
        {
            _isInTransaction = false;
        }
    }

    private void CheckParts()
    {
        if (_hasFailedPart) throw new InvalidOperationException("A part of the transaction failed, so none of it can be kept.");
    }

    /// <summary>Some errors (a full disk) roll back by themselves; a second ROLLBACK is then an error of no interest.</summary>
    private void Rollback() => _ = Sqlite3.Exec(Handle, "ROLLBACK");

    /// <summary>Finalizes the statements and closes the connection.</summary>
    public void Dispose()
    {
        _behind.Dispose();
        while (_statements.Count > 0) _statements[^1].Dispose();
        _ = Sqlite3.Close(_handle);
        _handle = 0;
    }

    private nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(SqliteDatabase));

    /// <summary>A statement is of no use any more.</summary>
    internal void Forget(SqliteStatement statement)
    {
        _behind.Rest();
        _statements.Remove(statement);
    }

    internal int LastChanges => Sqlite3.Changes(Handle);

    internal void Check(int code)
    {
        if (code is Sqlite3.Ok or Sqlite3.Row or Sqlite3.Done) return;
        throw Failure(code);
    }

    private DatabaseException Failure(int code)
    {
        var text = Sqlite3.ErrorText(_handle);
        return new DatabaseException((code & 0xff) switch
        {
            Sqlite3.NotADb or Sqlite3.Corrupt =>
                $"The database {Path} is damaged ({text}). Move it away and let the node fetch the chain again, or restore a copy.",
            Sqlite3.Full => $"The disk is full: {Path} cannot grow. Free some space and start again; nothing is lost.",
            Sqlite3.Busy or Sqlite3.Locked => $"The database {Path} is in use by another program. Close it and try again.",
            Sqlite3.CantOpen => $"The database {Path} cannot be opened ({text}). See that the folder exists, and that you may write there.",
            Sqlite3.ReadOnly or Sqlite3.Perm => $"The database {Path} cannot be written ({text}). Check the file's owner and permissions.",
            _ => $"The database {Path} failed: {text} (SQLite error {code}).",
        })
        {
            IsDamage = (code & 0xff) is Sqlite3.NotADb or Sqlite3.Corrupt,
            IsReadOnly = (code & 0xff) is Sqlite3.CantOpen or Sqlite3.ReadOnly or Sqlite3.Perm,
        };
    }
}
