using System.Runtime.InteropServices;
using SQLitePCL;

namespace Chain.State.Storage;

/// <summary>
/// A connection to one SQLite file on the raw API, whose prepared statements allocate nothing per row. The library is the
/// system's maintained one. Not for two threads at once, but for the one that commits behind its owner's back.
/// </summary>
public sealed class SqliteDatabase : IDisposable
{
    private static readonly Lock ProviderGate = new();
    private static bool _providerIsSet;

    private readonly sqlite3 _handle;
    private readonly List<SqliteStatement> _statements = [];
    private readonly CommitBehind _behind;
    private bool _isInTransaction, _isReading;
    private bool _hasFailedPart;

    private SqliteDatabase(sqlite3 handle, string path)
    {
        _handle = handle;
        _behind = new CommitBehind(sql => Check(raw.sqlite3_exec(_handle, sql)), Rollback);
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
    public static string LibraryVersion
    {
        get
        {
            SetProvider();
            return raw.sqlite3_libversion().utf8_to_string();
        }
    }

    /// <summary>Opens the file, which is created where it does not exist.</summary>
    public static SqliteDatabase Open(string path)
    {
        SetProvider();
        var code = raw.sqlite3_open_v2(path, out var handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX, null);
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
        SetProvider();
        var address = $"file:{Uri.EscapeDataString(System.IO.Path.GetFullPath(path)).Replace("%2F", "/", StringComparison.Ordinal)}?immutable=1";
        var code = raw.sqlite3_open_v2(address, out var handle, raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_URI | raw.SQLITE_OPEN_NOMUTEX, null);
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
        Check(raw.sqlite3_exec(_handle, sql));
    }

    /// <summary>Compiles a statement, which lives as long as the connection.</summary>
    public SqliteStatement Prepare(string sql)
    {
        Settle();
        Check(raw.sqlite3_prepare_v2(_handle, sql, out var handle));
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
        var backup = raw.sqlite3_backup_init(target._handle, "main", _handle, "main");
        if (backup.IsInvalid) target.Check(raw.sqlite3_errcode(target._handle));
        try
        {
            int code;
            do
            {
                cancellationToken.ThrowIfCancellationRequested();
                code = raw.sqlite3_backup_step(backup, pagesAtOnce);
                if (code is not (raw.SQLITE_OK or raw.SQLITE_DONE)) throw target.Failure(code);
                tell(1 - ((double)raw.sqlite3_backup_remaining(backup) / Math.Max(1, raw.sqlite3_backup_pagecount(backup))));
            }
            while (code != raw.SQLITE_DONE);
        }
        finally
        {
            _ = raw.sqlite3_backup_finish(backup);
        }
    }

    /// <summary>Lets what the connection does at this moment fail, from any thread.</summary>
    internal void Interrupt() => raw.sqlite3_interrupt(_handle);

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
    private void Rollback() => _ = raw.sqlite3_exec(_handle, "ROLLBACK");

    /// <summary>Finalizes the statements and closes the connection.</summary>
    public void Dispose()
    {
        _behind.Dispose();
        foreach (var statement in _statements) statement.Dispose();
        _handle.Dispose();
    }

    internal int LastChanges => raw.sqlite3_changes(_handle);

    internal void Check(int code)
    {
        if (code is raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE) return;
        throw Failure(code);
    }

    private DatabaseException Failure(int code)
    {
        var text = raw.sqlite3_errmsg(_handle).utf8_to_string();
        return new DatabaseException((code & 0xff) switch
        {
            raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT =>
                $"The database {Path} is damaged ({text}). Move it away and let the node fetch the chain again, or restore a copy.",
            raw.SQLITE_FULL => $"The disk is full: {Path} cannot grow. Free some space and start again; nothing is lost.",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"The database {Path} is in use by another program. Close it and try again.",
            raw.SQLITE_CANTOPEN => $"The database {Path} cannot be opened ({text}). Does the folder exist, and may you write there?",
            raw.SQLITE_READONLY or raw.SQLITE_PERM => $"The database {Path} cannot be written ({text}). Check the file's owner and permissions.",
            _ => $"The database {Path} failed: {text} (SQLite error {code}).",
        })
        { IsReadOnly = (code & 0xff) is raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PERM };
    }

    private static void SetProvider()
    {
        lock (ProviderGate)
        {
            if (_providerIsSet) return;
            NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, (name, _, _) => name == "e_sqlite3" ? LoadLibrary() : 0);
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            raw.FreezeProvider();
            _providerIsSet = true;
        }
    }

    private static nint LoadLibrary()
    {
        string[] files = ["libsqlite3.so.0", "libsqlite3.dylib", "libsqlite3.0.dylib", "winsqlite3.dll", "e_sqlite3"];
        foreach (var file in files)
        {
            if (NativeLibrary.TryLoad(System.IO.Path.Combine(AppContext.BaseDirectory, file), out var handle)) return handle;
            if (NativeLibrary.TryLoad(file, out handle)) return handle;
        }

        throw new DllNotFoundException(
            "SQLite was not found. Install it (Debian, Ubuntu: apt-get install libsqlite3-0) or put its library beside the executable.");
    }
}
