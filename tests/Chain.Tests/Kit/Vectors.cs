using System.IO.Compression;
using System.Text.Json;

namespace Chain.Tests.Kit;

/// <summary>
/// The published test vectors, which lie in <c>../shared/vectors</c> beside the checkout. The folder is looked for from the
/// test assembly upwards, so that no machine's paths stand in the code.
/// </summary>
public static class Vectors
{
    private static readonly string? Folder = FindFolder();

    /// <summary>True where this file of vectors can be read.</summary>
    public static bool Has(string file) => Folder is not null && File.Exists(Path.Combine(Folder, file));

    /// <summary>The text of a file, unpacked where its name ends in <c>.gz</c>.</summary>
    public static string Read(string file)
    {
        using var stream = File.OpenRead(Path.Combine(Folder ?? throw new DirectoryNotFoundException("../shared/vectors"), file));
        using var unpacked = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : (Stream)stream;
        using var reader = new StreamReader(unpacked);
        return reader.ReadToEnd();
    }

    /// <summary>The lines of a file that are not empty.</summary>
    public static string[] ReadLines(string file) =>
        Read(file).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The root of a JSON file.</summary>
    public static JsonElement ReadJson(string file)
    {
        using var document = JsonDocument.Parse(Read(file));
        return document.RootElement.Clone();
    }

    private static string? FindFolder()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var folder = Path.Combine(directory.FullName, "..", "shared", "vectors");
            if (Directory.Exists(folder)) return Path.GetFullPath(folder);
        }

        return null;
    }
}
