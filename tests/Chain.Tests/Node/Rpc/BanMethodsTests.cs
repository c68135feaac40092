using System.Text.Json.Nodes;
using Chain.Node;
using Chain.Node.Rpc;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>Bans, the address book and mining as a node keeps them: the cases of Core's own test of bans, and restarts.</summary>
public sealed class BanMethodsTests : IAsyncLifetime, IDisposable
{
    private const long Start = 1_750_000_000;

    private readonly DataFolder _folder = new();
    private HostedNode _node = null!;

    public async Task InitializeAsync() => _node = await HostedNode.StartAsync(_folder, TestChains.Private, mockTime: Start);

    public async Task DisposeAsync() => await _node.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task SetBan_ListsWhatIsBannedAndUntilWhen()
    {
        Assert.Null(await _node.CallNamedAsync("setban", new JsonObject { ["subnet"] = "127.0.0.1", ["command"] = "add" }));
        var ban = Fields.Check(Assert.Single(await BansAsync()), "address:s ban_created:i banned_until:i ban_duration:i time_remaining:i");
        Assert.Equal(("127.0.0.1/32", Start, Start + 86_400), (ban["address"]!.GetValue<string>(), ban["ban_created"]!.GetValue<long>(), ban["banned_until"]!.GetValue<long>()));
        _node.Clock.MockTime = Start + 400;
        ban = (await BansAsync())[0]!.AsObject();
        Assert.Equal((86_400, 86_000), (ban["ban_duration"]!.GetValue<long>(), ban["time_remaining"]!.GetValue<long>()));
        await _node.CallAsync("setban", "1.1.1.1", "add", Start + 500, true);
        Assert.Equal(100, (await BansAsync())[0]!["time_remaining"]!.GetValue<long>());
        Assert.Null(await _node.CallAsync("clearbanned"));
        Assert.Empty(await BansAsync());
    }

    [Fact]
    public async Task SetBan_BadParameters()
    {
        await _node.CallAsync("setban", "127.0.0.0/24", "add");
        await Fields.FailsAsync(RpcErrorCode.NodeAlreadyAdded, "Error: IP/Subnet already banned", () => _node.CallAsync("setban", "127.0.0.1", "add"));
        await Fields.FailsAsync(RpcErrorCode.NodeAlreadyAdded, "Error: IP/Subnet already banned", () => _node.CallAsync("setban", "127.0.0.0/24", "add"));
        await Fields.FailsAsync(RpcErrorCode.ClientInvalidIpOrSubnet, "Error: Invalid IP/Subnet", () => _node.CallAsync("setban", "127.0.0.1/42", "add"));
        await Fields.FailsAsync(RpcErrorCode.ClientInvalidIpOrSubnet, "Error: Unban failed. Requested address/subnet was not previously manually banned.", () => _node.CallAsync("setban", "127.0.0.1", "remove"));
        await Fields.FailsAsync(RpcErrorCode.InvalidParameter, "Error: Absolute timestamp is in the past", () => _node.CallAsync("setban", "127.27.0.1", "add", 123, true));
        await Fields.FailsAsync(RpcErrorCode.Misc, "setban", () => _node.CallAsync("setban", "127.0.0.1", "keep"));
        await Fields.FailsAsync(RpcErrorCode.Misc, "listbanned", () => _node.CallAsync("listbanned", 1));
        await Fields.FailsAsync(RpcErrorCode.Misc, "clearbanned", () => _node.CallAsync("clearbanned", 1));
        Assert.Single(await BansAsync());
        Assert.Null(await _node.CallAsync("setban", "127.0.0.0/24", "remove"));
        Assert.Empty(await BansAsync());
    }

    [Fact]
    public async Task Bans_SurviveARestart_ThoseThatHaveEndedDoNot()
    {
        await _node.CallAsync("setban", "127.0.0.0/32", "add");
        await _node.CallAsync("setban", "127.0.0.0/24", "add");
        await _node.CallAsync("setban", "192.168.0.1", "add", 1);
        await _node.CallAsync("setban", "2001:4d48:ac57:400:cacf:e9ff:fe1d:9c63/19", "add", 1_000);
        Assert.Equal(4, (await BansAsync()).Count);
        _node.Clock.MockTime = Start + 3;
        Assert.Equal(3, (await BansAsync()).Count);
        await RestartAsync();
        Assert.Equal(["127.0.0.0/24", "127.0.0.0/32", "2001:4000::/19"], (await BansAsync()).Select(ban => ban!["address"]!.GetValue<string>()));
        Assert.Equal(997, (await BansAsync())[2]!["time_remaining"]!.GetValue<long>());
    }

    [Fact]
    public async Task BanFile_HasCoresForm()
    {
        await _node.CallAsync("setban", "10.0.0.0/8", "add", 60);
        var file = JsonNode.Parse(await File.ReadAllTextAsync(_folder.PathOf("banlist_3000.json")));
        var ban = Fields.Check(Assert.Single(Fields.Check(file, "banned_nets:a")["banned_nets"]!.AsArray()), "version:i ban_created:i banned_until:i address:s");
        Assert.Equal((1, Start, Start + 60, "10.0.0.0/8"), (ban["version"]!.GetValue<int>(), ban["ban_created"]!.GetValue<long>(), ban["banned_until"]!.GetValue<long>(), ban["address"]!.GetValue<string>()));
    }

    [Fact]
    public async Task AddressBook_SurvivesARestart()
    {
        await _node.CallAsync("addpeeraddress", "1.2.3.4", 8333);
        await _node.CallAsync("addpeeraddress", "2001:4860::1", 18444);
        await RestartAsync();
        var known = (await _node.CallAsync("getnodeaddresses", 0))!.AsArray().Select(address => $"{address!["address"]} {address["port"]} {address["time"]} {address["services"]}").Order();
        Assert.Equal([$"1.2.3.4 8333 {Start} 9", $"2001:4860::1 18444 {Start} 9"], known);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"banned_nets":null}""")]
    [InlineData("""{"banned_nets":[null]}""")]
    [InlineData("""{"banned_nets":[{"version":1,"ban_created":0,"banned_until":9999999999,"address":"1.2.3.4/99"}]}""")]
    [InlineData("""{"banned_nets":[{"version":2,"ban_created":0,"banned_until":9999999999,"address":"1.2.3.4"}]}""")]
    [InlineData("""{"version":1,"addresses":[null]}""")]
    [InlineData("""{"version":1,"addresses":[{"address":"x","port":1,"services":1,"time":1,"source":"y","failures":0}]}""")]
    [InlineData("""{"version":1,"addresses":[{"address":"1.2.3.4","port":70000,"services":1,"time":1,"source":"1.2.3.4","failures":0}]}""")]
    public async Task DamagedFiles_AreBegunAnew(string text)
    {
        await _node.StopAsync();
        _folder.Write("banlist_3000.json", text);
        _folder.Write("peers_3000.json", text);
        await RestartAsync();
        Assert.Empty(await BansAsync());
        Assert.Empty((await _node.CallAsync("getnodeaddresses", 0))!.AsArray());
        await _node.CallAsync("setban", "10.0.0.0/8", "add");
        await _node.CallAsync("addpeeraddress", "1.2.3.4", 8333);
        await RestartAsync();
        Assert.Single(await BansAsync());
        Assert.Single((await _node.CallAsync("getnodeaddresses", 0))!.AsArray());
    }

    /// <summary>The pool, what was prioritised in it, and when each came.</summary>
    [Fact]
    public async Task Mempool_SurvivesARestart()
    {
        var payment = new ChainBuilder(TestChains.Private).SpendReward("genesis", Keys.Alice, fee: 500);
        await _node.CallAsync("sendrawtransaction", Hex.Of(payment.Raw.Span));
        await _node.CallAsync("prioritisetransaction", $"{payment.Id}", 0, 1_000);
        _node.Clock.MockTime = Start + 100;
        await RestartAsync();
        var entry = await _node.CallAsync("getmempoolentry", $"{payment.Id}");
        Assert.Equal((Start, 0.000015m), (entry!["time"]!.GetValue<long>(), entry["fees"]!["modified"]!.GetValue<decimal>()));
        Assert.True((await _node.CallAsync("getmempoolinfo"))!["loaded"]!.GetValue<bool>());
    }

    [Fact]
    public async Task SetGenerate_StartsAndStopsTheMiner()
    {
        await _node.StopAsync();
        _node = await HostedNode.StartAsync(_folder, TestChains.Private, options => options with { Mining = new MiningOrder(Core.Primitives.Address.Of(Keys.Bob.PublicKey, TestChains.Private.AddressFormat), 1) });
        Assert.Equal(1, _node.Node.Mining.Threads);
        Assert.Null(await _node.CallAsync("setgenerate", false));
        var payment = new ChainBuilder(TestChains.Private).SpendReward("genesis", Keys.Alice, fee: 500);
        await _node.CallAsync("sendrawtransaction", Hex.Of(payment.Raw.Span));
        await Task.Delay(100);
        Assert.Equal(0, (await _node.CallAsync("getblockcount"))!.GetValue<int>());
        Assert.Null(await _node.CallAsync("setgenerate", true, 2));
        await Eventually.TrueAsync(async () => (await _node.CallAsync("getblockcount"))!.GetValue<int>() == 1, () => "the payment is mined");
        Assert.Equal(2, _node.Node.Mining.Threads);
        Assert.Null(await _node.CallAsync("setgenerate", true, 0));
        Assert.Equal(0, _node.Node.Mining.Threads);
    }

    private async Task RestartAsync()
    {
        var time = _node.Clock.MockTime;
        await _node.StopAsync();
        _node = await HostedNode.StartAsync(_folder, TestChains.Private, mockTime: time);
    }

    private async Task<JsonArray> BansAsync() => (await _node.CallAsync("listbanned"))!.AsArray();
}
