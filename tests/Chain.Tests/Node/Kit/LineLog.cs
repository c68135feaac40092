namespace Chain.Tests.Node.Kit;

/// <summary>The lines that a process writes, as they come.</summary>
internal sealed class LineLog
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];

    public int Count
    {
        get
        {
            lock (_gate) return _lines.Count;
        }
    }

    public void Add(string line)
    {
        lock (_gate) _lines.Add(line);
    }

    /// <summary>The lines from a position on.</summary>
    public string[] From(int start)
    {
        lock (_gate) return [.. _lines.Skip(start)];
    }

    /// <summary>The first line from <paramref name="start"/> on that contains the text; null while there is none.</summary>
    public string? Find(string text, int start = 0)
    {
        lock (_gate) return _lines.Skip(start).FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal));
    }

    /// <summary>The last lines, for the message of a failure.</summary>
    public string Tail(int count = 40)
    {
        lock (_gate) return string.Join('\n', _lines.TakeLast(count));
    }
}
