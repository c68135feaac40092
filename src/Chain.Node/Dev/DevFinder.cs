using System.CommandLine;
using Chain.Node.Commands;

namespace Chain.Node.Dev;

/// <summary>
/// Leads a command to the development chain that runs here, where it was told of no other: the folder that it is run in holds
/// nothing of its node, and no folder was named. What makes something in a folder stays there.
/// </summary>
internal static class DevFinder
{
    private static readonly string[] Makers =
    [
        "createwallet", "createblockchain", "init", "startnode", "dev", "net", "snapshot", "completions", "wallet import", "wallet restore",
    ];

    /// <summary>The settings of the command, or those of the development chain, of which <paramref name="say"/> is told.</summary>
    internal static NodeSettings Follow(NodeSettings settings, ParseResult parsed, Func<string, string?> environment, Action<string> say)
    {
        if (IsFolderGiven(parsed, environment) || HoldsAnything(settings) || IsMaker(parsed.CommandResult)) return settings;
        var notes = DevNote.ReadAll(environment);
        if (settings.IsNodeIdGiven) notes = [.. notes.Where(note => note.NodeId == settings.NodeId)];
        var running = notes.Where(note => note.IsRunning()).ToList();
        if (running.Count == 0) return settings;
        var found = Choose(running);
        var others = string.Join(", ", running.Where(note => note != found).Select(note => $"{note.NodeId} in {note.Folder}"));
        say($"Using the dev chain of node {found.NodeId} in {found.Folder}, since the current folder has no chain.{(others.Length == 0 ? "" : $" Others run, of node {others}: --node names one.")}");
        return found.Apply(settings);
    }

    /// <summary>
    /// What is told where a folder has no chain, and something of its node, for which commands there are not led to the development
    /// chain that runs; null where none runs that they would be led to. Whoever named the folder did not mean that chain.
    /// </summary>
    internal static string? FindHidden(NodeSettings settings)
    {
        if (settings.DataDirectory != Environment.CurrentDirectory || !File.Exists(settings.WalletPath)) return null;
        var running = DevNote.ReadAll(Environment.GetEnvironmentVariable).Where(note => (!settings.IsNodeIdGiven || note.NodeId == settings.NodeId) && note.IsRunning()).ToList();
        if (running.Count == 0) return null;
        var found = running.Find(note => note.NodeId == NodeSettings.CentralNode) ?? running[0];
        return $"The dev chain of node {found.NodeId} runs, but {Path.GetFileName(settings.WalletPath)} makes this folder one of its own: "
            + $"call the command in a folder without that file, or name the dev chain with --datadir {ShellWord.Quote(found.Folder)} --node {found.NodeId}.";
    }

    /// <summary>Of several that of the node which commands mean where none is named.</summary>
    private static DevNote Choose(IReadOnlyList<DevNote> running) => running is [var only] ? only
        : running.FirstOrDefault(note => note.NodeId == NodeSettings.CentralNode)
        ?? throw CommandException.Usage($"Several dev chains run: of node {string.Join(", ", running.Select(note => $"{note.NodeId} in {note.Folder}"))}. Name one with --node or NODE_ID.");

    /// <summary>Whether somebody named the folder.</summary>
    internal static bool IsFolderGiven(ParseResult parsed, Func<string, string?> environment) =>
        parsed.GetValue(GlobalOptions.DataDirectory) is not null || !string.IsNullOrWhiteSpace(environment(NodeSettings.DataDirectoryVariable));

    private static bool HoldsAnything(NodeSettings settings) =>
        File.Exists(settings.DatabasePath) || File.Exists(settings.GenesisPath) || File.Exists(settings.WalletPath) || ChainFolder.OtherNodes(settings).Count > 0;

    private static bool IsMaker(System.CommandLine.Parsing.CommandResult result)
    {
        var names = new Stack<string>();
        for (var at = result; at?.Parent is System.CommandLine.Parsing.CommandResult; at = at.Parent as System.CommandLine.Parsing.CommandResult) names.Push(at.Command.Name);
        var path = string.Join(' ', names);
        return Makers.Any(maker => path == maker || path.StartsWith(maker + " ", StringComparison.Ordinal));
    }
}
