namespace Chain.Node.Explorer;

/// <summary>What the configuration says about what the HTTP port shows to everyone.</summary>
public sealed record ExplorerSettings
{
    private const string Cors = "esploracors";

    /// <summary>The names that the configuration may hold.</summary>
    public static IReadOnlyList<string> Names { get; } = [Cors];

    /// <summary>The sites whose pages may read /api, as browsers name them (Origin); * for all. None without it.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>How many requests are worked on at once; so few of them do not keep the node's loop from other work.</summary>
    public int AtOnce { get; init; } = 8;

    /// <summary>How many may wait for their turn; further ones are sent away for a second (503).</summary>
    public int MostWaiting { get; init; } = 128;

    /// <summary>How long one waits for its turn at most; then it is sent away too, since who asked has lost patience.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many may listen to /events at once.</summary>
    public int MostListeners { get; init; } = 200;

    /// <summary>Reads it. Throws <see cref="CommandException"/> where a value makes no sense.</summary>
    public static ExplorerSettings From(ConfigurationFile configuration) => new()
    {
        Origins = [.. configuration.All(Cors).Select(text => IsOrigin(text) ? text : throw new CommandException($"{configuration.Path}: {Cors}={text} {NoOrigin}"))],
    };

    /// <summary>The same with a further site; it is an argument that makes no sense where it is none.</summary>
    public ExplorerSettings With(string? origin)
    {
        if (origin is null) return this;
        return IsOrigin(origin) ? this with { Origins = [.. Origins, origin] } : throw CommandException.Usage($"--cors {origin} {NoOrigin}");
    }

    /// <summary>The header's value that lets pages of a site read an answer; null where they may not.</summary>
    public string? Allow(string origin) => Origins.Contains("*") ? "*" : Origins.FirstOrDefault(known => known.Equals(origin, StringComparison.OrdinalIgnoreCase));

    private const string NoOrigin = "is no site: it is of the form http://localhost:8080, without a path, or * for every one.";

    private static bool IsOrigin(string text) => text == "*"
        || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase));
}
