using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Node.Rpc;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>The method by which commands pay: whose coins it takes, what the miner gets, where the change goes, what it says where it cannot.</summary>
public class WalletPayTests
{
    private const string Foreign = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

    private const string Shape = "txid:h64 from:s to:s amount:n fee:n change:n changeaddress:s vsize:i inputs:a hex:h";

    [Theory]
    [InlineData("legacy", false)]
    [InlineData("p2sh-segwit", false)]
    [InlineData("bech32", false)]
    [InlineData("bech32m", false)]
    [InlineData("legacy", true)]
    [InlineData("p2sh-segwit", true)]
    [InlineData("bech32", true)]
    [InlineData("bech32m", true)]
    public async Task Pay_FromAnAddressOfEachType_ItsCoinsAloneAndChangeBack(string type, bool descriptors)
    {
        await using var node = await WalletNode.RichAsync(2, descriptors: descriptors);
        var payer = await node.AddressAsync("", type);
        var funding = await node.TextAsync("sendtoaddress", payer, 5);
        await node.GenerateAsync(1, Foreign);
        var paid = Fields.Check(await PayAsync(node, 2, new JsonObject { ["from"] = new JsonArray(payer), ["fee_rate"] = 3.5m }), Shape);
        Assert.Equal((payer, payer, Foreign), (Text(paid, "from"), Text(paid, "changeaddress"), Text(paid, "to")));
        Assert.StartsWith(funding, Assert.Single(paid["inputs"]!.AsArray())!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(5m, 2 + Coins(paid, "fee") + Coins(paid, "change"));
        var size = paid["vsize"]!.GetValue<int>();
        Assert.InRange(Coins(paid, "fee") * Amount.Coin, 3.5m * size, 3.5m * (size + 2));
        await node.GenerateAsync(1, Foreign);
        Assert.Equal(1, (await node.ObjectAsync("gettransaction", Text(paid, "txid")))["confirmations"]!.GetValue<int>());
    }

    [Fact]
    public async Task Pay_FromImportedKeysAndDescriptors_TheyArePaidFrom()
    {
        await using var node = await WalletNode.RichAsync(2);
        await node.CallAsync("importprivkey", Keys.Bob.ToWif(TestChains.Regtest.WifVersion), "bob", false);
        var imported = (await node.ObjectAsync("getaddressesbylabel", "bob")).Select(pair => pair.Key).ToList();
        Assert.Equal(3, imported.Count);
        foreach (var address in imported) await node.CallAsync("sendtoaddress", address, 2);
        await node.GenerateAsync(1, Foreign);
        foreach (var address in imported) Assert.Equal(address, Text(await PayAsync(node, 1, new JsonObject { ["from"] = new JsonArray(address) }), "from"));

        await node.CallAsync("createwallet", "described", null, null, null, null, true);
        var key = $"tr({Keys.Alice.ToWif(TestChains.Regtest.WifVersion)})";
        var checksum = (await node.ObjectAsync("getdescriptorinfo", key))["checksum"]!.GetValue<string>();
        await node.OnAsync("described", "importdescriptors", new JsonArray(new JsonObject { ["desc"] = $"{key}#{checksum}", ["timestamp"] = "now", ["label"] = "alice" }));
        var alice = (await node.OnAsync("described", "getaddressesbylabel", "alice"))!.AsObject().Single().Key;
        await node.OnAsync("", "sendtoaddress", alice, 3);
        await node.GenerateAsync(1, Foreign);
        var paid = (await node.OnAsync("described", "pay", Foreign, 1, new JsonObject { ["from"] = new JsonArray(alice) }))!.AsObject();
        Assert.Equal((alice, alice), (Text(paid, "from"), Text(paid, "changeaddress")));
    }

    [Fact]
    public async Task Pay_WithoutFrom_TheWholeWalletAndChangeToANewAddress()
    {
        await using var node = await WalletNode.RichAsync(3);
        var payers = new[] { await node.AddressAsync("", "legacy"), await node.AddressAsync("", "bech32m") };
        foreach (var payer in payers) await node.CallAsync("sendtoaddress", payer, 20);
        await node.GenerateAsync(1, Foreign);
        var all = await node.NumberAsync("getbalance");
        var paid = await PayAsync(node, all - 1);
        Assert.Null(paid["from"]);
        Assert.True((await node.ObjectAsync("getaddressinfo", Text(paid, "changeaddress")))["ischange"]!.GetValue<bool>());
        Assert.Equal(all - (all - 1) - Coins(paid, "fee"), await node.NumberAsync("getbalance"));
    }

    [Fact]
    public async Task Pay_FromSeveral_TheirsAloneAndChangeToTheFirst()
    {
        await using var node = await WalletNode.RichAsync(3);
        var payers = new[] { await node.AddressAsync(), await node.AddressAsync() };
        foreach (var payer in payers) await node.CallAsync("sendtoaddress", payer, 4);
        await node.GenerateAsync(1, Foreign);
        var paid = await PayAsync(node, 7, new JsonObject { ["from"] = new JsonArray(payers[1], payers[0]) });
        Assert.Equal((2, payers[1], null), (paid["inputs"]!.AsArray().Count, Text(paid, "changeaddress"), paid["from"]));
    }

    [Fact]
    public async Task Pay_FixedFee_ExactlyThatUnlessChangeWouldBeDust()
    {
        await using var node = await WalletNode.RichAsync(2);
        var payer = await node.AddressAsync();
        await node.CallAsync("sendtoaddress", payer, 1);
        await node.GenerateAsync(1, Foreign);
        JsonObject Options(decimal fee) => new() { ["from"] = new JsonArray(payer), ["fee"] = fee, ["add_to_wallet"] = false };
        Assert.Equal((0.00001234m, 0.49998766m), Figures(await PayAsync(node, 0.5m, Options(0.00001234m))));
        Assert.Equal((0m, 0m), Figures(await PayAsync(node, 1, Options(0))));
        Assert.Equal((0.000001m, 0m), Figures(await PayAsync(node, 0.999999m, Options(0.0000005m))));
        Assert.Empty(await node.ListAsync("getrawmempool"));
        await FailsAsync(node, RpcErrorCode.InvalidParameter, "The fee would be 0.2, more than 0.1, which is likely a slip", 0.5m, Options(0.2m));
        var high = Options(0.2m);
        high["max_fee"] = 0.2m;
        Assert.Equal((0.2m, 0.3m), Figures(await PayAsync(node, 0.5m, high)));
    }

    [Fact]
    public async Task Pay_WhatCannotBe_SaysWhyAndWhatToDo()
    {
        await using var node = await WalletNode.RichAsync();
        var own = await node.AddressAsync();
        await node.CallAsync("importaddress", Foreign, "watched", false);
        JsonObject From(string address) => new() { ["from"] = new JsonArray(address) };
        await FailsAsync(node, RpcErrorCode.InvalidAddressOrKey, $"has no key for {Foreign}", 1, From(Foreign));
        await FailsAsync(node, RpcErrorCode.InvalidAddressOrKey, "Invalid Bitcoin address: nonsense", 1, From("nonsense"));
        await FailsAsync(node, RpcErrorCode.InsufficientFunds, "0 available. Send less, or get more coins first", 1, From(own));
        await FailsAsync(node, RpcErrorCode.InsufficientFunds, "50 available. Another 5000 are newly mined and still immature", 51, []);
        await FailsAsync(node, RpcErrorCode.Misc, "more than the 21000000 coins", 21_000_000, new JsonObject { ["fee"] = 1 });
        await FailsAsync(node, RpcErrorCode.VerifyRejected, "is too little (dust)", 0.00000001m, []);
        await FailsAsync(node, RpcErrorCode.TypeError, "must be more than 0", 0, []);
        await FailsAsync(node, RpcErrorCode.InvalidParameter, "both fee and fee_rate", 1, new JsonObject { ["fee"] = 1, ["fee_rate"] = 1 });
        await FailsAsync(node, RpcErrorCode.VerifyRejected, "min relay fee not met", 1, new JsonObject { ["fee"] = 0 });
        Assert.Empty(await node.ListAsync("getrawmempool"));
    }

    /// <summary>Who hears that a payment failed pays again: what the wallet could not keep must not go out, then or at the next start.</summary>
    [LinuxFact]
    public async Task Pay_WhereTheDiskIsFull_NothingIsSentAndTheCoinsStay()
    {
        await using var node = await WalletNode.RichAsync();
        using (FullDisk.Under(node.Node.Settings.WalletPath + ".history"))
        {
            foreach (var method in new[] { "pay", "sendtoaddress" }) await Assert.ThrowsAsync<RpcFailure>(() => node.CallAsync(method, Foreign, 30));
            Assert.Empty(await node.ListAsync("getrawmempool"));
            Assert.Equal(50, await node.NumberAsync("getbalance"));
        }

        var paid = await PayAsync(node, 30);
        Assert.Equal([Text(paid, "txid")], (await node.ListAsync("getrawmempool")).Select(id => id!.GetValue<string>()));
        await using var again = await node.RestartAsync();
        Assert.Equal([Text(paid, "txid")], (await again.ListAsync("getrawmempool")).Select(id => id!.GetValue<string>()));
        Assert.InRange(await again.NumberAsync("getbalance"), 19.9m, 20m);
    }

    [Fact]
    public async Task Pay_WhereTheOwnerHasAFeeRate_PaysIt()
    {
        await using var node = await WalletNode.RichAsync();
        await node.CallAsync("settxfee", 0.0001m);
        var paid = await PayAsync(node, 1, new JsonObject { ["add_to_wallet"] = false });
        Assert.InRange(Coins(paid, "fee") * Amount.Coin, 10m * paid["vsize"]!.GetValue<int>(), 10m * (paid["vsize"]!.GetValue<int>() + 2));
        var named = await PayAsync(node, 1, new JsonObject { ["add_to_wallet"] = false, ["fee_rate"] = 2 });
        Assert.InRange(Coins(named, "fee") * Amount.Coin, 2m * named["vsize"]!.GetValue<int>(), 2m * (named["vsize"]!.GetValue<int>() + 2));
    }

    [Fact]
    public async Task Pay_FromAWalletThatAvoidsReuse_LeavesOutWhatHasPaidBefore()
    {
        await using var node = await WalletNode.RichAsync(3);
        await node.CallAsync("setwalletflag", "avoid_reuse", true);
        var used = await node.AddressAsync();
        await node.CallAsync("sendtoaddress", used, 2);
        await node.GenerateAsync(1, Foreign);
        await PayAsync(node, 1, new JsonObject { ["from"] = new JsonArray(used) });
        await node.GenerateAsync(1, Foreign);
        var mine = (await node.ObjectAsync("getbalances"))["mine"]!;
        Assert.True(mine["used"]!.GetValue<decimal>() > 0.9m);
        var fresh = mine["trusted"]!.GetValue<decimal>();
        await FailsAsync(node, RpcErrorCode.InsufficientFunds, "Not enough money", fresh + 0.5m, []);

        // Who names it means it.
        await PayAsync(node, 0.5m, new JsonObject { ["from"] = new JsonArray(used) });
    }

    [Fact]
    public async Task Pay_CoinsThatOthersSentAndNoBlockHolds_AreNotSpent()
    {
        await using var node = await WalletNode.RichAsync();
        await node.CallAsync("createwallet", "other");
        var other = (await node.OnAsync("other", "getnewaddress"))!.GetValue<string>();
        await node.OnAsync("", "sendtoaddress", other, 3);
        await Fields.FailsAsync(RpcErrorCode.InsufficientFunds, "Another 3 wait for a block: 'chain mine' mines one", () => node.OnAsync("other", "pay", Foreign, 1));
    }

    /// <summary>Whatever the coins: nothing is lost, the rate is kept, and no coin is taken that costs more than it is worth.</summary>
    [Fact]
    public async Task Pay_RandomAmountsAndRates_ValueIsKeptAndTheRateHolds()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        await using var node = await WalletNode.RichAsync(2);
        var payer = await node.AddressAsync();
        for (var i = 0; i < 12; i++) await node.CallAsync("sendtoaddress", payer, (decimal)random.Next(600, 20_000_000) / Amount.Coin);
        await node.GenerateAsync(1, Foreign);
        var coins = (await node.ListAsync("listunspent", 1, 9_999_999, new JsonArray(payer))).ToDictionary(coin => $"{coin!["txid"]}:{coin["vout"]}", coin => coin!["amount"]!.GetValue<decimal>());
        for (var i = 0; i < 30; i++)
        {
            var (amount, rate) = ((decimal)random.Next(600, (int)(coins.Values.Sum() * Amount.Coin / 2)) / Amount.Coin, random.Next(1_000, 60_000) / 1_000m);
            var paid = await PayAsync(node, amount, new JsonObject { ["from"] = new JsonArray(payer), ["fee_rate"] = rate, ["add_to_wallet"] = false });
            var (inputs, size, fee) = (paid["inputs"]!.AsArray().Select(input => coins[input!.GetValue<string>()]).ToList(), paid["vsize"]!.GetValue<int>(), Coins(paid, "fee"));
            Assert.True(inputs.Sum() == amount + fee + Coins(paid, "change"), $"seed {seed}: value is lost");
            Assert.True(fee * Amount.Coin >= rate * size, $"seed {seed}: {fee} for {size} vbytes at {rate}");
            Assert.True(inputs.TrueForAll(coin => coin * Amount.Coin > 68 * rate), $"seed {seed}: a coin was spent that is worth less than its input costs");
            Assert.True((await node.ListAsync("testmempoolaccept", new JsonArray(Text(paid, "hex")), 0))[0]!["allowed"]!.GetValue<bool>(), $"seed {seed}");
        }
    }

    private static async Task<JsonObject> PayAsync(WalletNode node, decimal amount, JsonObject? options = null) => await node.ObjectAsync("pay", Foreign, amount, options);

    private static Task FailsAsync(WalletNode node, int code, string text, decimal amount, JsonObject options) => node.FailsAsync(code, text, "pay", Foreign, amount, options);

    private static (decimal Fee, decimal Change) Figures(JsonObject paid) => (Coins(paid, "fee"), Coins(paid, "change"));

    private static decimal Coins(JsonObject json, string name) => json[name]!.GetValue<decimal>();

    private static string Text(JsonObject json, string name) => json[name]!.GetValue<string>();
}
