using System.Text.Json.Nodes;

namespace Chain.Tests.Node.Rpc;

/// <summary>importmulti, importprunedfunds and listaddressgroupings over JSON-RPC.</summary>
public class WalletMultiImportTests
{
    private const string Foreign = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";
    private const string Key = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    private const string Watched = "Some private keys are missing, outputs will be considered watchonly. If this is intentional, specify the watchonly flag.";

    [Fact]
    public async Task ImportMulti_AddressScriptAndKeys_AreWatchedOrOwned()
    {
        await using var node = await WalletNode.RichAsync();
        await node.CallAsync("createwallet", "other");
        var theirs = (await node.OnAsync("other", "getnewaddress"))!.GetValue<string>();
        var secret = (await node.OnAsync("other", "dumpprivkey", theirs))!.GetValue<string>();
        var results = (await node.OnAsync("", "importmulti", new JsonArray(
            new JsonObject { ["scriptPubKey"] = new JsonObject { ["address"] = Foreign }, ["timestamp"] = "now", ["label"] = "seen", ["watchonly"] = true },
            new JsonObject { ["scriptPubKey"] = new JsonObject { ["address"] = theirs }, ["timestamp"] = "now", ["keys"] = new JsonArray(secret) },
            new JsonObject { ["scriptPubKey"] = "0014" + "00112233445566778899aabbccddeeff00112233", ["timestamp"] = "now", ["internal"] = true })))!.AsArray();
        Assert.Equal("""{"success":true}""", results[0]!.ToJsonString());
        Assert.Equal("""{"success":true}""", results[1]!.ToJsonString());
        Assert.Equal(Watched, results[2]!["warnings"]![0]!.GetValue<string>());
        var seen = (await node.OnAsync("", "getaddressinfo", Foreign))!;
        Assert.Equal((false, true, "seen"), (seen["ismine"]!.GetValue<bool>(), seen["iswatchonly"]!.GetValue<bool>(), seen["labels"]![0]!.GetValue<string>()));
        Assert.True((await node.OnAsync("", "getaddressinfo", theirs))!["ismine"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("""{"timestamp":"now"}""", -8, "Either a descriptor or scriptPubKey must be provided.")]
    [InlineData("""{"desc":"a","scriptPubKey":"b","timestamp":"now"}""", -8, "Both a descriptor and a scriptPubKey should not be provided.")]
    [InlineData("""{"scriptPubKey":{"address":"nobody"},"timestamp":"now"}""", -5, "Invalid address \"nobody\"")]
    [InlineData("""{"scriptPubKey":"zz","timestamp":"now"}""", -5, "Invalid scriptPubKey \"zz\"")]
    [InlineData("""{"scriptPubKey":"51","timestamp":"now"}""", -8, "Internal must be set to true for nonstandard scriptPubKey imports.")]
    [InlineData("""{"scriptPubKey":"51","timestamp":"now","internal":true,"label":"x"}""", -8, "Internal addresses should not have a label")]
    [InlineData("""{"scriptPubKey":{"address":"A"},"timestamp":"now","pubkeys":["zz"]}""", -5, "Pubkey \"zz\" must be a hex string")]
    [InlineData("""{"scriptPubKey":{"address":"A"},"timestamp":"now","keys":["zz"]}""", -5, "Invalid private key encoding")]
    [InlineData("""{"scriptPubKey":{"address":"A"},"timestamp":"now","keypool":true}""", -8, "Keys can only be imported to the keypool when private keys are disabled")]
    public async Task ImportMulti_Mistakes_CoresCodesAndWords(string request, int code, string message)
    {
        await using var node = await WalletNode.StartAsync();
        await node.CallAsync("createwallet", "");
        var result = (await node.ListAsync("importmulti", new JsonArray(JsonNode.Parse(request.Replace("\"A\"", $"\"{Foreign}\"", StringComparison.Ordinal)))))[0]!;
        Assert.False(result["success"]!.GetValue<bool>());
        Assert.Equal((code, message), (result["error"]!["code"]!.GetValue<int>(), result["error"]!["message"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("a91400112233445566778899aabbccddeeff0011223387", "51", null, "redeemScript does not match the scriptPubKey")]
    [InlineData("a914da1745e9b549bd0bfa1a569971c77eba30cd5a4b87", "51", null, "unrecognized script")]
    [InlineData("a91400112233445566778899aabbccddeeff0011223387", null, "51", "missing redeemscript")]
    [InlineData("0020" + "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", null, "51", "witnessScript does not match the scriptPubKey or redeemScript")]
    public async Task ImportMulti_ScriptsThatDoNotFit_AreWatchedWithAWarning(string script, string? redeem, string? witness, string problem)
    {
        await using var node = await WalletNode.StartAsync();
        await node.CallAsync("createwallet", "");
        var request = new JsonObject { ["scriptPubKey"] = script, ["timestamp"] = "now", ["watchonly"] = true };
        if (redeem is not null) request["redeemscript"] = redeem;
        if (witness is not null) request["witnessscript"] = witness;
        var result = (await node.ListAsync("importmulti", new JsonArray(request)))[0]!;
        Assert.True(result["success"]!.GetValue<bool>());
        Assert.Equal($"Importing as non-solvable: {problem}. If this is intentional, don't provide any keys, pubkeys, witnessscript, or redeemscript.", result["warnings"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task ImportMulti_MultiSigInWitness_IsSolvable()
    {
        await using var node = await WalletNode.StartAsync();
        await node.CallAsync("createwallet", "");
        var multi = await node.ObjectAsync("createmultisig", 1, new JsonArray(Key), "bech32");
        var address = multi["address"]!.GetValue<string>();
        var result = (await node.ListAsync("importmulti", new JsonArray(new JsonObject
        {
            ["scriptPubKey"] = new JsonObject { ["address"] = address },
            ["timestamp"] = "now",
            ["watchonly"] = true,
            ["witnessscript"] = multi["redeemScript"]!.DeepClone(),
        })))[0]!;
        Assert.Equal("""{"success":true}""", result.ToJsonString());
        Assert.True((await node.ObjectAsync("getaddressinfo", address))["solvable"]!.GetValue<bool>());
    }

    [Fact]
    public async Task ImportPrunedFunds_ProofOfTheBlock_BringsBackWhatWasTakenOut()
    {
        await using var node = await WalletNode.RichAsync();
        var id = (await node.ListAsync("listunspent"))[0]!["txid"]!.GetValue<string>();
        var (raw, proof) = ((await node.ObjectAsync("gettransaction", id))["hex"]!.GetValue<string>(), await node.TextAsync("gettxoutproof", new JsonArray(id)));
        await node.CallAsync("removeprunedfunds", id);
        Assert.Equal(0m, await node.NumberAsync("getbalance"));
        await node.FailsAsync(-4, "does not belong to this wallet", "removeprunedfunds", id);
        await using var again = await node.RestartAsync();
        Assert.Equal(0m, await again.NumberAsync("getbalance"));
        await again.CallAsync("importprunedfunds", raw, proof);
        Assert.Equal(50m, await again.NumberAsync("getbalance"));
        await again.FailsAsync(-22, "TX decode failed. Make sure the tx has at least one input.", "importprunedfunds", "00", proof);
        var other = await again.TextAsync("gettxoutproof", new JsonArray((await again.ObjectAsync("getblock", await again.TextAsync("getbestblockhash")))["tx"]![0]!.DeepClone()));
        await again.FailsAsync(-5, "Transaction given doesn't exist in proof", "importprunedfunds", raw, other);
    }

    [Fact]
    public async Task ListAddressGroupings_SpentTogether_StandTogether()
    {
        await using var node = await WalletNode.RichAsync();
        var label = await node.AddressAsync("mine");
        await node.CallAsync("sendtoaddress", label, 1);
        await node.GenerateAsync(1, Foreign);
        var groups = await node.ListAsync("listaddressgroupings");
        Assert.Equal(2, groups.Count);
        Assert.Contains(groups, group => group!.AsArray() is [JsonArray { Count: 3 } one] && one[0]!.GetValue<string>() == label && one[1]!.GetValue<decimal>() == 1m && one[2]!.GetValue<string>() == "mine");
        Assert.Contains(groups, group => group!.AsArray().Count == 2);
    }
}
