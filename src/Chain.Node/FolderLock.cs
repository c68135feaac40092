namespace Chain.Node;

/// <summary>
/// Holds a data directory for one command that changes more than one node's files; the system frees it with the process. The
/// file stays: were it deleted, one could lock the deleted one while another locks its successor.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private const string FileName = "net.lock";

    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Takes the folder; null where another command has it.</summary>
    public static FolderLock? TryTake(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return new FolderLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
