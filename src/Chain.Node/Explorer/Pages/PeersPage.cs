using Chain.Network;
using Chain.Node.Explorer.Data;
using Chain.Node.Explorer.Html;

namespace Chain.Node.Explorer.Pages;

/// <summary>/peers: the connections. What peers say of themselves comes from strangers.</summary>
internal sealed class PeersPage(ChainReader reader)
{
    private const int MostShown = 500;

    /// <summary>The page.</summary>
    public async Task<Page> ShowAsync()
    {
        var peers = reader.Node.Peers;
        var connected = peers.Peers;
        var rows = await reader.OnStateAsync(_ => connected.Take(MostShown).Select(peer => (Peer: peer, Progress: reader.Node.Describe(peer))).ToList()).ConfigureAwait(false);
        var inbound = connected.Count(peer => peer.IsInbound);
        var sums = new Facts()
            .Add("Connections", Fragment.Of($"{Show.Count(connected.Count)}<small>{inbound} in, {connected.Count - inbound} out</small>"))
            .Add("Sent", Show.Size(peers.BytesSent))
            .Add("Received", Show.Size(peers.BytesReceived))
            .ToTiles();
        return new Page("Peers", Fragment.Of($"""
            <div class="head"><h1>Peers</h1></div>
            <div id="peers" data-live>
            <section class="card">{sums}</section>
            <section class="card"><h2>Connections</h2>{(rows.Count == 0 ? Fragment.Of($"<p class=\"empty\">{(peers.IsActive ? "No node is connected to this one." : "Networking is turned off.")}</p>") : Connections(rows))}</section>
            </div>
            """)) { Menu = "Peers", Events = "peer block" };
    }

    private Fragment Connections(List<(Peer Peer, PeerProgress Progress)> rows) => Table.Of("Connected nodes",
        [new("Node"), new("Direction"), new("Program", "wide"), new("Height", "number"), new("Ping", "number"), new("Sent", "number"), new("Received", "number"), new("Since", "number")],
        rows.Select(row => new Row($"peer-{row.Peer.Id}",
            Fragment.Of($"<span class=\"mono\">{Show.EndPoint(row.Peer.RemoteEndPoint)}</span>"),
            row.Peer.IsInbound ? Show.Badge("", "in") : Show.Badge("good", row.Peer.Kind == ConnectionKind.Manual ? "out, by hand" : "out"),
            Fragment.Of($"<bdi>{row.Peer.Version.UserAgent}</bdi>"),
            Fragment.Of($"{Show.Count(Math.Max(row.Progress.BestHeight, row.Peer.Version.StartHeight))}"),
            Fragment.Of($"{(row.Peer.PingTime is { } ping ? Show.Duration(ping.TotalSeconds) : "unknown")}"),
            Fragment.Of($"{Show.Size(row.Peer.BytesSent)}"),
            Fragment.Of($"{Show.Size(row.Peer.BytesReceived)}"),
            Show.Age(row.Peer.ConnectedAt.ToUnixTimeSeconds(), reader.Now))));
}
