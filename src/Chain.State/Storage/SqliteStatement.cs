using SQLitePCL;

namespace Chain.State.Storage;

/// <summary>A prepared statement: bind by position from 1, step, read columns from 0, reset.</summary>
public sealed class SqliteStatement : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly sqlite3_stmt _handle;

    internal SqliteStatement(SqliteDatabase database, sqlite3_stmt handle)
    {
        _database = database;
        _handle = handle;
    }

    /// <summary>Binds bytes; an empty span is an empty blob, never NULL.</summary>
    public SqliteStatement Bind(int index, ReadOnlySpan<byte> value)
    {
        _database.Settle();
        _database.Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(_handle, index, 0) : raw.sqlite3_bind_blob(_handle, index, value));
        return this;
    }

    /// <summary>Binds an integer.</summary>
    public SqliteStatement Bind(int index, long value)
    {
        _database.Settle();
        _database.Check(raw.sqlite3_bind_int64(_handle, index, value));
        return this;
    }

    /// <summary>Binds text.</summary>
    public SqliteStatement Bind(int index, string value)
    {
        _database.Settle();
        _database.Check(raw.sqlite3_bind_text(_handle, index, value));
        return this;
    }

    /// <summary>Goes to the next row; false at the end.</summary>
    public bool Step()
    {
        _database.Settle();
        var code = raw.sqlite3_step(_handle);
        if (code is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            _ = raw.sqlite3_reset(_handle);
            _database.Check(code);
        }

        return code == raw.SQLITE_ROW;
    }

    /// <summary>
    /// Runs to the end and makes the statement ready for the next use. Gives the number of rows that the last statement of
    /// the connection which could change any did change.
    /// </summary>
    public int Run()
    {
        while (Step())
        {
        }

        var changed = _database.LastChanges;
        Reset();
        return changed;
    }

    /// <summary>The bytes of a column, valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(_handle, column);

    /// <summary>An integer column.</summary>
    public long Integer(int column) => raw.sqlite3_column_int64(_handle, column);

    /// <summary>Makes the statement ready for the next use and ends its read.</summary>
    public void Reset() => _ = raw.sqlite3_reset(_handle);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
