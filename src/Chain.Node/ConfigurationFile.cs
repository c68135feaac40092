namespace Chain.Node;

/// <summary>
/// A configuration as Core writes it: lines <c>name=value</c>, comments after #, and sections in brackets, of which the one
/// that is called as the chain's profile counts.
/// </summary>
public sealed class ConfigurationFile
{
    /// <summary>The file's name in a data directory.</summary>
    public const string FileName = "chain.conf";

    private readonly List<(string Name, string Value)> _entries = [];

    private ConfigurationFile(string path) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>
    /// Reads a node's configuration, which is empty where the data directory has none. Throws <see cref="CommandException"/>
    /// where one that was named cannot be read, or a line is none. Whoever only looks does without one that is another user's.
    /// </summary>
    public static ConfigurationFile Read(NodeSettings settings, string section, bool onlyLooks = false)
    {
        var path = settings.ConfigurationPath;
        if (settings.GivenConfigurationPath is null && !File.Exists(path)) return new ConfigurationFile(path);
        try
        {
            return Parse(path, File.ReadAllLines(path), section);
        }
        catch (UnauthorizedAccessException) when (onlyLooks && settings.GivenConfigurationPath is null)
        {
            return new ConfigurationFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads lines; what stands in a section of another name than this is left out.</summary>
    public static ConfigurationFile Parse(string path, IEnumerable<string> lines, string section)
    {
        var file = new ConfigurationFile(path);
        var (number, counts) = (0, true);
        foreach (var line in lines)
        {
            number++;
            var text = line.Split('#')[0].Trim();
            if (text.Length == 0) continue;
            if (text.StartsWith('[') && text.EndsWith(']'))
            {
                counts = text[1..^1].Trim() == section;
                continue;
            }

            var at = text.IndexOf('=', StringComparison.Ordinal);
            var name = at < 0 ? "" : text[..at].Trim();
            if (name.Length == 0) throw new CommandException($"{path}: line {number} is not of the form name=value. Correct it, or make it a comment with a # at its beginning; 'chain doctor' looks at the file again.");
            if (name == "rpcpassword" && line.Contains('#', StringComparison.Ordinal))
                throw new CommandException($"{path}: line {number}: a # in rpcpassword would begin a comment. Choose another password.");
            if (counts) file._entries.Add((name, text[(at + 1)..].Trim()));
        }

        return file;
    }

    /// <summary>The first value under a name, which is the one that counts; null where there is none.</summary>
    public string? Find(string name) => All(name).FirstOrDefault();

    /// <summary>All values under a name.</summary>
    public IEnumerable<string> All(string name)
    {
        foreach (var (key, value) in _entries)
        {
            if (key == name) yield return value;
        }
    }

    /// <summary>The names in it that are none of these.</summary>
    public IEnumerable<string> Unknown(IReadOnlyList<string> known) => _entries.Select(entry => entry.Name).Where(name => !known.Contains(name)).Distinct();
}
