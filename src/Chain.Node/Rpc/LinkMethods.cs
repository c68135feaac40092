using System.Net;
using System.Text.Json.Nodes;
using Chain.Network;

namespace Chain.Node.Rpc;

/// <summary>Methods with which a person cuts and slows a node's links, to see how a network fares; Core has none of them.</summary>
internal static class LinkMethods
{
    private const string Nodes = "nodes: nodes as HOST:PORT, by where they listen. One that connects to this node is known by its address and the port that its version message told.";

    public static IEnumerable<RpcMethod> All =>
    [
        new("setunreachable", "nodes:array", "ends the connections to and from nodes and lets none come about; all others can be reached again", SetUnreachableAsync) { Details = Nodes, Category = RpcMethod.Hidden },
        new("setsenddelay", "milliseconds:number nodes?:array", "holds back what is sent to nodes, or to all, in its order; 0 ends that", (c, p, _) => Task.FromResult<JsonNode?>(SetDelay(c, p))) { Details = Nodes, Category = RpcMethod.Hidden },
        new("getlinkconditions", "", "what was done to the links", (c, _, _) => Task.FromResult<JsonNode?>(Describe(c.RequireNode().Peers.Links))) { Category = RpcMethod.Hidden },
    ];

    private static async Task<JsonNode?> SetUnreachableAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var peers = context.RequireNode().Peers;
        await peers.SetUnreachableAsync(Places(context, p.List(0))).WaitAsync(cancellationToken).ConfigureAwait(false);
        return Describe(peers.Links);
    }

    private static JsonObject SetDelay(RpcContext context, RpcParams p)
    {
        var links = context.RequireNode().Peers.Links;
        links.SetDelay(TimeSpan.FromMilliseconds(p.Between(0, 0, (int)LinkConditions.LongestDelay.TotalMilliseconds)), p.Has(1) ? Places(context, p.List(1)) : []);
        return Describe(links);
    }

    private static JsonObject Describe(LinkConditions links) => new()
    {
        ["unreachable"] = new JsonArray([.. links.Unreachable.Select(place => JsonValue.Create(PeerEndPoint.Format(place)))]),
        ["delay"] = (long)links.DelayToAll.TotalMilliseconds,
        ["delays"] = new JsonObject(links.DelayToSome.Select(pair => KeyValuePair.Create<string, JsonNode?>(PeerEndPoint.Format(pair.EndPoint), (long)pair.Delay.TotalMilliseconds))),
    };

    private static List<EndPoint> Places(RpcContext context, JsonArray nodes) => [.. nodes.Select(node =>
    {
        if (node is not JsonValue value || !value.TryGetValue<string>(out var text)) throw new RpcException(RpcErrorCode.TypeError, RpcParameter.Mismatch(RpcParameter.JsonType(node), "string"));
        return PeerEndPoint.TryParse(text, context.Chain.Params.DefaultPort, out var place) ? place : throw new RpcException(RpcErrorCode.InvalidParameter, $"'{text}' is no HOST:PORT");
    })];
}
