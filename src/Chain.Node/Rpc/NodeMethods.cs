using System.Net;
using System.Text.Json.Nodes;
using Chain.Network;

namespace Chain.Node.Rpc;

/// <summary>Methods about the running node and its peers.</summary>
internal static class NodeMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("getconnectioncount", "", "the number of peers", (c, _, _) => Answer(JsonValue.Create(c.RequireNode().Peers.Peers.Count))),
        new("getpeerinfo", "", "the peers", (c, _, _) => Answer(new JsonArray([.. c.RequireNode().Peers.Peers.Select(Describe)]))),
        new("addnode", "node command", "keeps a connection to HOST:PORT (add), ends that (remove), or connects once (onetry)", AddNodeAsync),
        new("disconnectnode", "address? nodeid?", "ends a connection, by HOST:PORT or by its number", (c, p, _) => Answer(DisconnectNode(c, p))),
        new("setnetworkactive", "state", "turns all networking off or on", (c, p, _) => Answer(SetNetworkActive(c, p))),
        new("getnetworkinfo", "", "the state of the network side", (c, _, _) => Answer(GetNetworkInfo(c))),
    ];

    private static Task<JsonNode?> Answer(JsonNode? node) => Task.FromResult(node);

    private static JsonNode Describe(Peer peer)
    {
        var json = new JsonObject
        {
            ["id"] = peer.Id,
            ["addr"] = peer.RemoteEndPoint.ToString(),
            ["services"] = ((ulong)peer.Version.Services).ToString("x16", System.Globalization.CultureInfo.InvariantCulture),
            ["lastsend"] = peer.LastSend.ToUnixTimeSeconds(),
            ["lastrecv"] = peer.LastReceive.ToUnixTimeSeconds(),
            ["bytessent"] = peer.BytesSent,
            ["bytesrecv"] = peer.BytesReceived,
            ["conntime"] = peer.ConnectedAt.ToUnixTimeSeconds(),
            ["version"] = peer.Version.ProtocolVersion,
            ["subver"] = peer.Version.UserAgent,
            ["inbound"] = peer.IsInbound,
            ["startingheight"] = peer.Version.StartHeight,
        };
        if (peer.PingTime is { } ping) json["pingtime"] = ping.TotalSeconds;
        return json;
    }

    private static async Task<JsonNode?> AddNodeAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var peers = context.RequireNode().Peers;
        var endPoint = ParseEndPoint(context, p.Text(0));
        switch (p.Text(1))
        {
            case "add":
                if (!peers.AddPersistent(endPoint)) throw new RpcException(RpcErrorCode.NodeAlreadyAdded, "Error: Node already added");
                return null;
            case "remove":
                if (!peers.RemovePersistent(endPoint)) throw new RpcException(RpcErrorCode.NodeNotAdded, "Error: Node could not be removed. It has not been added previously.");
                return null;
            case "onetry":
                _ = await peers.ConnectOnceAsync(endPoint, cancellationToken).ConfigureAwait(false);
                return null;
            default:
                throw new RpcException(RpcErrorCode.Misc, "addnode takes add, remove or onetry");
        }
    }

    private static JsonNode? DisconnectNode(RpcContext context, RpcParams p)
    {
        var peers = context.RequireNode().Peers;
        var found = p.Has(0) && p.Text(0).Length > 0
            ? peers.Disconnect(ParseEndPoint(context, p.Text(0)), "it was disconnected by hand")
            : peers.Disconnect(p.Integer(1), "it was disconnected by hand");
        return found ? null : throw new RpcException(RpcErrorCode.NodeNotConnected, "Node not found in connected nodes");
    }

    private static JsonValue SetNetworkActive(RpcContext context, RpcParams p)
    {
        var active = p.Flag(0);
        context.RequireNode().Peers.SetActive(active);
        return JsonValue.Create(active);
    }

    private static JsonObject GetNetworkInfo(RpcContext context)
    {
        var peers = context.RequireNode().Peers;
        return new JsonObject
        {
            ["subversion"] = $"/chain:{typeof(NodeMethods).Assembly.GetName().Version!.ToString(3)}/",
            ["protocolversion"] = Network.Messages.MessageCodec.ProtocolVersion,
            ["networkactive"] = peers.IsActive,
            ["connections"] = peers.Peers.Count,
            ["connections_in"] = peers.Peers.Count(peer => peer.IsInbound),
            ["connections_out"] = peers.Peers.Count(peer => !peer.IsInbound),
            ["relayfee"] = RpcJson.Money(Core.Primitives.Amount.FromSatoshis(context.Chain.Mempool.Policy.MinRelayFeeRate)),
        };
    }

    private static EndPoint ParseEndPoint(RpcContext context, string text) =>
        PeerEndPoint.TryParse(text, context.Chain.Params.DefaultPort, out var endPoint)
            ? endPoint
            : throw new RpcException(RpcErrorCode.InvalidParameter, $"'{text}' is no HOST:PORT");
}
