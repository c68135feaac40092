using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Network;
using Chain.Node.Rpc;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>The network methods of two nodes that are connected, the first to the second.</summary>
public sealed class NetworkMethodsTests : IAsyncLifetime, IDisposable
{
    private const string PeerShape =
        "id:i addr:s addrbind:s addrlocal?:s network:s services:h servicesnames:a relaytxes:b lastsend:i lastrecv:i last_transaction:i last_block:i bytessent:i bytesrecv:i "
        + "conntime:i timeoffset:i pingtime?:n minping?:n pingwait?:n version:i subver:s inbound:b bip152_hb_to:b bip152_hb_from:b startingheight:i presynced_headers:i "
        + "synced_headers:i synced_blocks:i inflight:a addr_relay_enabled:b addr_processed:i addr_rate_limited:i permissions:a minfeefilter:n bytessent_per_msg:o "
        + "bytesrecv_per_msg:o connection_type:s transport_protocol_type:s session_id:s";

    private readonly DataFolder _folder = new();
    private readonly DataFolder _otherFolder = new();
    private readonly ChainParams _params = FreshChain.Create();
    private HostedNode _node = null!;
    private HostedNode _other = null!;

    public async Task InitializeAsync()
    {
        _node = await HostedNode.StartAsync(_folder, _params);
        _other = await HostedNode.StartAsync(_otherFolder, _params);
        await _node.CallAsync("addnode", $"{_other.Listen}", "onetry");
        await Eventually.TrueAsync(async () => (await PeersAsync(_other)).Count == 1 && (await PeersAsync(_node)).Count == 1, () => "both have a peer");
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        await _other.DisposeAsync();
    }

    public void Dispose()
    {
        _folder.Dispose();
        _otherFolder.Dispose();
    }

    [Fact]
    public async Task Peers_AreNumberedFromZero_AndCanBeSentAnything()
    {
        Assert.Equal(0, (await PeersAsync(_node))[0]["id"]!.GetValue<int>());
        Assert.Empty((await _node.CallAsync("sendmsgtopeer", 0, "nonsense", "ff"))!.AsObject());
        await Eventually.TrueAsync(async () => (await PeersAsync(_other))[0]["bytesrecv_per_msg"]!["*other*"]?.GetValue<long>() == 25, () => "the message is there");
        await Fields.FailsAsync(RpcErrorCode.InvalidParameter, "Error: msg_type too long, max length is 12", () => _node.CallAsync("sendmsgtopeer", 0, "long_msg_type", "ff"));
        await Fields.FailsAsync(RpcErrorCode.InvalidParameter, "Error parsing input for msg", () => _node.CallAsync("sendmsgtopeer", 0, "addr", "zz"));
        await Fields.FailsAsync(RpcErrorCode.Misc, "Error: Could not send message to peer", () => _node.CallAsync("sendmsgtopeer", 7, "addr", "ff"));
    }

    [Fact]
    public async Task NoBan_LetsAPeerInThatIsBanned()
    {
        using var folder = new DataFolder();
        var permitted = PermissionText.TryParse("noban@127.0.0.1", out _)!;
        await using var node = await HostedNode.StartAsync(folder, _params, options => options with { Network = options.Network with { Permitted = [permitted] } });
        await node.CallAsync("setban", "127.0.0.1", "add");
        await _node.CallAsync("addnode", $"{node.Listen}", "onetry");
        await Eventually.TrueAsync(async () => (await PeersAsync(node)).Count == 1, () => "the peer is let in");
        Assert.Equal("""["noban","download"]""", (await PeersAsync(node))[0]["permissions"]!.ToJsonString());
        await _other.CallAsync("setban", "127.0.0.1", "add");
        await Eventually.TrueAsync(async () => (await PeersAsync(_other)).Count == 0, () => "the other is not");
    }

    [Fact]
    public async Task GetAddrManInfo_CountsByNetwork()
    {
        await _node.CallAsync("addpeeraddress", "1.2.3.4", 8333, true);
        await _node.CallAsync("addpeeraddress", "1233:3432:2434:2343:3234:2345:6546:4534", 8333);
        var info = Fields.Check(await _node.CallAsync("getaddrmaninfo"), "ipv4:o ipv6:o onion:o i2p:o cjdns:o all_networks:o");
        Assert.Equal("""{"new":0,"tried":1,"total":1}""", info["ipv4"]!.ToJsonString());
        Assert.Equal("""{"new":1,"tried":0,"total":1}""", info["ipv6"]!.ToJsonString());
    }

    [Fact]
    public async Task GetPeerInfo_HasEveryField()
    {
        // As Core's own tests wait for a connection: until the first ping is answered.
        await Eventually.TrueAsync(async () => (await PeersAsync(_node))[0]["bytesrecv_per_msg"]!["pong"]?.GetValue<long>() >= 32, () => "a pong");
        await _node.CallAsync("generatetoaddress", 1, _params.AddressOf(Keys.Miner));
        await Eventually.TrueAsync(async () => (await PeersAsync(_other))[0]["last_block"]!.GetValue<long>() > 0, () => "the block is there");
        var (mine, theirs) = (Fields.Check((await PeersAsync(_node))[0], PeerShape), Fields.Check((await PeersAsync(_other))[0], PeerShape));
        Assert.Equal(("manual", "inbound"), (mine["connection_type"]!.GetValue<string>(), theirs["connection_type"]!.GetValue<string>()));
        Assert.Equal($"{_other.Listen}", mine["addr"]!.GetValue<string>());
        Assert.Equal((mine["addrbind"]!.GetValue<string>(), mine["addr"]!.GetValue<string>()), (theirs["addr"]!.GetValue<string>(), theirs["addrbind"]!.GetValue<string>()));
        Assert.Equal("""["NETWORK","WITNESS"]""", mine["servicesnames"]!.ToJsonString());
        Assert.Equal("0000000000000009", mine["services"]!.GetValue<string>());
        Assert.Equal("not_publicly_routable", mine["network"]!.GetValue<string>());
        Assert.Equal((1, 1), (theirs["synced_headers"]!.GetValue<int>(), theirs["synced_blocks"]!.GetValue<int>()));
        Assert.True(mine["minping"]!.GetValue<double>() > 0);
        Assert.Equal(24, mine["bytessent_per_msg"]!["verack"]!.GetValue<long>());
        Assert.Equal(mine["bytessent"]!.GetValue<long>(), mine["bytessent_per_msg"]!.AsObject().Sum(pair => pair.Value!.GetValue<long>()));
        await Fields.FailsAsync(RpcErrorCode.Misc, "getpeerinfo", () => _node.CallAsync("getpeerinfo", 1));
    }

    [Fact]
    public async Task GetPeerInfo_BeforeTheVersion_SaysWhatIsKnown()
    {
        using var silent = await RawPeer.ConnectAsync(_node.Listen.Port, BitConverter.GetBytes(_params.Magic));
        await Eventually.TrueAsync(async () => (await PeersAsync(_node)).Count == 2, () => "the silent one is listed");
        var peer = Fields.Check((await PeersAsync(_node))[1], PeerShape);
        Assert.Equal((0, "", -1, -1), (peer["version"]!.GetValue<int>(), peer["subver"]!.GetValue<string>(), peer["startingheight"]!.GetValue<int>(), peer["synced_headers"]!.GetValue<int>()));
        Assert.Equal(("0000000000000000", 0, 0), (peer["services"]!.GetValue<string>(), peer["lastsend"]!.GetValue<long>(), peer["lastrecv"]!.GetValue<long>()));
        Assert.Equal(("{}", "{}"), (peer["bytessent_per_msg"]!.ToJsonString(), peer["bytesrecv_per_msg"]!.ToJsonString()));
        Assert.False(peer["relaytxes"]!.GetValue<bool>());
    }

    [Fact]
    public async Task GetNetworkInfo_HasEveryField()
    {
        var info = Fields.Check(await _node.CallAsync("getnetworkinfo"),
            "version:i subversion:s protocolversion:i localservices:h localservicesnames:a localrelay:b timeoffset:i networkactive:b connections:i connections_in:i "
            + "connections_out:i networks:a relayfee:n incrementalfee:n localaddresses:a warnings:s");
        Assert.Equal((1, 0, 1), (info["connections"]!.GetValue<int>(), info["connections_in"]!.GetValue<int>(), info["connections_out"]!.GetValue<int>()));
        foreach (var network in info["networks"]!.AsArray()) Fields.Check(network, "name:s limited:b reachable:b proxy:s proxy_randomize_credentials:b");
        Assert.Equal(1, (await _node.CallAsync("getconnectioncount"))!.GetValue<int>());
        await Fields.FailsAsync(RpcErrorCode.Misc, "getnetworkinfo", () => _node.CallAsync("getnetworkinfo", 1));
        await Fields.FailsAsync(RpcErrorCode.Misc, "getconnectioncount", () => _node.CallAsync("getconnectioncount", 1));
    }

    [Fact]
    public async Task Ping_IsSeenInTheTotals()
    {
        const string shape = "totalbytesrecv:i totalbytessent:i timemillis:i uploadtarget:o";
        var before = Fields.Check(await _node.CallAsync("getnettotals"), shape);
        Fields.Check(before["uploadtarget"], "timeframe:i target:i target_reached:b serve_historical_blocks:b bytes_left_in_cycle:i time_left_in_cycle:i");
        for (var i = 0; i < 3; i++) Assert.Null(await _node.CallAsync("ping"));
        await Eventually.TrueAsync(async () =>
        {
            var now = Fields.Check(await _node.CallAsync("getnettotals"), shape);
            return Enumerable.All(["totalbytessent", "totalbytesrecv"], name => now[name]!.GetValue<long>() >= before[name]!.GetValue<long>() + 3 * 32);
        }, () => "three pings and three pongs");
        await Fields.FailsAsync(RpcErrorCode.Misc, "ping", () => _node.CallAsync("ping", 1));
        await Fields.FailsAsync(RpcErrorCode.Misc, "getnettotals", () => _node.CallAsync("getnettotals", 1));
    }

    [Fact]
    public async Task AddNode_AddAndRemove_AreListed()
    {
        Assert.Empty((await _node.CallAsync("getaddednodeinfo"))!.AsArray());
        var name = $"{_other.Listen}";
        Assert.Null(await _node.CallNamedAsync("addnode", new JsonObject { ["node"] = name, ["command"] = "add" }));
        await Fields.FailsAsync(RpcErrorCode.NodeAlreadyAdded, "Error: Node already added", () => _node.CallAsync("addnode", name, "add"));
        var added = Fields.Check(Assert.Single((await _node.CallAsync("getaddednodeinfo", name))!.AsArray()), "addednode:s connected:b addresses:a");
        Assert.Equal((name, true), (added["addednode"]!.GetValue<string>(), added["connected"]!.GetValue<bool>()));
        var address = Fields.Check(Assert.Single(added["addresses"]!.AsArray()), "address:s connected:s");
        Assert.Equal((name, "outbound"), (address["address"]!.GetValue<string>(), address["connected"]!.GetValue<string>()));
        Assert.Null(await _node.CallAsync("addnode", name, "remove"));
        Assert.Empty((await _node.CallAsync("getaddednodeinfo"))!.AsArray());
        await Fields.FailsAsync(RpcErrorCode.NodeNotAdded, "Error: Node could not be removed. It has not been added previously.", () => _node.CallAsync("addnode", name, "remove"));
        await Fields.FailsAsync(RpcErrorCode.NodeNotAdded, "Error: Node has not been added.", () => _node.CallAsync("getaddednodeinfo", "1.1.1.1"));
        await Fields.FailsAsync(RpcErrorCode.Misc, "addnode", () => _node.CallAsync("addnode", name, "other"));
        await Fields.FailsAsync(RpcErrorCode.InvalidParameter, "v2transport requested but not enabled", () => _node.CallAsync("addnode", name, "onetry", true));
        Assert.Null(await _node.CallAsync("addnode", name, "onetry", false));
    }

    [Fact]
    public async Task DisconnectNode_ByAddressOrNumber()
    {
        var peer = (await PeersAsync(_node))[0];
        await Fields.FailsAsync(RpcErrorCode.InvalidParams, "Only one of address and nodeid should be provided.", () => _node.CallAsync("disconnectnode", peer["addr"]!.DeepClone(), peer["id"]!.DeepClone()));
        await Fields.FailsAsync(RpcErrorCode.InvalidParams, "Only one of address and nodeid should be provided.", () => _node.CallAsync("disconnectnode"));
        await Fields.FailsAsync(RpcErrorCode.NodeNotConnected, "Node not found in connected nodes", () => _node.CallAsync("disconnectnode", "221B Baker Street"));
        await Fields.FailsAsync(RpcErrorCode.NodeNotConnected, "Node not found in connected nodes", () => _node.CallAsync("disconnectnode", "", 99));
        Assert.Null(await _node.CallAsync("disconnectnode", peer["addr"]!.DeepClone()));
        await Eventually.TrueAsync(async () => (await PeersAsync(_node)).Count == 0, () => "the peer is gone");
        await _node.CallAsync("addnode", $"{_other.Listen}", "onetry");
        Assert.Null(await _node.CallNamedAsync("disconnectnode", new JsonObject { ["nodeid"] = (await PeersAsync(_node))[0]["id"]!.DeepClone() }));
        await Eventually.TrueAsync(async () => (await PeersAsync(_node)).Count == 0, () => "the peer is gone again");
    }

    [Fact]
    public async Task SetNetworkActive_EndsAndAllowsConnections()
    {
        Assert.False((await _node.CallAsync("setnetworkactive", false))!.GetValue<bool>());
        await Eventually.TrueAsync(async () => (await PeersAsync(_node)).Count == 0, () => "all peers are gone");
        Assert.False((await _node.CallAsync("getnetworkinfo"))!["networkactive"]!.GetValue<bool>());
        Assert.True((await _node.CallAsync("setnetworkactive", true))!.GetValue<bool>());
        await _node.CallAsync("addnode", $"{_other.Listen}", "onetry");
        Assert.Equal(1, (await _node.CallAsync("getconnectioncount"))!.GetValue<int>());
        await Fields.FailsAsync(RpcErrorCode.TypeError, "is not of expected type bool", () => _node.CallAsync("setnetworkactive", "true"));
    }

    [Fact]
    public async Task AddPeerAddress_IsFoundByGetNodeAddresses()
    {
        Assert.True(Fields.Check(await _node.CallAsync("addpeeraddress", "1.2.3.4", 8333, true), "success:b")["success"]!.GetValue<bool>());
        Assert.False(Fields.Check(await _node.CallAsync("addpeeraddress", "1.2.3.4", 8333), "success:b error?:s")["success"]!.GetValue<bool>());
        Assert.False(Fields.Check(await _node.CallAsync("addpeeraddress", "", 8333), "success:b")["success"]!.GetValue<bool>());
        await _node.CallAsync("addpeeraddress", "1233:3432:2434:2343:3234:2345:6546:4534", 8333);
        await _node.CallAsync("addpeeraddress", "2.0.0.0", 8333);
        var found = Fields.Check(Assert.Single((await _node.CallAsync("getnodeaddresses", 0, "ipv6"))!.AsArray()), "time:i services:i address:s port:i network:s");
        Assert.Equal(("1233:3432:2434:2343:3234:2345:6546:4534", 8333, 9, "ipv6"),
            (found["address"]!.GetValue<string>(), found["port"]!.GetValue<int>(), found["services"]!.GetValue<int>(), found["network"]!.GetValue<string>()));
        Assert.Equal(2, (await _node.CallAsync("getnodeaddresses", 0, "ipv4"))!.AsArray().Count);
        Assert.Single((await _node.CallAsync("getnodeaddresses"))!.AsArray());
        Assert.Empty((await _node.CallAsync("getnodeaddresses", 0, "onion"))!.AsArray());
        await Fields.FailsAsync(RpcErrorCode.InvalidParameter, "Address count out of range", () => _node.CallAsync("getnodeaddresses", -1));
        await Fields.FailsAsync(RpcErrorCode.InvalidParameter, "Network not recognized: Foo", () => _node.CallAsync("getnodeaddresses", 1, "Foo"));
        await Fields.FailsAsync(RpcErrorCode.Misc, "JSON integer out of range", () => _node.CallAsync("addpeeraddress", "1.2.3.4", 65_536));
        await Fields.FailsAsync(RpcErrorCode.TypeError, "JSON value of type string is not of expected type bool", () => _node.CallAsync("addpeeraddress", "1.2.3.4", 1, "True"));
    }

    [Fact]
    public async Task SetGenerate_WithoutAnAddress_IsRefused()
    {
        await Fields.FailsAsync(RpcErrorCode.InvalidParameter, "--miner", () => _node.CallAsync("setgenerate", true));
        Assert.Null(await _node.CallAsync("setgenerate", false));
        await Fields.FailsAsync(RpcErrorCode.TypeError, "is not of expected type bool", () => _node.CallAsync("setgenerate", 1));
    }

    private static async Task<List<JsonNode>> PeersAsync(HostedNode node) => [.. (await node.CallAsync("getpeerinfo"))!.AsArray().Select(peer => peer!)];
}
