using Chain.Tests.Kit;

namespace Chain.Tests.State;

/// <summary>A folder with the path of a database in it.</summary>
internal sealed class StateFolder : IDisposable
{
    private readonly TempFolder _folder = new();

    public string Database => PathOf("blockchain.db");

    public string PathOf(string name) => _folder.File(name);

    /// <summary>
    /// Copies a database as it lies on the disk at this moment, log included: what a kill at this moment leaves.
    /// </summary>
    public string Snapshot(string database, string name)
    {
        var copy = PathOf(name);
        foreach (var suffix in (string[])["", "-wal", "-shm"])
        {
            if (File.Exists(database + suffix)) CopyShared(database + suffix, copy + suffix);
        }

        return copy;
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A copy that asks for no lock of its own, unlike File.Copy.</summary>
    private static void CopyShared(string from, string to)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var target = File.Create(to);
        source.CopyTo(target);
    }
}
