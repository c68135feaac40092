using System.CommandLine;
using System.CommandLine.Completions;
using Chain.Core.Consensus;
using Chain.Node.Commands.Net;
using Chain.Node.Dev;
using Chain.Node.Snapshots;
using Chain.Node.Wallet;

namespace Chain.Node.Commands;

/// <summary>What lies in the folder that a line is about, as words that complete it: labels, wallets, snapshots, nodes.</summary>
internal static class WordSources
{
    private const string AddressName = "ADDRESS";

    /// <summary>Gives every option and argument that takes such a word its source, for a line whose other options say what it is about.</summary>
    public static void AddTo(Command command, ParseResult line)
    {
        foreach (var option in command.Options) Add(option.CompletionSources, SourceOf(option), line);
        foreach (var argument in command.Arguments) Add(argument.CompletionSources, SourceOf(command, argument), line);
        foreach (var below in command.Subcommands) AddTo(below, line);
    }

    private static Func<NodeSettings, IEnumerable<string>>? SourceOf(Option option) =>
        option == GlobalOptions.Wallet ? Wallets
        : option == GlobalOptions.Node ? Nodes
        : option.Name == "--profile" ? _ => [Profiles.RegtestName]
        : option.HelpName == AddressName && option.Name is not ("--bind" or "--http-bind") ? Labels
        : null;

    private static Func<NodeSettings, IEnumerable<string>>? SourceOf(Command command, Argument argument) =>
        argument.Name == AddressName ? Labels
        : argument.Name == "NAME" && command.Parents.Any(parent => parent.Name == "snapshot") ? settings => new SnapshotStore(settings.DataDirectory).Names
        : argument.Name == "bash|zsh|fish|pwsh" ? _ => ["bash", "zsh", "fish", "pwsh"]
        : argument.Name == "COMMAND" ? _ => command.Parents.OfType<Command>().SelectMany(parent => parent.Subcommands).Where(known => !known.Hidden).Select(known => known.Name)
        : null;

    private static void Add(List<Func<CompletionContext, IEnumerable<CompletionItem>>> sources, Func<NodeSettings, IEnumerable<string>>? find, ParseResult line)
    {
        if (find is null) return;
        sources.Clear();
        sources.Add(_ => Words(line, find));
    }

    /// <summary>Where the folder holds no such thing, or what is there does not read, no word is the answer: nobody sees an error here.</summary>
    private static List<CompletionItem> Words(ParseResult parsed, Func<NodeSettings, IEnumerable<string>> find)
    {
        try
        {
            var settings = NetMember.Follow(DevFinder.Follow(GlobalOptions.Settings(parsed), parsed, Environment.GetEnvironmentVariable, _ => { }), parsed, _ => { });
            return [.. find(settings).Where(word => word.Length > 0 && !word.Any(char.IsControl)).Select(word => new CompletionItem(word))];
        }
        catch (Exception e) when (e is CommandException or WalletException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return [];
        }
    }

    private static IEnumerable<string> Labels(NodeSettings settings)
    {
        if (!File.Exists(settings.CommandWalletPath)) return [];
        using var wallet = KeyStore.Load(settings.CommandWalletPath);
        return wallet.Labels;
    }

    private static IEnumerable<string> Wallets(NodeSettings settings)
    {
        var own = Path.GetFileNameWithoutExtension(settings.WalletPath) + "_";
        return NodeFiles.WalletsOf(settings.WalletPath).Select(path => Path.GetFileName(path))
            .Where(file => file.StartsWith(own, StringComparison.Ordinal) && file.EndsWith(".dat", StringComparison.Ordinal))
            .Select(file => Path.GetFileNameWithoutExtension(file)[own.Length..]);
    }

    private static IEnumerable<string> Nodes(NodeSettings settings) =>
        ChainFolder.OtherNodes(settings).Concat(File.Exists(settings.DatabasePath) ? [settings.NodeId] : []).Order().Select(id => id.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
