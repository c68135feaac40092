using System.Text;

namespace Chain.Node.Commands.Net;

/// <summary>Reads the log of a node that runs in the background, also while it is written.</summary>
internal sealed class NodeLogFile(string path)
{
    /// <summary>How much of the end is looked at.</summary>
    private const int MostBytes = 1 << 20;

    private long _position;

    /// <summary>The last lines; none where there is no log yet. What comes later is given by <see cref="More"/>.</summary>
    public IReadOnlyList<string> Last(int count)
    {
        _position = Math.Max(0, Length - MostBytes);
        return [.. More().TakeLast(count)];
    }

    /// <summary>The lines that were added since; one that is not at its end yet comes later.</summary>
    public IReadOnlyList<string> More()
    {
        if (Length <= _position) return [];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Position = _position;
        var bytes = new byte[Math.Min(file.Length - _position, MostBytes)];
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var end = bytes.AsSpan(0, read).LastIndexOf((byte)'\n') + 1;
        _position += end;
        return end == 0 ? [] : Encoding.UTF8.GetString(bytes, 0, end - 1).Split('\n');
    }

    /// <summary>Skips what is there.</summary>
    public void SkipToEnd() => _position = Length;

    /// <summary>What a node said last, for the message of a failure.</summary>
    public static string LastWords(NodeSettings settings, int id, IReadOnlyList<string>? lines = null)
    {
        var path = NetFolder.LogOf(settings, id);
        lines ??= new NodeLogFile(path).Last(1);
        return lines.Count == 0 ? $"Its log {path} says nothing." : $"Its log {path} says: {lines[^1]}";
    }

    private long Length => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
