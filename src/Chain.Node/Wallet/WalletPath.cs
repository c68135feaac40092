namespace Chain.Node.Wallet;

/// <summary>Where a wallet's file lies, and its bytes.</summary>
internal static class WalletPath
{
    /// <summary>The file that a link leads to, so that a save replaces that file and not the link.</summary>
    internal static string Resolve(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw WalletException.Unreadable(path, e);
        }
    }

    /// <summary>The whole file; throws <see cref="WalletException"/> where it cannot be had.</summary>
    internal static byte[] Read(string path)
    {
        try
        {
            // A writer may rename its file over this one meanwhile; what is open stays whole.
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (stream.Length > WalletFile.MaxSize) throw WalletException.Damaged(path, $"it is larger than {WalletFile.MaxSize} bytes");
            var data = new byte[stream.Length];
            stream.ReadExactly(data);
            return data;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw WalletException.NotFound(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw WalletException.Unreadable(path, e);
        }
    }
}
