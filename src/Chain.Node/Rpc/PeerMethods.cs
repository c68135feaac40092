using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Network;
using Chain.Network.Messages;

namespace Chain.Node.Rpc;

/// <summary>Methods about single peers (Core: rpc/net.cpp).</summary>
internal static class PeerMethods
{
    /// <summary>The kinds of connections that this node makes of its own accord, by their names.</summary>
    private static readonly Dictionary<string, ConnectionKind> Outbound =
        new[] { ConnectionKind.OutboundFullRelay, ConnectionKind.BlockRelayOnly, ConnectionKind.AddrFetch, ConnectionKind.Feeler }.ToDictionary(kind => kind.Name());

    private const string ByHand = "it was disconnected by hand";

    public static IEnumerable<RpcMethod> All =>
    [
        new("getpeerinfo", "", "the peers, each with what is known of it", GetPeerInfoAsync)
        {
            Details = $"network: by what way the peer is connected ({string.Join(", ", NetworkNames.All)}, {NetworkNames.Unroutable}).\n"
                + $"connection_type: {string.Join(", ", Enum.GetValues<ConnectionKind>().Select(kind => kind.Name()))}.",
        },
        new("addnode", "node:string command:string v2transport?:bool", "keeps a connection to HOST:PORT (add), ends that (remove), or connects once (onetry)", AddNodeAsync),
        new("addconnection", "address:string connection_type:string v2transport?:bool", "connects to HOST:PORT as if this node had chosen it: outbound-full-relay, block-relay-only, addr-fetch, feeler", (c, p, _) => AddConnectionAsync(c, p)) { Category = RpcMethod.Hidden },
        new("disconnectnode", "address?:string nodeid?:number", "ends a connection, by HOST:PORT or by its number", (c, p, _) => Task.FromResult(Disconnect(c, p))),
        new("sendmsgtopeer", "peer_id:number msg_type:string msg:hex", "sends a message of any kind to a peer, for tests", (c, p, _) => Task.FromResult<JsonNode?>(SendMessage(c.RequireNode().Peers, p))) { Category = RpcMethod.Hidden },
        new("getaddednodeinfo", "node?:string", "the peers that are configured, and whether they are connected", (c, p, _) => Task.FromResult<JsonNode?>(GetAdded(c.RequireNode().Peers, p))),
    ];

    private static async Task<JsonNode?> GetPeerInfoAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var node = context.RequireNode();
        var peers = node.Peers.Connections;
        var progress = await context.Owner.InvokeAsync(() => peers.Select(node.Describe).ToList()).ConfigureAwait(false);
        return new JsonArray([.. peers.Zip(progress, Describe)]);
    }

    private static JsonNode Describe(Peer peer, PeerProgress progress)
    {
        var version = peer.FindVersion;
        var services = version?.Services ?? default;
        var json = new JsonObject { ["id"] = peer.Id, ["addr"] = PeerEndPoint.Format(peer.RemoteEndPoint), ["addrbind"] = PeerEndPoint.Format(peer.LocalEndPoint) };
        if (version is { Receiver: { Port: not 0 } seen }) json["addrlocal"] = seen.ToString();
        json["network"] = peer.RemoteEndPoint is IPEndPoint ip ? NetworkNames.Of(ip.Address) : NetworkNames.Unroutable;
        json["services"] = ((ulong)services).ToString("x16", CultureInfo.InvariantCulture);
        json["servicesnames"] = new JsonArray([.. NetworkNames.Of(services).Select(name => JsonValue.Create(name))]);
        json["relaytxes"] = version?.Relay ?? false;
        json["lastsend"] = peer.BytesSent == 0 ? 0 : peer.LastSend.ToUnixTimeSeconds();
        json["lastrecv"] = peer.BytesReceived == 0 ? 0 : peer.LastReceive.ToUnixTimeSeconds();
        json["last_transaction"] = progress.LastTransaction;
        json["last_block"] = progress.LastBlock;
        json["bytessent"] = peer.BytesSent;
        json["bytesrecv"] = peer.BytesReceived;
        json["conntime"] = peer.ConnectedAt.ToUnixTimeSeconds();
        json["timeoffset"] = peer.TimeOffset;
        if (peer.PingTime is { } ping) json["pingtime"] = ping.TotalSeconds;
        if (peer.MinPingTime is { } least) json["minping"] = least.TotalSeconds;
        if (peer.PingWait is { } wait) json["pingwait"] = wait.TotalSeconds;
        json["version"] = version?.ProtocolVersion ?? 0;
        json["subver"] = version?.UserAgent ?? "";
        json["inbound"] = peer.IsInbound;

        // Compact blocks are not spoken here, nor are headers fetched before they have enough work.
        json["bip152_hb_to"] = false;
        json["bip152_hb_from"] = false;
        json["startingheight"] = version?.StartHeight ?? -1;
        json["presynced_headers"] = -1;
        json["synced_headers"] = progress.BestHeight;
        json["synced_blocks"] = progress.CommonHeight;

        // Blocks are asked for by name, and follow the last one that both have.
        json["inflight"] = new JsonArray([.. Enumerable.Range(progress.CommonHeight + 1, progress.InFlight).Select(height => JsonValue.Create(height))]);
        json["addr_relay_enabled"] = peer.ExchangesAddresses;
        json["addr_processed"] = peer.AddressesTold;
        json["addr_rate_limited"] = 0;
        json["permissions"] = new JsonArray([.. PermissionText.Of(peer.Permissions).Select(name => JsonValue.Create(name))]);
        json["minfeefilter"] = RpcJson.Money(progress.FeeFilter);
        json["bytessent_per_msg"] = Traffic(peer.Traffic.Sent);
        json["bytesrecv_per_msg"] = Traffic(peer.Traffic.Received);
        json["connection_type"] = peer.Kind.Name();
        json["transport_protocol_type"] = "v1";
        json["session_id"] = "";
        return json;
    }

    private static JsonObject Traffic(IEnumerable<KeyValuePair<string, long>> counts) =>
        new(counts.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value)));

    private static async Task<JsonNode?> AddNodeAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var command = p.Text(1);
        if (command is not ("add" or "remove" or "onetry")) throw new RpcException(RpcErrorCode.Misc, "addnode \"node\" \"command\" ( v2transport ): the command is add, remove or onetry");
        if (p.Flag(2, fallback: false)) throw new RpcException(RpcErrorCode.InvalidParameter, "Error: v2transport requested but not enabled (see -v2transport)");
        var peers = context.RequireNode().Peers;
        var name = p.Text(0);
        var isPlace = PeerEndPoint.TryParse(name, context.Chain.Params.DefaultPort, out var endPoint);
        switch (command)
        {
            case "remove":
                if (!isPlace || !peers.RemovePersistent(endPoint!))
                    throw new RpcException(RpcErrorCode.NodeNotAdded, "Error: Node could not be removed. It has not been added previously.");
                return null;
            case var _ when !isPlace:
                throw new RpcException(RpcErrorCode.InvalidParameter, $"'{name}' is no HOST:PORT");
            case "add":
                if (!peers.AddPersistent(endPoint!, name)) throw new RpcException(RpcErrorCode.NodeAlreadyAdded, "Error: Node already added");
                return null;
            default:
                _ = await peers.OpenAsync(endPoint!, ConnectionKind.Manual).ConfigureAwait(false);
                return null;
        }
    }

    private static async Task<JsonNode?> AddConnectionAsync(RpcContext context, RpcParams p)
    {
        if (context.Chain.Params.Profile != Profiles.RegtestName)
            throw new RpcException(RpcErrorCode.Misc, "addconnection is for regression testing (-regtest mode) only.");
        var name = p.Text(1);
        if (!Outbound.TryGetValue(name, out var kind)) throw new RpcException(RpcErrorCode.InvalidParameter, $"'{name}' is none of {string.Join(", ", Outbound.Keys)}");
        if (p.Flag(2, fallback: false)) throw new RpcException(RpcErrorCode.InvalidParameter, "Error: Adding v2transport connections requires -v2transport init flag to be set.");
        var address = p.Text(0);
        if (!PeerEndPoint.TryParse(address, context.Chain.Params.DefaultPort, out var endPoint)) throw new RpcException(RpcErrorCode.InvalidParameter, $"'{address}' is no HOST:PORT");
        return await context.RequireNode().Peers.OpenAsync(endPoint, kind).ConfigureAwait(false)
            ? new JsonObject { ["address"] = address, ["connection_type"] = name }
            : throw new RpcException(RpcErrorCode.ClientNodeCapacityReached, "Error: Already at capacity for specified connection type.");
    }

    private static JsonNode? Disconnect(RpcContext context, RpcParams p)
    {
        var peers = context.RequireNode().Peers;
        var address = p.Has(0) ? p.Text(0) : null;
        bool found;
        if (address is not null && !p.Has(1)) found = PeerEndPoint.TryParse(address, context.Chain.Params.DefaultPort, out var endPoint) && peers.Disconnect(endPoint, ByHand);
        else if (p.Has(1) && string.IsNullOrEmpty(address)) found = peers.Disconnect(p.Long(1), ByHand);
        else throw new RpcException(RpcErrorCode.InvalidParams, "Only one of address and nodeid should be provided.");
        return found ? null : throw new RpcException(RpcErrorCode.NodeNotConnected, "Node not found in connected nodes");
    }

    private static JsonObject SendMessage(PeerSet peers, RpcParams p)
    {
        var (id, command) = (p.Long(0), p.Text(1));
        if (command.Length > FrameHeader.CommandSize)
            throw new RpcException(RpcErrorCode.InvalidParameter, $"Error: msg_type too long, max length is {FrameHeader.CommandSize}");
        var payload = p.Hex(2) ?? throw new RpcException(RpcErrorCode.InvalidParameter, "Error parsing input for msg");
        return peers.Peers.FirstOrDefault(peer => peer.Id == id)?.TrySend(new UnknownMessage(command, payload)) == true
            ? []
            : throw new RpcException(RpcErrorCode.Misc, "Error: Could not send message to peer");
    }

    private static JsonArray GetAdded(PeerSet peers, RpcParams p)
    {
        var added = peers.PersistentPeers;
        if (p.Has(0))
        {
            added = [.. added.Where(peer => peer.Name == p.Text(0))];
            if (added.Count == 0) throw new RpcException(RpcErrorCode.NodeNotAdded, "Error: Node has not been added.");
        }

        return new JsonArray([.. added.Select(peer => DescribeAdded(peer.Name, peers.Find(peer.EndPoint)))]);
    }

    private static JsonObject DescribeAdded(string name, Peer? peer)
    {
        var addresses = new JsonArray();
        if (peer is not null)
        {
            JsonNode address = new JsonObject { ["address"] = PeerEndPoint.Format(peer.RemoteEndPoint), ["connected"] = peer.IsInbound ? "inbound" : "outbound" };
            addresses.Add(address);
        }

        return new JsonObject { ["addednode"] = name, ["connected"] = peer is not null, ["addresses"] = addresses };
    }
}
