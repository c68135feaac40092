using System.Text.Json.Nodes;
using Chain.Node.Wallet;

namespace Chain.Node.Commands.Net;

/// <summary>Shows what the nodes of a network say, as a table or as JSON.</summary>
internal static class NetTable
{
    private const int TipDigits = 16;

    /// <summary>Shows the network as it is.</summary>
    public static async Task ShowAsync(CommandRun run, NetFile file, IReadOnlyList<NodeView> views)
    {
        var addresses = file.Nodes.ToDictionary(node => node.Id, node => FindAddress(NetFolder.SettingsOf(run.Settings, node.Id)));
        var json = new JsonObject
        {
            ["folder"] = run.Settings.DataDirectory,
            ["nodes"] = new JsonArray([.. views.Select(view => view.ToJson(file, addresses[view.Id]))]),
            ["tips"] = NodeView.CountTips(views),
            ["agree"] = views.All(view => view.IsRunning) && NodeView.CountTips(views) == 1,
            ["partition"] = new JsonArray([.. file.Partition.Select(group => new JsonArray([.. group.Select(id => JsonValue.Create(id))]))]),
            ["delays"] = new JsonArray([.. file.Delays.Select(delay => new JsonObject { ["from"] = delay.From, ["to"] = delay.To, ["milliseconds"] = delay.Milliseconds })]),
        };
        await run.DataAsync(json, screen =>
        {
            screen.Table(Columns(file), [.. views.Select(view => Row(file, view, addresses[view.Id]))]);
            screen.Line(NamedCommands.Place(Summary(file, views), run.Parsed));
            foreach (var delay in file.Delays) screen.Line($"What node {delay.From} sends{(delay.To is { } to ? $" to node {to}" : "")} is held back {delay.Milliseconds} ms.");
        }).ConfigureAwait(false);
    }

    /// <summary>The beginning of a hash, which tells blocks apart.</summary>
    public static string Short(string hash) => hash.Length > TipDigits ? hash[..TipDigits] + "…" : hash;

    /// <summary>The newest address of a node's wallet; null where it has none.</summary>
    public static string? FindAddress(NodeSettings node)
    {
        if (!File.Exists(node.WalletPath)) return null;
        using var wallet = KeyStore.Load(node.WalletPath);
        return wallet.NewestAddress(WalletCommands.AddressFormat(node))?.ToString();
    }

    /// <summary>The address to which a node mines. Throws where its wallet has none.</summary>
    public static string MinersAddress(NodeSettings node) =>
        FindAddress(node) ?? throw new CommandException($"Node {node.NodeId} shall mine, and its wallet has no address. Make one with 'chain createwallet --node {node.NodeId}'.");

    private static List<string> Columns(NetFile file) =>
        ["node", "state", " height", "tip", " peers", " mempool", .. file.Partition.Count > 0 ? [" group"] : Array.Empty<string>(), "role", "explorer, RPC", "address"];

    private static List<string> Row(NetFile file, NodeView view, string? address)
    {
        var group = file.Partition.Count > 0 ? [$"{view.GroupNumber(file)}"] : Array.Empty<string>();
        var role = (file.Nodes[0].Id == view.Id, file.Nodes.First(node => node.Id == view.Id).Mines) switch
        {
            (true, true) => "central, mines",
            (true, false) => "central",
            (false, true) => "mines",
            _ => "",
        };
        List<string> seen = view.IsRunning ? [view.State, $"{view.Height}", Short(view.Tip), $"{view.Peers}", $"{view.Waiting}"] : [view.State, "", "", "", ""];
        return [$"{view.Id}", .. seen, .. group, role, NodeView.UrlOf(view.Id), address ?? ""];
    }

    private static string Summary(NetFile file, IReadOnlyList<NodeView> views)
    {
        var running = views.Count(view => view.IsRunning);
        var stopped = running == views.Count ? "" : $"; {views.Count - running} not";
        return (running, NodeView.CountTips(views)) switch
        {
            (0, _) => views.Any(view => !view.IsStopped) ? "None answers: what they say is in 'chain net logs'." : "None runs: 'chain net up' starts them.",
            (1, _) => views.Count == 1 ? "It runs." : $"1 runs{stopped}.",
            (_, 1) => running == views.Count ? $"All {running} agree." : $"{running} run and agree{stopped}.",
            var (_, tips) when file.Partition.Count > 0 => $"{tips} tips{stopped}. The groups cannot reach each other: 'chain net heal' ends that.",
            var (_, tips) => $"{tips} tips{stopped}.",
        };
    }
}
