using System.Security.Cryptography;

namespace Chain.Node.Wallet;

/// <summary>A file whose first line is a passphrase: a command line would show it to everyone on the machine.</summary>
public static class PassphraseFile
{
    /// <summary>The longest file that is taken for one.</summary>
    public const int MaxSize = 4096;

    /// <summary>
    /// The first line without its line end and without a byte order mark. A pipe will do. Throws
    /// <see cref="WalletException"/> where the file is missing, empty, too large or not UTF-8.
    /// </summary>
    public static Passphrase Read(string path)
    {
        Span<byte> buffer = stackalloc byte[MaxSize + 1];
        try
        {
            var data = buffer[..ReadAll(path, buffer)];
            if (data.Length > MaxSize) throw Unusable(path, $"is larger than {MaxSize} bytes");
            if (data.StartsWith("\uFEFF"u8)) data = data["\uFEFF"u8.Length..];
            var end = data.IndexOf((byte)'\n');
            var line = (end < 0 ? data : data[..end]).TrimEnd((byte)'\r');
            if (line.IsEmpty) throw Unusable(path, "has nothing in its first line");
            return Passphrase.TryCreate(line) ?? throw Unusable(path, "is not UTF-8 text");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private static int ReadAll(string path, Span<byte> buffer)
    {
        try
        {
            // Without a buffer of the stream's own, which nobody would erase.
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            return stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new WalletException(WalletError.PassphraseUnusable, $"There is no passphrase file {path}. Write the passphrase into its first line, or give another path.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WalletException(WalletError.PassphraseUnusable, $"The passphrase file {path} cannot be read: {e.Message}", e);
        }
    }

    private static WalletException Unusable(string path, string why) =>
        new(WalletError.PassphraseUnusable, $"The passphrase file {path} {why}. Its first line must be the passphrase.");
}
