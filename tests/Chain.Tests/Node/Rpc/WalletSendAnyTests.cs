using System.Text.Json.Nodes;
using Chain.Node.Wallet;

namespace Chain.Tests.Node.Rpc;

/// <summary>send, sendall, psbtbumpfee and simulaterawtransaction over JSON-RPC.</summary>
public class WalletSendAnyTests
{
    private const string Foreign = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

    [Fact]
    public async Task Send_GoodCall_IsInThePoolAndTellsItsId()
    {
        await using var node = await WalletNode.RichAsync();
        var sent = Fields.Check(await node.CallAsync("send", new JsonObject { [Foreign] = 1 }), "txid:h64 complete:b");
        Assert.True(sent["complete"]!.GetValue<bool>());
        Assert.Equal(-1m, (await node.ObjectAsync("gettransaction", sent["txid"]!.DeepClone()))["amount"]!.GetValue<decimal>());
        Assert.True((await node.ObjectAsync("getmempoolentry", sent["txid"]!.DeepClone()))["unbroadcast"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Send_NotForTheWallet_GivesTransactionAndPsbtAndChangesNothing()
    {
        await using var node = await WalletNode.RichAsync();
        var made = Fields.Check(await node.CallAsync("send", new JsonObject { [Foreign] = 1 }, null, null, 7, new JsonObject { ["add_to_wallet"] = false, ["locktime"] = 5 }), "txid:h64 complete:b hex:h psbt:s");
        Assert.Equal(50m, await node.NumberAsync("getbalance"));
        var decoded = await node.ObjectAsync("decoderawtransaction", made["hex"]!.DeepClone());
        Assert.Equal(5, decoded["locktime"]!.GetValue<int>());
        var fee = (long)((await node.ObjectAsync("decodepsbt", made["psbt"]!.DeepClone()))["fee"]!.GetValue<decimal>() * 100_000_000);
        Assert.InRange(fee, 7 * decoded["vsize"]!.GetValue<int>(), 7 * (decoded["vsize"]!.GetValue<int>() + 2));
    }

    [Fact]
    public async Task Send_LockTimeAhead_WaitsInTheWallet()
    {
        await using var node = await WalletNode.RichAsync();
        var sent = await node.ObjectAsync("send", new JsonObject { [Foreign] = 1 }, null, null, null, new JsonObject { ["locktime"] = 102 });
        Assert.Empty(await node.ListAsync("getrawmempool"));
        Assert.Equal(0, (await node.ObjectAsync("gettransaction", sent["txid"]!.DeepClone()))["confirmations"]!.GetValue<int>());
    }

    [Fact]
    public async Task Send_OnALongChainOfItsOwn_SaysThatItIsTooLong()
    {
        await using var node = await WalletNode.RichAsync();
        for (var i = 0; i < 25; i++) await node.CallAsync("send", new JsonObject { [Foreign] = 0.1 });
        await node.FailsAsync(-4, "Transaction has too long of a mempool chain", "send", new JsonObject { [Foreign] = 0.1 });
    }

    [Theory]
    [InlineData("""[{"A":1},1,"economical",null,{"conf_target":2,"estimate_mode":"unset"}]""", -8, "Pass conf_target and estimate_mode either as arguments or in the options object, but not both")]
    [InlineData("""[{"A":1},null,null,1,{"fee_rate":1}]""", -8, "Pass the fee_rate either as an argument, or in the options object, but not both")]
    [InlineData("""[{"A":1},1]""", -8, "Specify estimate_mode")]
    [InlineData("""[{"A":1},null,null,null,{"feeRate":0.01}]""", -8, "Use fee_rate (sat/vB) instead of feeRate")]
    [InlineData("""[{"A":1},null,null,null,{"totalFee":1}]""", -3, "Unexpected key totalFee")]
    [InlineData("""[{"A":1},null,null,0.999]""", -4, "Fee rate (0.999 sat/vB) is lower than the minimum fee rate setting (1.000 sat/vB)")]
    [InlineData("""[{"A":51}]""", -4, "Insufficient funds")]
    [InlineData("""[{"data":"hello"}]""", -8, "Data must be hexadecimal string (not 'hello')")]
    public async Task Send_Mistakes_CoresCodesAndWords(string parameters, int code, string message)
    {
        await using var node = await WalletNode.RichAsync();
        var list = JsonNode.Parse(parameters.Replace("\"A\"", $"\"{Foreign}\"", StringComparison.Ordinal))!.AsArray();
        await node.FailsAsync(code, message, "send", [.. list.Select(item => item?.DeepClone())]);
    }

    [Fact]
    public async Task SendAll_GoodCalls_NothingIsLeft()
    {
        await using var node = await WalletNode.RichAsync(2);
        var other = await node.AddressAsync();
        var sent = await node.ObjectAsync("sendall", new JsonArray(new JsonObject { [other] = 5 }, Foreign));
        var entry = await node.ObjectAsync("gettransaction", sent["txid"]!.DeepClone(), null, true);
        Assert.Equal(2, entry["decoded"]!["vin"]!.AsArray().Count);
        Assert.Equal(5m, await node.NumberAsync("getbalance"));
        var outputs = entry["decoded"]!["vout"]!.AsArray().Select(output => output!["value"]!.GetValue<decimal>()).ToList();
        Assert.Equal(100m + entry["fee"]!.GetValue<decimal>(), outputs.Sum());
    }

    [Theory]
    [InlineData("""[[{"A":1}]]""", -8, "Must provide at least one address without a specified amount")]
    [InlineData("""[["A","A"]]""", -8, "Invalid parameter, duplicated address")]
    [InlineData("""[[{"B":51},"A"]]""", -6, "Assigned more value to outputs than available funds.")]
    [InlineData("""[[{"B":50},"A"]]""", -6, "Insufficient funds for fees after creating specified outputs.")]
    [InlineData("""[[{"B":0.00000001},"A"]]""", -8, "is below dust threshold")]
    [InlineData("""[[{"B":49.9999984},"A"],null,null,1]""", -6, "Dynamically assigned remainder results in dust output.")]
    [InlineData("""[["A"],null,null,100000]""", -4, "Fee exceeds maximum configured by user")]
    [InlineData("""[["A"],null,null,0.5]""", -8, "Fee rate (0.500 sat/vB) is lower than the minimum fee rate setting (1.000 sat/vB)")]
    [InlineData("""[["A"],null,null,null,{"minconf":-2}]""", -8, "Invalid minconf (minconf cannot be negative): -2")]
    [InlineData("""[["A"],null,null,null,{"minconf":200}]""", -6, "Total value of UTXO pool too low to pay for transaction. Try using lower feerate")]
    [InlineData("""[["A"],null,null,null,{"send_max":true,"inputs":[]}]""", -8, "Cannot combine send_max with specific inputs.")]
    public async Task SendAll_Mistakes_CoresCodesAndWords(string parameters, int code, string message)
    {
        await using var node = await WalletNode.RichAsync();
        var own = await node.AddressAsync();
        var list = JsonNode.Parse(parameters.Replace("\"A\"", $"\"{Foreign}\"", StringComparison.Ordinal).Replace("\"B\"", $"\"{own}\"", StringComparison.Ordinal))!.AsArray();
        await node.FailsAsync(code, message, "sendall", [.. list.Select(item => item?.DeepClone())]);
    }

    [Fact]
    public async Task PsbtBumpFee_WaitingPayment_GivesItsReplacementUnsigned()
    {
        await using var node = await WalletNode.RichAsync();
        var id = await node.TextAsync("sendtoaddress", Foreign, 1);
        var bumped = Fields.Check(await node.CallAsync("psbtbumpfee", id, new JsonObject { ["fee_rate"] = 50 }), "psbt:s origfee:n fee:n errors:a");
        Assert.True(bumped["fee"]!.GetValue<decimal>() > bumped["origfee"]!.GetValue<decimal>());
        Assert.Contains(id, (await node.ListAsync("getrawmempool")).Select(item => item!.GetValue<string>()));
        Assert.True((await node.ObjectAsync("walletprocesspsbt", bumped["psbt"]!.DeepClone()))["complete"]!.GetValue<bool>());
        await node.FailsAsync(-5, "Invalid or non-wallet transaction id", "psbtbumpfee", new string('1', 64));
    }

    [Fact]
    public async Task BumpFee_FeeTooLowOrTooHigh_CoresCodesAndWords()
    {
        await using var node = await WalletNode.RichAsync();
        var id = await node.TextAsync("sendtoaddress", Foreign, 1);
        await node.FailsAsync(-8, "Insufficient total fee 0.00000141, must be at least 0.0000", "bumpfee", id, new JsonObject { ["fee_rate"] = 1 });
        await node.FailsAsync(-4, "Specified or calculated fee 0.141 is too high (cannot be higher than -maxtxfee 0.10)", "bumpfee", id, new JsonObject { ["fee_rate"] = 100_000 });
        await node.FailsAsync(-8, "output argument cannot be an empty array", "bumpfee", id, new JsonObject { ["outputs"] = new JsonArray() });
        await node.FailsAsync(-8, "Change position is out of range", "bumpfee", id, new JsonObject { ["original_change_index"] = 2 });
        await node.FailsAsync(-8, "The options 'outputs' and 'original_change_index' are incompatible.", "bumpfee", id,
            new JsonObject { ["original_change_index"] = 0, ["outputs"] = new JsonArray(new JsonObject { [Foreign] = 1 }) });
    }

    [Fact]
    public async Task SimulateRawTransaction_OwnAndSpentCoins_TheChangeOfTheBalance()
    {
        await using var node = await WalletNode.RichAsync();
        var coin = (await node.ListAsync("listunspent"))[0]!;
        var raw = await node.TextAsync("createrawtransaction", new JsonArray(new JsonObject { ["txid"] = coin["txid"]!.DeepClone(), ["vout"] = coin["vout"]!.DeepClone() }),
            new JsonArray(new JsonObject { [Foreign] = 10 }, new JsonObject { [await node.AddressAsync()] = 39.99m }));
        Assert.Equal(-10.01m, (await node.ObjectAsync("simulaterawtransaction", new JsonArray(raw)))["balance_change"]!.GetValue<decimal>());
        await node.FailsAsync(-8, "Transaction(s) are spending the same output more than once", "simulaterawtransaction", new JsonArray(raw, raw));
        await node.FailsAsync(-22, "Transaction hex string decoding failure.", "simulaterawtransaction", new JsonArray("00"));
        await node.CallAsync("sendall", new JsonArray(Foreign));
        await node.FailsAsync(-8, "One or more transaction inputs are missing or have been spent already", "simulaterawtransaction", new JsonArray(raw));
    }

    [Fact]
    public async Task Settings_NoFallbackFee_APaymentNamesItsOwn()
    {
        await using var node = await WalletNode.RichAsync(settings: new WalletSettings { FallbackFeeRate = 0 });
        await node.FailsAsync(-6, "Fee estimation failed. Fallbackfee is disabled.", "sendtoaddress", Foreign, 1);
        await node.FailsAsync(-4, "Fee estimation failed. Fallbackfee is disabled.", "sendall", new JsonArray(Foreign));
        Assert.True((await node.ObjectAsync("send", new JsonObject { [Foreign] = 1 }, null, null, 2))["complete"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Settings_NoBroadcast_ThePoolIsNotAsked()
    {
        await using var node = await WalletNode.RichAsync(settings: new WalletSettings { Broadcasts = false });
        var id = await node.TextAsync("sendtoaddress", Foreign, 1);
        Assert.Empty(await node.ListAsync("getrawmempool"));
        Assert.Equal(0m, await node.NumberAsync("getbalance"));
        await node.CallAsync("abandontransaction", id);
        Assert.Equal(50m, await node.NumberAsync("getbalance"));
    }

    [Fact]
    public async Task Settings_AvoidPartialSpends_AllCoinsOfAnAddressGoTogether()
    {
        await using var node = await WalletNode.RichAsync(3, new WalletSettings { AvoidsPartialSpends = true });
        var sent = await node.ObjectAsync("send", new JsonObject { [Foreign] = 1 });
        Assert.Equal(3, (await node.ObjectAsync("gettransaction", sent["txid"]!.DeepClone(), null, true))["decoded"]!["vin"]!.AsArray().Count);
    }

    [Fact]
    public async Task Settings_Disabled_ThereIsNoMethodOfWallets()
    {
        await using var node = await WalletNode.StartAsync(settings: new WalletSettings { IsDisabled = true });
        await node.FailsAsync(-32601, "Method not found", "getwalletinfo");
        Assert.Equal(0, (await node.CallAsync("getblockcount"))!.GetValue<int>());
    }

    [Fact]
    public async Task LockedCoin_SpentByHand_IsLockedNoMore()
    {
        await using var node = await WalletNode.RichAsync();
        var coin = (await node.ListAsync("listunspent"))[0]!;
        var place = new JsonObject { ["txid"] = coin["txid"]!.DeepClone(), ["vout"] = coin["vout"]!.DeepClone() };
        await node.CallAsync("lockunspent", false, new JsonArray(place.DeepClone()), true);
        var raw = await node.TextAsync("createrawtransaction", new JsonArray(place), new JsonObject { [Foreign] = 49.9m });
        var signed = (await node.ObjectAsync("signrawtransactionwithwallet", raw))["hex"]!.GetValue<string>();
        await node.CallAsync("sendrawtransaction", signed, 0);
        Assert.Empty(await node.ListAsync("listlockunspent"));
    }

    [Fact]
    public async Task Change_SmallerThanItsLaterSpendingIsWorth_GoesToTheFee()
    {
        await using var node = await WalletNode.RichAsync();
        var sent = await node.ObjectAsync("send", new JsonObject { [Foreign] = 49.99999100m }, null, null, 1);
        var entry = await node.ObjectAsync("gettransaction", sent["txid"]!.DeepClone(), null, true);
        Assert.Single(entry["decoded"]!["vout"]!.AsArray());
        Assert.Equal(-0.000009m, entry["fee"]!.GetValue<decimal>());
    }

    [Fact]
    public async Task FundRawTransaction_SolvingData_OthersCoinsHaveASize()
    {
        await using var node = await WalletNode.RichAsync(2);
        await node.CallAsync("createwallet", "other");
        var theirs = (await node.OnAsync("other", "getnewaddress"))!.GetValue<string>();
        var id = (await node.OnAsync("", "sendtoaddress", theirs, 1))!.GetValue<string>();
        await node.GenerateAsync(1, Foreign);
        var coin = (await node.OnAsync("other", "listunspent"))![0]!;
        var raw = await node.TextAsync("createrawtransaction", new JsonArray(new JsonObject { ["txid"] = id, ["vout"] = coin["vout"]!.DeepClone() }), new JsonObject { [Foreign] = 3 });
        await Fields.FailsAsync(-4, $"Not solvable pre-selected input COutPoint({id[..10]}, {coin["vout"]})", () => node.OnAsync("", "fundrawtransaction", raw));
        var key = (await node.OnAsync("other", "getaddressinfo", theirs))!["pubkey"]!;
        foreach (var data in new[] { new JsonObject { ["pubkeys"] = new JsonArray(key.DeepClone()) }, new JsonObject { ["descriptors"] = new JsonArray(coin["desc"]!.DeepClone()) } })
            Assert.Equal("hex,fee,changepos", string.Join(',', (await node.OnAsync("", "fundrawtransaction", raw, new JsonObject { ["solving_data"] = data }))!.AsObject().Select(pair => pair.Key)));
        await Fields.FailsAsync(-5, "'zz' is not hex", () => node.OnAsync("", "fundrawtransaction", raw, new JsonObject { ["solving_data"] = new JsonObject { ["pubkeys"] = new JsonArray("zz") } }));
    }
}
