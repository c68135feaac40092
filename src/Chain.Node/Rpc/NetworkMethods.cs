using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Chain.Network;
using Chain.Network.Messages;

namespace Chain.Node.Rpc;

/// <summary>Methods about the network as a whole and the addresses in it (Core: rpc/net.cpp).</summary>
internal static class NetworkMethods
{
    /// <summary>The version of Bitcoin Core whose methods these are: by this number programs choose what they may ask for.</summary>
    private const int CoreVersion = 250_000;

    public static IEnumerable<RpcMethod> All =>
    [
        new("getconnectioncount", "", "the number of connections, also of those that do not know each other yet", (c, _, _) => Answer(JsonValue.Create(c.RequireNode().Peers.Connections.Count))),
        new("getnetworkinfo", "", "the state of the network side", (c, _, _) => Answer(GetInfo(c, c.RequireNode().Peers)))
        {
            Details = $"networks: each with its name ({string.Join(", ", NetworkNames.All)}).",
        },
        new("getnettotals", "", "the bytes that were sent and received", (c, _, _) => Answer(GetTotals(c, c.RequireNode().Peers))),
        new("setnetworkactive", "state:bool", "turns all networking off or on", (c, p, _) => Answer(SetActive(c.RequireNode().Peers, p.Flag(0)))),
        new("ping", "", "asks all peers at once whether they are there; getpeerinfo shows how long they took", (c, _, _) => Answer(Ping(c.RequireNode().Peers))),
        new("getnodeaddresses", "count?:number network?:string", "addresses of nodes that others told of, chosen by chance; with a count of 0 all of them", (c, p, _) => Answer(GetAddresses(c.RequireNode().Peers, p))),
        new("getaddrmaninfo", "", "how many addresses others told of, by network", (c, _, _) => Answer(CountAddresses(c.RequireNode().Peers.Addresses.All)))
        {
            Details = "tried: of those somebody answered at; new: of the others.",
        },
        new("addpeeraddress", "address:string port:number tried?:bool", "adds an address to those that others told of, for tests", (c, p, _) => Answer(AddAddress(c, p))) { Category = RpcMethod.Hidden },
    ];

    private static Task<JsonNode?> Answer(JsonNode? node) => Task.FromResult(node);

    private static JsonObject GetInfo(RpcContext context, PeerSet peers)
    {
        var connected = peers.Peers;
        var policy = context.Chain.Mempool.Policy;
        return new JsonObject
        {
            ["version"] = CoreVersion,
            ["subversion"] = peers.UserAgent,
            ["protocolversion"] = MessageCodec.ProtocolVersion,
            ["localservices"] = ((ulong)peers.Services).ToString("x16", CultureInfo.InvariantCulture),
            ["localservicesnames"] = new JsonArray([.. NetworkNames.Of(peers.Services).Select(name => JsonValue.Create(name))]),
            ["localrelay"] = peers.WantsTransactions,
            ["timeoffset"] = MedianOffset(connected),
            ["networkactive"] = peers.IsActive,
            ["connections"] = connected.Count,
            ["connections_in"] = connected.Count(peer => peer.IsInbound),
            ["connections_out"] = connected.Count(peer => !peer.IsInbound),
            ["networks"] = new JsonArray([.. NetworkNames.All.Select(DescribeNetwork)]),
            ["relayfee"] = RpcJson.Money(policy.MinRelayFeeRate),
            ["incrementalfee"] = RpcJson.Money(policy.IncrementalRelayFeeRate),
            ["localaddresses"] = LocalAddresses(peers.ListenEndPoint),
            ["warnings"] = "",
        };
    }

    /// <summary>The median of the clocks of those that this node chose to connect to.</summary>
    private static long MedianOffset(IReadOnlyList<Peer> peers)
    {
        var offsets = peers.Where(peer => !peer.IsInbound).Select(peer => peer.TimeOffset).Order().ToList();
        return offsets.Count == 0 ? 0 : offsets[offsets.Count / 2];
    }

    private static JsonNode DescribeNetwork(string name) => new JsonObject
    {
        ["name"] = name,
        ["limited"] = !NetworkNames.IsReachable(name),
        ["reachable"] = NetworkNames.IsReachable(name),
        ["proxy"] = "",
        ["proxy_randomize_credentials"] = false,
    };

    /// <summary>Where strangers could connect to this node, if it listens on an address that means something to them.</summary>
    private static JsonArray LocalAddresses(IPEndPoint? listening) =>
        listening is null || NetworkNames.Of(listening.Address) == NetworkNames.Unroutable
            ? []
            : new JsonArray(new JsonObject { ["address"] = listening.Address.ToString(), ["port"] = listening.Port, ["score"] = 1 });

    private static JsonObject GetTotals(RpcContext context, PeerSet peers) => new()
    {
        ["totalbytesrecv"] = peers.BytesReceived,
        ["totalbytessent"] = peers.BytesSent,
        ["timemillis"] = context.Chain.Clock.GetUtcNow().ToUnixTimeMilliseconds(),

        // There is no limit of what is sent: 0 is Core's way to say so.
        ["uploadtarget"] = new JsonObject
        {
            ["timeframe"] = 86_400,
            ["target"] = 0,
            ["target_reached"] = false,
            ["serve_historical_blocks"] = true,
            ["bytes_left_in_cycle"] = 0,
            ["time_left_in_cycle"] = 0,
        },
    };

    private static JsonValue SetActive(PeerSet peers, bool active)
    {
        peers.SetActive(active);
        return JsonValue.Create(peers.IsActive);
    }

    private static JsonNode? Ping(PeerSet peers)
    {
        foreach (var peer in peers.Peers) peer.Ping();
        return null;
    }

    private static JsonArray GetAddresses(PeerSet peers, RpcParams p)
    {
        var count = p.Integer(0, fallback: 1);
        if (count < 0) throw new RpcException(RpcErrorCode.InvalidParameter, "Address count out of range");
        var network = p.Has(1) ? p.Text(1).ToLowerInvariant() : null;
        if (network is not null && !NetworkNames.All.Contains(network)) throw new RpcException(RpcErrorCode.InvalidParameter, $"Network not recognized: {p.Text(1)}");
        var found = peers.Addresses.Sample(count == 0 ? int.MaxValue : count, network is null ? null : address => NetworkNames.Of(address) == network);
        return new JsonArray([.. found.Select(address => new JsonObject
        {
            ["time"] = address.Time,
            ["services"] = (ulong)address.Address.Services,
            ["address"] = address.Address.Address.ToString(),
            ["port"] = address.Address.Port,
            ["network"] = NetworkNames.Of(address.Address.Address),
        })]);
    }

    private static JsonObject CountAddresses(IReadOnlyList<KnownAddress> known)
    {
        var json = new JsonObject(NetworkNames.All.Select(name => KeyValuePair.Create(name, (JsonNode?)Count([.. known.Where(address => NetworkNames.Of(address.Address.Address.Address) == name)]))));
        json["all_networks"] = Count(known);
        return json;
    }

    private static JsonObject Count(IReadOnlyList<KnownAddress> known)
    {
        var tried = known.Count(address => address.HasAnswered);
        return new JsonObject { ["new"] = known.Count - tried, ["tried"] = tried, ["total"] = known.Count };
    }

    private static JsonObject AddAddress(RpcContext context, RpcParams p)
    {
        var book = context.RequireNode().Peers.Addresses;
        var port = (ushort)p.Between(1, 0, ushort.MaxValue);
        var tried = p.Flag(2, fallback: false);
        if (!IPSubnet.TryParse(p.Text(0), out var subnet) || p.Text(0).Contains('/', StringComparison.Ordinal)) return new JsonObject { ["success"] = false };

        // Its own address is its source, as if the node had told of itself.
        var time = (uint)Math.Min(uint.MaxValue, context.Chain.Clock.GetUtcNow().ToUnixTimeSeconds());
        var address = new NetworkAddress(ServiceFlags.Network | ServiceFlags.Witness, subnet.Network, port);
        if (!book.Add(new TimestampedAddress(time, address), subnet.Network)) return new JsonObject { ["success"] = false, ["error"] = "failed-adding-to-new" };
        if (tried) book.MarkGood(address.ToEndPoint());
        return new JsonObject { ["success"] = true };
    }
}
