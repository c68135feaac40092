using System.Reflection;
using System.Runtime.InteropServices;

namespace Chain.State.Storage;

/// <summary>
/// The functions of SQLite's C interface that are used, under its names, declared so that no code has to be made for the call
/// when the program starts. A connection or statement is SQLite's pointer; 0 is none.
/// </summary>
internal static unsafe partial class Sqlite3
{
    // Result codes (https://www.sqlite.org/rescode.html); what is extended has more bits above these.
    public const int Ok = 0, Perm = 3, Busy = 5, Locked = 6, ReadOnly = 8, Corrupt = 11, Full = 13, CantOpen = 14, NotADb = 26, Row = 100, Done = 101;

    // How a file is opened (https://www.sqlite.org/c3ref/c_open_autoproxy.html).
    public const int OpenReadOnly = 0x1, OpenReadWrite = 0x2, OpenCreate = 0x4, OpenUri = 0x40, OpenNoMutex = 0x8000;

    private const string Library = "sqlite3";

    /// <summary>SQLITE_TRANSIENT: SQLite copies what is bound before the call returns.</summary>
    private const nint Transient = -1;

    static Sqlite3() => NativeLibrary.SetDllImportResolver(typeof(Sqlite3).Assembly, Resolve);

    /// <summary>The version of the library. Throws <see cref="DllNotFoundException"/> where there is none.</summary>
    public static string Version => Text(LibVersion());

    /// <summary>The connection's last error in words.</summary>
    public static string ErrorText(nint db) => Text(ErrMsg(db));

    /// <summary>Opens a file; there is a connection to close in most cases of failure too.</summary>
    public static int Open(string path, out nint db, int flags) => OpenV2(path, out db, flags, vfs: 0);

    /// <summary>Runs statements whose rows are of no interest.</summary>
    public static int Exec(nint db, string sql) => Exec(db, sql, callback: 0, argument: 0, error: 0);

    /// <summary>Compiles the first statement of a text.</summary>
    public static int Prepare(nint db, string sql, out nint statement) => PrepareV2(db, sql, length: -1, out statement, tail: 0);

    /// <summary>Binds a copy of these bytes; there must be some.</summary>
    public static int BindBlob(nint statement, int index, ReadOnlySpan<byte> value) => BindBlob(statement, index, value, value.Length, Transient);

    /// <summary>Binds a copy of a text.</summary>
    public static int BindText(nint statement, int index, string value) => BindText(statement, index, value, length: -1, Transient);

    /// <summary>The bytes of a column, until the statement goes on; none for NULL.</summary>
    public static ReadOnlySpan<byte> ColumnBlob(nint statement, int column)
    {
        // The pointer first: asking for it may change what the length says.
        var bytes = ColumnBlobStart(statement, column);
        return new ReadOnlySpan<byte>(bytes, ColumnBytes(statement, column));
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_close_v2")]
    public static partial int Close(nint db);

    [LibraryImport(Library, EntryPoint = "sqlite3_errcode")]
    public static partial int ErrCode(nint db);

    [LibraryImport(Library, EntryPoint = "sqlite3_changes")]
    public static partial int Changes(nint db);

    [LibraryImport(Library, EntryPoint = "sqlite3_interrupt")]
    public static partial void Interrupt(nint db);

    [LibraryImport(Library, EntryPoint = "sqlite3_finalize")]
    public static partial int Finalize(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    public static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    public static partial int Reset(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64")]
    public static partial int BindInt64(nint statement, int index, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_zeroblob")]
    public static partial int BindZeroBlob(nint statement, int index, int length);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64")]
    public static partial long ColumnInt64(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_backup_init", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint BackupInit(nint target, string targetName, nint source, string sourceName);

    [LibraryImport(Library, EntryPoint = "sqlite3_backup_step")]
    public static partial int BackupStep(nint backup, int pages);

    [LibraryImport(Library, EntryPoint = "sqlite3_backup_remaining")]
    public static partial int BackupRemaining(nint backup);

    [LibraryImport(Library, EntryPoint = "sqlite3_backup_pagecount")]
    public static partial int BackupPageCount(nint backup);

    [LibraryImport(Library, EntryPoint = "sqlite3_backup_finish")]
    public static partial int BackupFinish(nint backup);

    [LibraryImport(Library, EntryPoint = "sqlite3_libversion")]
    private static partial byte* LibVersion();

    [LibraryImport(Library, EntryPoint = "sqlite3_errmsg")]
    private static partial byte* ErrMsg(nint db);

    [LibraryImport(Library, EntryPoint = "sqlite3_open_v2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenV2(string path, out nint db, int flags, nint vfs);

    [LibraryImport(Library, EntryPoint = "sqlite3_exec", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Exec(nint db, string sql, nint callback, nint argument, nint error);

    [LibraryImport(Library, EntryPoint = "sqlite3_prepare_v2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int PrepareV2(nint db, string sql, int length, out nint statement, nint tail);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob")]
    private static partial int BindBlob(nint statement, int index, ReadOnlySpan<byte> value, int length, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int BindText(nint statement, int index, string value, int length, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob")]
    private static partial byte* ColumnBlobStart(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes")]
    private static partial int ColumnBytes(nint statement, int column);

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    /// <summary>The library beside the program, or else the system's.</summary>
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library) return 0;
        string[] files = ["libsqlite3.so.0", "libsqlite3.dylib", "libsqlite3.0.dylib", "winsqlite3.dll", "e_sqlite3"];
        foreach (var file in files)
        {
            if (NativeLibrary.TryLoad(Path.Combine(AppContext.BaseDirectory, file), out var handle)) return handle;
            if (NativeLibrary.TryLoad(file, out handle)) return handle;
        }

        throw new DllNotFoundException(
            "SQLite was not found. Install it (Debian, Ubuntu: apt-get install libsqlite3-0) or put its library beside the executable.");
    }
}
