using System.Buffers.Binary;

namespace Chain.Benchmarks.Workloads;

/// <summary>Encoded blocks in a file, each behind its length in 4 bytes, so that a reader has one of them in memory at a time.</summary>
public static class BlockFile
{
    /// <summary>Writes blocks.</summary>
    public static void Write(string path, IEnumerable<byte[]> rawBlocks)
    {
        using var file = File.Create(path);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var raw in rawBlocks)
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, raw.Length);
            file.Write(length);
            file.Write(raw);
        }
    }

    /// <summary>Reads blocks, one at a time.</summary>
    public static IEnumerable<byte[]> Read(string path)
    {
        using var file = File.OpenRead(path);
        var length = new byte[sizeof(int)];
        while (file.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) == length.Length)
        {
            var raw = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
            file.ReadExactly(raw);
            yield return raw;
        }
    }
}
