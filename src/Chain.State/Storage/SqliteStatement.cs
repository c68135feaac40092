namespace Chain.State.Storage;

/// <summary>A prepared statement: bind by position from 1, step, read columns from 0, reset.</summary>
public sealed class SqliteStatement : IDisposable
{
    private readonly SqliteDatabase _database;
    private nint _handle;

    internal SqliteStatement(SqliteDatabase database, nint handle)
    {
        _database = database;
        _handle = handle;
    }

    /// <summary>Binds bytes; an empty span is an empty blob, never NULL.</summary>
    public SqliteStatement Bind(int index, ReadOnlySpan<byte> value)
    {
        _database.Settle();
        _database.Check(value.IsEmpty ? Sqlite3.BindZeroBlob(Handle, index, 0) : Sqlite3.BindBlob(Handle, index, value));
        return this;
    }

    /// <summary>Binds an integer.</summary>
    public SqliteStatement Bind(int index, long value)
    {
        _database.Settle();
        _database.Check(Sqlite3.BindInt64(Handle, index, value));
        return this;
    }

    /// <summary>Binds text.</summary>
    public SqliteStatement Bind(int index, string value)
    {
        _database.Settle();
        _database.Check(Sqlite3.BindText(Handle, index, value));
        return this;
    }

    /// <summary>Goes to the next row; false at the end.</summary>
    public bool Step()
    {
        _database.Settle();
        var code = Sqlite3.Step(Handle);
        if (code is not (Sqlite3.Row or Sqlite3.Done))
        {
            _ = Sqlite3.Reset(Handle);
            _database.Check(code);
        }

        return code == Sqlite3.Row;
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
    public ReadOnlySpan<byte> Blob(int column) => Sqlite3.ColumnBlob(Handle, column);

    /// <summary>An integer column.</summary>
    public long Integer(int column) => Sqlite3.ColumnInt64(Handle, column);

    /// <summary>Makes the statement ready for the next use and ends its read.</summary>
    public void Reset() => _ = Sqlite3.Reset(Handle);

    private nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(SqliteStatement));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle == 0) return;
        _database.Forget(this);
        _ = Sqlite3.Finalize(_handle);
        _handle = 0;
    }
}
