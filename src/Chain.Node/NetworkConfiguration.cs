using System.Globalization;
using Chain.Network;
using Chain.Network.Messages;

namespace Chain.Node;

/// <summary>What the configuration says about the network side of a node.</summary>
public sealed record NetworkConfiguration
{
    private const string Comment = "uacomment", Whitelist = "whitelist", Ban = "bantime", Patience = "peertimeout";

    /// <summary>What a comment may hold beside letters and digits (Core: SAFE_CHARS_UA_COMMENT).</summary>
    private const string SafeMarks = " .,;-_?@";

    /// <summary>The names that the configuration may hold.</summary>
    public static IReadOnlyList<string> Names { get; } = [Comment, Whitelist, Ban, Patience];

    /// <summary>This node's software as peers see it (BIP14), with the comments of the configuration in brackets.</summary>
    public string UserAgent { get; init; } = Agent([]);

    /// <summary>Whom more is permitted than others.</summary>
    public IReadOnlyList<PermittedNet> Permitted { get; init; } = [];

    /// <summary>How long a ban lasts where nobody says otherwise, in seconds.</summary>
    public long BanTime { get; init; } = BanList.DefaultBanTime;

    /// <summary>How long a peer may take to introduce itself, and how long no other timeout ends a new connection.</summary>
    public TimeSpan PeerTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Reads it. Throws <see cref="CommandException"/> where a value makes no sense.</summary>
    public static NetworkConfiguration From(ConfigurationFile configuration) => new()
    {
        UserAgent = Agent([.. configuration.All(Comment)]),
        Permitted = [.. configuration.All(Whitelist).Select(text => PermissionText.TryParse(text, out var error) ?? throw new CommandException(error))],
        BanTime = configuration.Number(Ban, BanList.DefaultBanTime, 1, int.MaxValue),
        PeerTimeout = ReadPeerTimeout(configuration),
    };

    private static TimeSpan ReadPeerTimeout(ConfigurationFile configuration)
    {
        if (configuration.Find(Patience) is not { } text) return TimeSpan.FromMinutes(1);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : throw new CommandException($"{configuration.Path}: peertimeout must be a positive integer.");
    }

    private static string Agent(List<string> comments)
    {
        if (comments.Find(comment => !comment.All(IsSafe)) is { } unsafeComment)
            throw new CommandException($"User Agent comment ({unsafeComment}) contains unsafe characters.");
        var name = $"/chain:{typeof(NetworkConfiguration).Assembly.GetName().Version!.ToString(3)}";
        var agent = comments.Count == 0 ? $"{name}/" : $"{name}({string.Join("; ", comments)})/";
        return agent.Length <= VersionMessage.MaxUserAgentLength
            ? agent
            : throw new CommandException(
                $"Total length of network version string ({agent.Length}) exceeds maximum length ({VersionMessage.MaxUserAgentLength}). Reduce the number or size of uacomments.");
    }

    private static bool IsSafe(char c) => char.IsAsciiLetterOrDigit(c) || SafeMarks.Contains(c, StringComparison.Ordinal);
}
