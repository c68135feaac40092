using Chain.Node.Logging;

namespace Chain.Node;

/// <summary>What the configuration says about the program: its log and its end.</summary>
public sealed record GeneralConfiguration
{
    private const string Debug = "debug", DebugExclude = "debugexclude", StopAt = "stopatheight";

    /// <summary>The names that the configuration may hold.</summary>
    public static IReadOnlyList<string> Names { get; } = [Debug, DebugExclude, StopAt];

    /// <summary>What is logged beside what always is.</summary>
    public LogCategories LogCategories { get; init; } = new();

    /// <summary>The height at which the node stops by itself; 0 for none.</summary>
    public int StopAtHeight { get; init; }

    /// <summary>Reads it. Throws <see cref="CommandException"/> where a value makes no sense.</summary>
    public static GeneralConfiguration From(ConfigurationFile configuration) => new()
    {
        LogCategories = ReadCategories(configuration),
        StopAtHeight = (int)configuration.Number(StopAt, fallback: 0, 0, int.MaxValue),
    };

    private static LogCategories ReadCategories(ConfigurationFile configuration)
    {
        var categories = new LogCategories();
        foreach (var (name, on) in configuration.All(Debug).Select(name => (name, true)).Concat(configuration.All(DebugExclude).Select(name => (name, false))))
        {
            if (!categories.TrySet(name, on)) throw new CommandException($"{configuration.Path}: Unsupported logging category {(on ? Debug : DebugExclude)}={name}.");
        }

        return categories;
    }
}
