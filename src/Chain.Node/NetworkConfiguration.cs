using Chain.Network.Messages;

namespace Chain.Node;

/// <summary>What the configuration says about the network side of a node.</summary>
public static class NetworkConfiguration
{
    private const string Comment = "uacomment";

    /// <summary>What a comment may hold beside letters and digits (Core: SAFE_CHARS_UA_COMMENT).</summary>
    private const string SafeMarks = " .,;-_?@";

    /// <summary>The names that the configuration may hold.</summary>
    public static IReadOnlyList<string> Names { get; } = [Comment];

    /// <summary>
    /// This node's software as peers see it (BIP14), with the comments of the configuration in brackets. Throws
    /// <see cref="CommandException"/> where a comment may not be sent, or there are too many.
    /// </summary>
    public static string UserAgent(ConfigurationFile configuration)
    {
        var comments = configuration.All(Comment).ToList();
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
