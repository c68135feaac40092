namespace Chain.Node.Commands;

/// <summary>
/// The lines typed at a prompt, kept in a file that only the user reads. Lines that may hold a passphrase or a key are not kept.
/// </summary>
internal sealed class PromptHistory
{
    private const int MostLines = 1_000;

    private readonly string? _path;
    private readonly List<string> _lines = [];

    /// <summary>Reads the file; without one, or where it does not read, the history begins empty.</summary>
    public PromptHistory(string? path)
    {
        _path = path;
        try
        {
            if (path is not null && File.Exists(path)) _lines.AddRange(File.ReadLines(path).TakeLast(MostLines));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _path = null;
        }
    }

    /// <summary>The lines, oldest first.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Adds a line that is not the last one again, and no secret.</summary>
    public void Add(string line)
    {
        if (Secrets.IsSecretLine(line) || (_lines.Count > 0 && _lines[^1] == line)) return;
        _lines.Add(line);
        if (_lines.Count > MostLines) _lines.RemoveAt(0);
        if (_path is null) return;
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var file = new StreamWriter(_path, options);
            foreach (var kept in _lines) file.WriteLine(kept);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A history that cannot be kept is no reason to refuse what was typed.
        }
    }
}
