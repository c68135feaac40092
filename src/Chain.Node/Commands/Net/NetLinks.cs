using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Net;

/// <summary>Brings what <c>net.json</c> says of links to the nodes that run.</summary>
internal static class NetLinks
{
    /// <summary>Cuts the links between groups, and mends all others.</summary>
    public static Task ApplyPartitionAsync(CommandRun run, NetFile file, IReadOnlyList<int> ids, CancellationToken cancellationToken) =>
        ForEachAsync(run, ids, (client, id) => client.CallAsync("setunreachable", new JsonArray(new JsonArray([.. file.UnreachableFrom(id).Select(other => JsonValue.Create(NetFolder.PlaceOf(other)))])), cancellationToken), cancellationToken);

    /// <summary>Holds back what shall be held back, and nothing else.</summary>
    public static Task ApplyDelaysAsync(CommandRun run, NetFile file, IReadOnlyList<int> ids, CancellationToken cancellationToken) =>
        ForEachAsync(run, ids, async (client, id) =>
        {
            _ = await client.CallAsync("setsenddelay", new JsonArray(0), cancellationToken).ConfigureAwait(false);
            foreach (var delay in file.Delays.Where(delay => delay.From == id))
            {
                JsonArray parameters = delay.To is { } to ? [(JsonNode)delay.Milliseconds, (JsonNode)new JsonArray(NetFolder.PlaceOf(to))] : [(JsonNode)delay.Milliseconds];
                _ = await client.CallAsync("setsenddelay", parameters, cancellationToken).ConfigureAwait(false);
            }
        }, cancellationToken);

    /// <summary>Does something with every node that answers; one that does not gets it when it is started.</summary>
    private static Task ForEachAsync(CommandRun run, IReadOnlyList<int> ids, Func<INodeClient, int, Task> work, CancellationToken cancellationToken) =>
        Task.WhenAll(ids.Select(async id =>
        {
            if (await NetFolder.TryConnectAsync(NetFolder.SettingsOf(run.Settings, id), run.Clock, cancellationToken).ConfigureAwait(false) is not { } client) return;
            await using (client.ConfigureAwait(false)) await work(client, id).ConfigureAwait(false);
        }));
}
