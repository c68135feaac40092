using System.CommandLine;

namespace Chain.Node.Commands;

/// <summary>The option that lets the pages of a site read a node's REST interface.</summary>
internal static class CorsOption
{
    /// <summary>The option.</summary>
    public static Option<string?> Value { get; } = new("--cors")
    {
        Description = "Let the pages of this site read the explorer's /api in a browser (CORS), such as http://localhost:8080; * for all sites. None without it.",
        HelpName = "ORIGIN",
    };
}
