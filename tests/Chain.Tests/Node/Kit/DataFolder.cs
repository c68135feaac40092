using System.Security.Cryptography;

namespace Chain.Tests.Node.Kit;

/// <summary>An empty data directory, deleted in the end.</summary>
internal sealed class DataFolder : IDisposable
{
    public DataFolder() => Root = Directory.CreateTempSubdirectory("chain-node-").FullName;

    public string Root { get; }

    public string PathOf(string name) => Path.Combine(Root, name);

    /// <summary>Makes a folder inside.</summary>
    public string Sub(string name) => Directory.CreateDirectory(PathOf(name)).FullName;

    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    public string Write(string name, ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(PathOf(name), bytes);
        return PathOf(name);
    }

    /// <summary>
    /// Every file and folder with the hash of its bytes, one a line. Files of zero bytes that end in <c>.lock</c> are left
    /// out where <paramref name="withLocks"/> is false: a lock is taken before it is known whether anything is wrong.
    /// </summary>
    public string Snapshot(bool withLocks)
    {
        var lines = new List<string>();
        foreach (var path in Directory.EnumerateFileSystemEntries(Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(Root, path);
            if (Directory.Exists(path)) lines.Add(name + "/");
            else if (withLocks || !name.EndsWith(".lock", StringComparison.Ordinal) || new FileInfo(path).Length > 0)
                lines.Add($"{name} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}");
        }

        return string.Join('\n', lines);
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // A test moved it away.
        }
    }
}
