using System.CommandLine;
using System.Globalization;

namespace Chain.Node.Commands;

/// <summary>How a command shall speak: the options that every command has beside the node that it is about.</summary>
/// <param name="IsJson">Data as one JSON document on stdout, and an error as one on stderr.</param>
/// <param name="IsQuiet">No words on stderr but errors.</param>
/// <param name="IsVerbose">Each call of the node is told on stderr, and where an error comes from.</param>
/// <param name="HasColor">Colour where the output is a terminal.</param>
/// <param name="Timeout">How long the command may take; null for as long as it needs.</param>
internal sealed record Manners(bool IsJson, bool IsQuiet, bool IsVerbose, bool HasColor, TimeSpan? Timeout)
{
    /// <summary>The variable that turns colour off wherever it is set to anything (https://no-color.org).</summary>
    private const string NoColorVariable = "NO_COLOR";

    private const int LongestTimeout = 24 * 60 * 60;

    private static readonly Option<bool> Json = new("--json") { Description = "Data as JSON on stdout, with names that stay; an error as JSON on stderr.", Recursive = true };

    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "No words beside the data but errors.", Recursive = true };

    private static readonly Option<bool> Verbose = new("--verbose", "-v") { Description = "Tell on stderr what the node is asked, and where an error comes from.", Recursive = true };

    private static readonly Option<bool> NoColor = new("--no-color") { Description = "No colour, as NO_COLOR in the environment says as well.", Recursive = true };

    private static readonly Option<string?> TimeoutOption = new("--timeout")
    {
        Description = "Give up after so many seconds, with status 124.",
        Recursive = true,
        HelpName = "SECONDS",
    };

    public static IReadOnlyList<Option> Options { get; } = [Json, Quiet, Verbose, NoColor, TimeoutOption];

    public static Manners From(ParseResult parsed) => new(
        WantsJson(parsed),
        parsed.GetValue(Quiet),
        WantsDetails(parsed),
        !parsed.GetValue(NoColor) && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(NoColorVariable)),
        ParseTimeout(parsed.GetValue(TimeoutOption)));

    /// <summary>Whether errors are JSON: asked where the rest may not make sense.</summary>
    public static bool WantsJson(ParseResult parsed) => parsed.GetValue(Json);

    /// <summary>Whether an error says where it comes from.</summary>
    public static bool WantsDetails(ParseResult parsed) => parsed.GetValue(Verbose);

    private static TimeSpan? ParseTimeout(string? text)
    {
        if (text is null) return null;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= LongestTimeout
            ? TimeSpan.FromSeconds(seconds)
            : throw CommandException.Usage($"--timeout {text} is no time: it is a number of seconds, more than 0 and at most {LongestTimeout}.");
    }
}
