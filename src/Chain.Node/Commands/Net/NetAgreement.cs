using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Net;

/// <summary>Connects nodes of a local network to each other, as far as its partition lets them, and waits until they agree.</summary>
internal static class NetAgreement
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Waits until the nodes that can reach each other are connected and stand at one tip. Two branches of equal work count too:
    /// only the next block decides between them. Gives what was seen last.
    /// </summary>
    public static async Task<NodeView[]> WaitAsync(CommandRun run, NetFile file, IReadOnlyList<int> ids, CancellationToken cancellationToken)
    {
        await ConnectAsync(run, file, ids, cancellationToken).ConfigureAwait(false);
        var start = run.Clock.GetTimestamp();
        while (true)
        {
            var views = await NodeView.OfAllAsync(run.Settings, ids, run.Clock, cancellationToken).ConfigureAwait(false);
            if (views.FirstOrDefault(view => !view.IsRunning) is { } ended)
                throw new CommandException($"Node {ended.Id} ended. {NodeLogFile.LastWords(run.Settings, ended.Id)}");
            var settled = true;
            foreach (var group in views.GroupBy(view => file.GroupOf(view.Id)[0]))
                settled = settled && AreConnected(group) && (NodeView.CountTips(group) == 1 || await IsTieAsync(run, [.. group], cancellationToken).ConfigureAwait(false));
            if (settled) return views;
            if (run.Clock.GetElapsedTime(start) > Patience)
            {
                var seen = string.Join(", ", views.Select(view => $"{view.Id} at height {view.Height} ({NetTable.Short(view.Tip)}) with {view.Peers} connections"));
                throw new CommandException($"The nodes run and do not agree after {Patience.TotalSeconds:0} seconds: {seen}. 'chain net status' shows them, 'chain net logs' what they say.");
            }

            await Task.Delay(Pause, run.Clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether all have the same work and know each other's tips, so that nothing will change before the next block.</summary>
    private static async Task<bool> IsTieAsync(CommandRun run, NodeView[] group, CancellationToken cancellationToken)
    {
        if (group.DistinctBy(view => view.Work).Count() > 1) return false;
        foreach (var view in group)
        {
            if (await NetFolder.TryConnectAsync(NetFolder.SettingsOf(run.Settings, view.Id), run.Clock, cancellationToken).ConfigureAwait(false) is not { } client) return false;
            await using (client.ConfigureAwait(false))
            {
                var tips = (await client.GetAsync("getchaintips", cancellationToken).ConfigureAwait(false)).AsArray();
                var known = tips.Where(tip => tip!["status"]!.GetValue<string>() is "active" or "valid-fork" or "valid-headers").Select(tip => tip!["hash"]!.GetValue<string>()).ToHashSet();
                if (!group.All(other => known.Contains(other.Tip))) return false;
            }
        }

        return true;
    }

    private static bool AreConnected(IEnumerable<NodeView> group)
    {
        var all = group.ToList();
        return all.All(view => view.Peers >= all.Count - 1);
    }

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
