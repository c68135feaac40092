using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Chain.Node.Wallet;

/// <summary>
/// Replaces a file so that a reader, or whoever looks after a crash, finds the old bytes or the new ones and nothing
/// between: a temporary file beside it, flushed to the disk, then renamed over it. Only its owner may read it, unless it is said to be
/// no secret.
/// </summary>
internal static partial class AtomicFile
{
    internal const string TemporarySuffix = ".tmp";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Writes; <paramref name="beforeRename"/> runs when the temporary file is complete. One writer at a time: the caller
    /// holds a lock.
    /// </summary>
    internal static void Write(string path, ReadOnlySpan<byte> data, Action? beforeRename = null, bool isSecret = true)
    {
        var temporary = path + TemporarySuffix;

        // A kill may have left one behind, with other permissions or as somebody's link: never opened, only removed.
        File.Delete(temporary);
        try
        {
            using (var stream = new FileStream(temporary, isSecret ? CreateForOwner() : CreateForAll()))
            {
                stream.Write(data);
                stream.Flush(flushToDisk: true);
            }

            beforeRename?.Invoke();
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }

        FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Opens a new file with the mode that new files have, without a buffer of the stream's own.</summary>
    internal static FileStreamOptions CreateForAll() => new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };

    /// <summary>Opens a new file that only its owner may read, without a buffer of the stream's own.</summary>
    internal static FileStreamOptions CreateForOwner(FileMode mode = FileMode.CreateNew)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        return options;
    }

    /// <summary>
    /// Makes the rename durable. Windows has no such call, and some file systems refuse it: the file itself is safe either
    /// way, and after a power cut the folder shows the old one or the new one.
    /// </summary>
    internal static void FlushDirectory(string directory)
    {
        if (OperatingSystem.IsWindows()) return;
        using var handle = Open(directory, flags: 0);
        if (handle.IsInvalid) return;
        try
        {
            RandomAccess.FlushToDisk(handle);
        }
        catch (IOException)
        {
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is reported is the failure that led here; the next save removes the rest.
        }
    }

    /// <summary>The C library's open: .NET opens no directories.</summary>
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
