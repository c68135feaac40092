using System.Globalization;
using System.Text;

namespace Chain.State.Storage;

/// <summary>
/// Makes one process the owner of a database: a lock on a file beside it, which the system releases however the process
/// ends, and a note of who holds it and where it can be asked.
/// </summary>
public sealed class DatabaseLock : IDisposable
{
    /// <summary>EROFS of Linux and macOS.</summary>
    private const int ReadOnlyFileSystem = 30;

    private readonly FileStream _lock;
    private readonly string _notePath;

    private DatabaseLock(FileStream lockFile, string notePath)
    {
        _lock = lockFile;
        _notePath = notePath;
    }

    /// <summary>Takes the lock; null where another process holds it.</summary>
    public static DatabaseLock? TryTake(string databasePath, int processId, int httpPort)
    {
        var path = databasePath + ".lock";
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new DatabaseException($"The folder of {databasePath} cannot be written: {e.Message}", e) { IsReadOnly = true };
        }
        catch (IOException e) when (e.HResult == ReadOnlyFileSystem)
        {
            throw new DatabaseException($"The folder of {databasePath} cannot be written: it lies on a file system that can only be read.", e) { IsReadOnly = true };
        }
        catch (DirectoryNotFoundException e)
        {
            throw new DatabaseException($"The folder of {databasePath} does not exist.", e);
        }
        catch (IOException e)
        {
            // A file that is there and does not open is held; one that could not be made has another reason.
            return File.Exists(path) ? null : throw new DatabaseException($"{path}, which says that the database is in use, cannot be made: {e.Message}", e);
        }

        var note = databasePath + ".owner";
        try
        {
            File.WriteAllText(note, string.Create(CultureInfo.InvariantCulture, $"{processId} {httpPort}\n"));
            return new DatabaseLock(file, note);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.Dispose();
            throw new DatabaseException($"{note}, which says who uses the database, cannot be written: {e.Message}", e) { IsReadOnly = e is UnauthorizedAccessException };
        }
    }

    /// <summary>
    /// Reads who last took the lock: its process id, and the HTTP port where it answers (0 for a command, which does not).
    /// Null where nobody left a note. The process may be gone: only a failed <see cref="TryTake"/> says that it is there.
    /// </summary>
    public static (int ProcessId, int HttpPort)? ReadOwner(string databasePath)
    {
        var note = databasePath + ".owner";
        if (!File.Exists(note)) return null;
        try
        {
            var parts = Encoding.ASCII.GetString(File.ReadAllBytes(note)).Split(' ', StringSplitOptions.TrimEntries);
            return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? (id, port) : null;
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Keeps owners out while a file is read that this user may not write; null where one is there. Without a lock file nobody can
    /// be kept out: who only reads has no other way.
    /// </summary>
    public static IDisposable? TryShare(string databasePath)
    {
        try
        {
            return new FileStream(databasePath + ".lock", FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception e) when (e is FileNotFoundException or UnauthorizedAccessException)
        {
            return Stream.Null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Removes the note and releases the lock.</summary>
    public void Dispose()
    {
        File.Delete(_notePath);
        _lock.Dispose();
    }
}
