using System.Security.Cryptography;
using Chain.Node.Wallet;

namespace Chain.Node.Snapshots;

/// <summary>Files and folders that only their owner may read: there are private keys among them.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int BufferSize = 128 * 1024;

    /// <summary>Makes a folder, and those above it that are not there.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly);
    }

    /// <summary>Makes an empty file that must not be there yet.</summary>
    public static void Create(string path)
    {
        using var file = new FileStream(path, AtomicFile.CreateForOwner());
    }

    /// <summary>Copies a file that others may be writing to; what is at its end at the beginning is its end.</summary>
    public static void Copy(string from, string to)
    {
        using var source = OpenToRead(from);
        using var target = new FileStream(to, AtomicFile.CreateForOwner());
        source.CopyTo(target);
    }

    /// <summary>The same for a long one: says after each part how many bytes it had.</summary>
    public static async Task CopyAsync(string from, string to, Action<int> tell, CancellationToken cancellationToken)
    {
        var source = OpenToRead(from);
        await using (source.ConfigureAwait(false))
        {
            var target = new FileStream(to, AtomicFile.CreateForOwner());
            await using (target.ConfigureAwait(false))
            {
                var buffer = new byte[BufferSize];
                for (int read; (read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0; tell(read))
                    await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Copies a file of this length to the disk itself, and gives the length and SHA-256 of what was copied: where it has become
    /// longer, no more than one buffer too much. What is no secret gets the mode that new files have.
    /// </summary>
    public static async Task<(long Size, string Hash)> CopyHashedAsync(string from, string to, long size, bool isSecret, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var source = OpenToRead(from);
        await using (source.ConfigureAwait(false))
        {
            var target = new FileStream(to, isSecret ? AtomicFile.CreateForOwner() : AtomicFile.CreateForAll());
            await using (target.ConfigureAwait(false))
            {
                var buffer = new byte[BufferSize];
                for (int read; target.Length <= size && (read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
                {
                    hash.AppendData(buffer, 0, read);
                    await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                }

                target.Flush(flushToDisk: true);
                return (target.Length, Convert.ToHexStringLower(hash.GetHashAndReset()));
            }
        }
    }

    /// <summary>Brings a file to the disk itself, and gives its length and SHA-256.</summary>
    public static async Task<(long Size, string Hash)> HashAsync(string path, CancellationToken cancellationToken)
    {
        var file = OpenToRead(path);
        await using (file.ConfigureAwait(false))
        {
            var hash = await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false);

            // Windows does this only for who may write.
            if (!OperatingSystem.IsWindows()) RandomAccess.FlushToDisk(file.SafeFileHandle);
            return (file.Length, Convert.ToHexStringLower(hash));
        }
    }

    private static FileStream OpenToRead(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferSize, useAsync: true);
}
