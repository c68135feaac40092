using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Net;

/// <summary>Connects nodes of a local network to each other, as far as its partition lets them, and waits until they agree.</summary>
internal static class NetAgreement
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Waits until the nodes that can reach each other are connected and stand at one tip. Between branches of equal work only
    /// the next block would decide: the one on which most of them stand is preferred instead, which is told. Gives what was seen
    /// last.
    /// </summary>
    public static async Task<NodeView[]> WaitAsync(CommandRun run, NetFile file, IReadOnlyList<int> ids, CancellationToken cancellationToken)
    {
        await ConnectAsync(run, file, ids, cancellationToken).ConfigureAwait(false);
        var start = run.Clock.GetTimestamp();
        while (true)
        {
            var isLast = run.Clock.GetElapsedTime(start) > Patience;
            var views = await NodeView.OfAllAsync(run.Settings, ids, run.Clock, cancellationToken).ConfigureAwait(false);
            if (views.FirstOrDefault(view => !view.IsRunning) is { } ended)
                throw new CommandException($"Node {ended.Id} ended. {NodeLogFile.LastWords(run.Settings, ended.Id)}");
            var groups = views.GroupBy(view => file.GroupOf(view.Id)[0]).Select(group => group.ToList()).ToList();
            if (groups.TrueForAll(group => AreConnected(group) && NodeView.CountTips(group) == 1)) return views;
            if (isLast)
            {
                var seen = string.Join(", ", views.Select(view => $"{view.Id} at height {view.Height} ({NetTable.Short(view.Tip)}) with {view.Peers} connections"));
                throw new CommandException($"The nodes run and do not agree after {Patience.TotalSeconds:0} seconds: {seen}. 'chain net status' shows them, 'chain net logs' what they say.");
            }

            foreach (var group in groups)
            {
                if (AreConnected(group) && await IsTieAsync(run, group, cancellationToken).ConfigureAwait(false))
                    await BreakTieAsync(run, group, cancellationToken).ConfigureAwait(false);
            }

            await Task.Delay(Pause, run.Clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Whether they stand at different tips of the same work, and know each other's: nothing will change before the next block.
    /// </summary>
    private static async Task<bool> IsTieAsync(CommandRun run, List<NodeView> group, CancellationToken cancellationToken)
    {
        if (NodeView.CountTips(group) == 1 || group.DistinctBy(view => view.Work).Count() > 1) return false;
        foreach (var view in group)
        {
            if (await AskAsync(run, view, "getchaintips", [], cancellationToken).ConfigureAwait(false) is not JsonArray tips) return false;
            var known = tips.Where(tip => tip!["status"]!.GetValue<string>() is "active" or "valid-fork" or "valid-headers").Select(tip => tip!["hash"]!.GetValue<string>()).ToHashSet();
            if (!group.TrueForAll(other => known.Contains(other.Tip))) return false;
        }

        return true;
    }

    /// <summary>Has the others treat the tip on which most stand as the one that came first; the earlier node's where as many stand on another.</summary>
    private static async Task BreakTieAsync(CommandRun run, List<NodeView> group, CancellationToken cancellationToken)
    {
        var sides = group.GroupBy(view => view.Tip).OrderByDescending(side => side.Count()).ToList();
        var tip = sides[0].Key;
        await Task.WhenAll(sides.Skip(1).SelectMany(side => side).Select(view => AskAsync(run, view, "preciousblock", new JsonArray(tip), cancellationToken))).ConfigureAwait(false);
        run.Warn($"{sides.Count} branches had equal work: each node keeps the one that it saw first, and only the next block would decide. The one of node {sides[0].First().Id}, {NetTable.Short(tip)}, was preferred (preciousblock).");
    }

    /// <summary>Null where the node does not answer: what the nodes say of themselves next shows that it ended.</summary>
    private static async Task<JsonNode?> AskAsync(CommandRun run, NodeView view, string method, JsonArray parameters, CancellationToken cancellationToken)
    {
        if (await NetFolder.TryConnectAsync(NetFolder.SettingsOf(run.Settings, view.Id), run.Clock, cancellationToken).ConfigureAwait(false) is not { } client) return null;
        await using (client.ConfigureAwait(false))
        {
            try
            {
                return await client.CallAsync(method, parameters, cancellationToken).ConfigureAwait(false);
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }
    }

    private static bool AreConnected(List<NodeView> group) => group.TrueForAll(view => view.Peers >= group.Count - 1);

    /// <summary>Each connects to those before it, at once: by itself it would after a pause.</summary>
    private static async Task ConnectAsync(CommandRun run, NetFile file, IReadOnlyList<int> ids, CancellationToken cancellationToken)
    {
        await Task.WhenAll(ids.Select(async (id, i) =>
        {
            if (await NetFolder.TryConnectAsync(NetFolder.SettingsOf(run.Settings, id), run.Clock, cancellationToken).ConfigureAwait(false) is not { } client) return;
            await using (client.ConfigureAwait(false))
            {
                var connected = (await client.GetAsync("getpeerinfo", cancellationToken).ConfigureAwait(false)).AsArray().Select(peer => peer!["addr"]!.GetValue<string>()).ToHashSet();
                foreach (var place in ids.Take(i).Intersect(file.GroupOf(id)).Select(NetFolder.PlaceOf).Where(place => !connected.Contains(place)))
                    _ = await client.CallAsync("addnode", new JsonArray(place, "onetry"), cancellationToken).ConfigureAwait(false);
            }
        })).ConfigureAwait(false);
    }
}
