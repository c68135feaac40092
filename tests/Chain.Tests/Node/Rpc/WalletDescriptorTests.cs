using System.Text.Json.Nodes;
using Chain.Core.Descriptors;

namespace Chain.Tests.Node.Rpc;

/// <summary>Wallets of descriptors over JSON-RPC.</summary>
public class WalletDescriptorTests
{
    /// <summary>The master keys of BIP32's first test vector, as a test network writes them.</summary>
    private const string Private = "tprv8ZgxMBicQKsPeDgjzdC36fs6bMjGApWDNLR9erAXMs5skhMv36j9MV5ecvfavji5khqjWaWSFhN3YcCUUdiKH6isR4Pwy3U5y5egddBr16m";

    [Fact]
    public async Task CreateWallet_OfDescriptors_OwnsEachKeyInOneFormAndListsItsDescriptors()
    {
        await using var node = await WalletNode.RichAsync(descriptors: true);
        var info = await node.ObjectAsync("getwalletinfo");
        Assert.True(info["descriptors"]!.GetValue<bool>());
        Assert.Equal(80, info["keypoolsize"]!.GetValue<int>());
        Assert.Null(info["hdseedid"]);
        var list = (await node.ObjectAsync("listdescriptors"))["descriptors"]!.AsArray();
        Assert.Equal(8, list.Count);
        foreach (var item in list) Fields.Check(item, "desc:s timestamp:i active:b internal:b range:a next:i next_index:i");

        var address = await node.ObjectAsync("getaddressinfo", await node.AddressAsync());
        Assert.Contains(list, item => item!["desc"]!.GetValue<string>() == address["parent_desc"]!.GetValue<string>());
        var key = address["pubkey"]!.GetValue<string>();
        var other = (await node.ListAsync("deriveaddresses", DescriptorChecksum.Append($"pkh({key})")))[0]!.GetValue<string>();
        Assert.False((await node.ObjectAsync("getaddressinfo", other))["ismine"]!.GetValue<bool>());
        foreach (var method in new[] { "importprivkey", "importaddress", "importpubkey", "dumpprivkey" })
            await node.FailsAsync(-4, "Only legacy wallets are supported by this command", method, "x");
        await node.FailsAsync(-4, "Only legacy wallets are supported by this command", "importmulti", new JsonArray());
    }

    [Fact]
    public async Task PrivateDescriptors_InABlankWallet_FindAndSpendTheMoney()
    {
        await using var node = await WalletNode.RichAsync(descriptors: true);
        var secret = (await node.ObjectAsync("listdescriptors", true))["descriptors"]!.AsArray();
        await node.CallAsync("createwallet", "copy", false, true, null, null, true);
        await Fields.FailsAsync(-4, "Error: This wallet has no available keys", () => node.OnAsync("copy", "getnewaddress"));
        var requests = new JsonArray([.. secret.Select(item => new JsonObject
        {
            ["desc"] = item!["desc"]!.DeepClone(), ["active"] = true, ["internal"] = item["internal"]!.DeepClone(), ["range"] = new JsonArray(0, 20), ["timestamp"] = 0,
        })]);
        var results = (await node.OnAsync("copy", "importdescriptors", requests))!.AsArray();
        Assert.All(results, result => Assert.True(result!["success"]!.GetValue<bool>(), result.ToJsonString()));
        Assert.Equal(50m, (await node.OnAsync("copy", "getbalance"))!.GetValue<decimal>());
        var own = (await node.OnAsync("copy", "getnewaddress"))!.GetValue<string>();
        var sent = (await node.OnAsync("copy", "sendall", new JsonArray(own)))!.AsObject();
        Assert.True(sent["complete"]!.GetValue<bool>());
        Assert.True((await node.OnAsync("", "getaddressinfo", own))!["ismine"]!.GetValue<bool>());
    }

    [Fact]
    public async Task ImportDescriptors_ActiveRange_GivesItsAddressesAlsoAfterARestart()
    {
        await using var node = await WalletNode.StartAsync();
        await node.CallAsync("createwallet", "", false, true, null, null, true);
        var text = DescriptorChecksum.Append($"wpkh({Private}/0h/*)");
        var result = await node.ListAsync("importdescriptors", new JsonArray(new JsonObject
        {
            ["desc"] = text,
            ["timestamp"] = "now",
            ["range"] = new JsonArray(0, 2),
            ["next_index"] = 1,
            ["active"] = true,
        }));
        Assert.True(result[0]!["success"]!.GetValue<bool>(), result.ToJsonString());
        var expected = (await node.ListAsync("deriveaddresses", text, new JsonArray(0, 2))).Select(item => item!.GetValue<string>()).ToList();
        Assert.Equal(expected[1], await node.AddressAsync());
        await using var again = await node.RestartAsync();
        Assert.Equal(expected[2], await again.AddressAsync());
        await again.FailsAsync(-12, "Keypool ran out", "getnewaddress");
        Assert.StartsWith("wpkh(tpub", (await again.ObjectAsync("listdescriptors"))["descriptors"]![0]!["desc"]!.GetValue<string>(), StringComparison.Ordinal);
        await again.GenerateAsync(1, expected[0]);
        Assert.Equal(50m, (await again.ObjectAsync("getbalances"))["mine"]!["immature"]!.GetValue<decimal>());
    }

    [Fact]
    public async Task ImportDescriptors_WithoutKeys_IsWatchedAndGivesPsbts()
    {
        await using var node = await WalletNode.RichAsync(descriptors: true);
        var coin = (await node.ListAsync("listunspent"))[0]!.AsObject();
        var own = await node.AddressAsync();
        await node.CallAsync("createwallet", "watch", true, null, null, null, true);
        var result = (await node.OnAsync("watch", "importdescriptors", new JsonArray(new JsonObject { ["desc"] = coin["desc"]!.DeepClone(), ["timestamp"] = 0, ["label"] = "theirs" })))!.AsArray();
        Assert.Equal("""[{"success":true}]""", result.ToJsonString());
        Assert.Equal(50m, (await node.OnAsync("watch", "getbalance"))!.GetValue<decimal>());
        var sent = (await node.OnAsync("watch", "send", new JsonObject { [own] = 1 }, null, null, null, new JsonObject { ["change_address"] = coin["address"]!.DeepClone() }))!.AsObject();
        Fields.Check(sent, "complete:b psbt:s");
        Assert.False(sent["complete"]!.GetValue<bool>());
        var signed = (await node.OnAsync("", "walletprocesspsbt", sent["psbt"]!.DeepClone()))!;
        Assert.True(signed["complete"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("""{"timestamp":"now"}""", -8, "Descriptor not found.")]
    [InlineData("""{"desc":"#wpkh(KEY)","timestamp":"now","range":1}""", -8, "Range should not be specified for an un-ranged descriptor")]
    [InlineData("""{"desc":"#wpkh(KEY)","timestamp":"now","active":true}""", -8, "Active descriptors must be ranged")]
    [InlineData("""{"desc":"#wpkh(KEY)","timestamp":"now","internal":true,"label":"a"}""", -8, "Internal addresses should not have a label")]
    [InlineData("""{"desc":"#wpkh(KEY)","timestamp":"now","label":"*"}""", -11, "Invalid label name")]
    [InlineData("""{"desc":"#wpkh(XPRV/*)","timestamp":"now","range":[0,1],"label":"a"}""", -8, "Ranged descriptors should not have a label")]
    [InlineData("""{"desc":"#wpkh(XPRV/*)","timestamp":"now","range":[0,1],"next_index":2}""", -8, "next_index is out of range")]
    [InlineData("""{"desc":"#combo(XPRV/*)","timestamp":"now","range":[0,1],"active":true}""", -4, "Combo descriptors cannot be set to active")]
    [InlineData("""{"desc":"#wpkh(KEY)","timestamp":"now"}""", -4, "Cannot import descriptor without private keys to a wallet with private keys enabled")]
    [InlineData("""{"desc":"wpkh(KEY)","timestamp":"now"}""", -5, "Missing checksum")]
    public async Task ImportDescriptors_Mistakes_CoresCodesAndWords(string request, int code, string message)
    {
        await using var node = await WalletNode.StartAsync();
        await node.CallAsync("createwallet", "", false, true, null, null, true);
        var json = JsonNode.Parse(request)!.AsObject();
        if (json["desc"]?.GetValue<string>() is { } text)
        {
            text = text.Replace("KEY", "02" + "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", StringComparison.Ordinal).Replace("XPRV", Private, StringComparison.Ordinal);
            json["desc"] = text.StartsWith('#') ? DescriptorChecksum.Append(text[1..]) : text;
        }

        var error = (await node.ListAsync("importdescriptors", new JsonArray(json)))[0]!["error"]!;
        Assert.Equal((code, message), (error["code"]!.GetValue<int>(), error["message"]!.GetValue<string>()));
    }

    /// <summary>Numbers of which nothing follows, however odd, are no reason to fail: a place in a range where there is none, a time that no block can have.</summary>
    [Fact]
    public async Task ImportDescriptors_NumbersBeyondAllBounds_AreLeftAlone()
    {
        await using var node = await WalletNode.StartAsync();
        await node.CallAsync("createwallet", "", false, true, null, null, true);
        var request = new JsonObject { ["desc"] = DescriptorChecksum.Append($"wpkh({Private})"), ["timestamp"] = long.MaxValue, ["next_index"] = -1 };
        Assert.True((await node.ListAsync("importdescriptors", new JsonArray(request)))[0]!["success"]!.GetValue<bool>());
    }

    [Fact]
    public async Task ImportDescriptors_OtherKindsOfWallet_IsRefused()
    {
        await using var node = await WalletNode.RichAsync();
        await node.FailsAsync(-4, "importdescriptors is not available for non-descriptor wallets", "importdescriptors", new JsonArray());
        await node.FailsAsync(-4, "listdescriptors is not available for non-descriptor wallets", "listdescriptors");
        await node.CallAsync("createwallet", "watch", true, null, null, null, true);
        var refused = (await node.OnAsync("watch", "importdescriptors", new JsonArray(new JsonObject { ["desc"] = DescriptorChecksum.Append($"wpkh({Private})"), ["timestamp"] = "now" })))![0]!;
        Assert.Equal("Cannot import private keys to a wallet with private keys disabled", refused["error"]!["message"]!.GetValue<string>());
        await Fields.FailsAsync(-3, "Missing required timestamp field for key", () => node.OnAsync("watch", "importdescriptors", new JsonArray(new JsonObject { ["desc"] = "x" })));
    }
}
