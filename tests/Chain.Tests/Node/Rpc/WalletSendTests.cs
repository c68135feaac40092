using System.Text.Json.Nodes;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>Payments: what is chosen, what is paid to the miner, and what is said where there is no payment.</summary>
public class WalletSendTests
{
    private const string Foreign = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

    [Theory]
    [InlineData("legacy")]
    [InlineData("p2sh-segwit")]
    [InlineData("bech32")]
    [InlineData("bech32m")]
    public async Task SendToAddress_ToAndFromEachType_ConfirmsAndCanBeSpent(string type)
    {
        await using var node = await WalletNode.RichAsync();
        var address = await node.AddressAsync("", type);
        var first = await node.TextAsync("sendtoaddress", address, 49);
        await node.GenerateAsync(1, Foreign);
        var coin = Assert.Single(await node.ListAsync("listunspent", 1, 9999999, new JsonArray(address)))!;
        Assert.Equal((first, 49m, true, true), (coin["txid"]!.GetValue<string>(), coin["amount"]!.GetValue<decimal>(), coin["spendable"]!.GetValue<bool>(), coin["solvable"]!.GetValue<bool>()));
        var second = await node.TextAsync("sendtoaddress", Foreign, 48.5m);
        await node.GenerateAsync(1, Foreign);
        Assert.Equal(1, (await node.ObjectAsync("gettransaction", second))["confirmations"]!.GetValue<int>());
    }

    [Fact]
    public async Task SendToAddress_SubtractFee_RecipientBearsIt()
    {
        await using var node = await WalletNode.RichAsync();
        var id = await node.TextAsync("sendtoaddress", Foreign, 50, "for lunch", "a friend", true);
        var sent = await node.ObjectAsync("gettransaction", id, true, true);
        Assert.Equal(-50m, sent["amount"]!.GetValue<decimal>() + sent["fee"]!.GetValue<decimal>());
        Assert.Equal(("for lunch", "a friend"), (sent["comment"]!.GetValue<string>(), sent["to"]!.GetValue<string>()));
        Assert.Single(sent["decoded"]!["vout"]!.AsArray());
        Assert.Equal(0m, await node.NumberAsync("getbalance"));
    }

    [Fact]
    public async Task SendToAddress_FeeRate_IsTheRateOfTheTransaction()
    {
        await using var node = await WalletNode.RichAsync();
        var answer = await node.Node.CallNamedAsync("sendtoaddress", new JsonObject { ["address"] = Foreign, ["amount"] = 1, ["fee_rate"] = 25, ["verbose"] = true });
        var json = Fields.Check(answer, "txid:h64 fee_reason:s");
        var entry = await node.ObjectAsync("getmempoolentry", json["txid"]!.GetValue<string>());
        var size = entry["vsize"]!.GetValue<int>();
        var fee = (long)(entry["fees"]!["base"]!.GetValue<decimal>() * 100_000_000);
        Assert.InRange(fee, 25L * size, 25L * (size + 2));
    }

    [Fact]
    public async Task SendToAddress_SettxfeeAndFallback_SayWhereTheRateComesFrom()
    {
        await using var node = await WalletNode.RichAsync(2);
        var fallback = await node.Node.CallNamedAsync("sendtoaddress", new JsonObject { ["address"] = Foreign, ["amount"] = 1, ["verbose"] = true });
        Assert.Equal("Fallback fee", fallback!["fee_reason"]!.GetValue<string>());
        Assert.True((await node.CallAsync("settxfee", 0.0001m))!.GetValue<bool>());
        var set = await node.Node.CallNamedAsync("sendtoaddress", new JsonObject { ["address"] = Foreign, ["amount"] = 1, ["verbose"] = true });
        Assert.Equal("PayTxFee set", set!["fee_reason"]!.GetValue<string>());
        Assert.Equal(0.0001m, (await node.ObjectAsync("getwalletinfo"))["paytxfee"]!.GetValue<decimal>());
        await node.FailsAsync(-8, "txfee cannot be less than min relay tx fee (0.00001000 BTC/kvB)", "settxfee", 0.000001m);
        await node.FailsAsync(-3, "Amount out of range", "settxfee", -1);
    }

    [Fact]
    public async Task SendToAddress_Mistakes_CoresCodesAndWords()
    {
        await using var node = await WalletNode.RichAsync();
        await node.FailsAsync(-5, "Invalid Bitcoin address: nobody", "sendtoaddress", "nobody", 1);
        await node.FailsAsync(-6, "Insufficient funds", "sendtoaddress", Foreign, 51);
        await node.FailsAsync(-6, "Insufficient funds", "sendtoaddress", Foreign, 50);
        await node.FailsAsync(-3, "Amount out of range", "sendtoaddress", Foreign, -1);
        await node.FailsAsync(-3, "Invalid amount for send", "sendtoaddress", Foreign, 0);
        await node.FailsAsync(-3, "Invalid amount", "sendtoaddress", Foreign, 0.000000001m);
        await node.FailsAsync(-6, "Transaction amount too small", "sendtoaddress", Foreign, 0.00000001m);
        await node.FailsAsync(-8, "Cannot specify both conf_target and fee_rate", "sendtoaddress", Foreign, 1, "", "", false, true, 6, null, null, 1);
        await node.FailsAsync(-8, "Cannot specify both estimate_mode and fee_rate", "sendtoaddress", Foreign, 1, "", "", false, true, null, "economical", null, 1);
        await node.FailsAsync(-8, "Invalid conf_target, must be between 1 and 1008", "sendtoaddress", Foreign, 1, "", "", false, true, 0);
        await node.FailsAsync(-8, "Invalid estimate_mode parameter, must be one of: \"unset\", \"economical\", \"conservative\"", "sendtoaddress", Foreign, 1, "", "", false, true, 6, "fast");
        await node.FailsAsync(-6, "Fee rate (0.999 sat/vB) is lower than the minimum fee rate setting (1.000 sat/vB)", "sendtoaddress", Foreign, 1, "", "", false, true, null, null, null, 0.999m);
        await node.FailsAsync(-4, "wallet does not have the \"avoid reuse\" feature enabled", "sendtoaddress", Foreign, 1, "", "", false, true, null, null, true);
        Assert.Empty(await node.ListAsync("getrawmempool"));
    }

    [Fact]
    public async Task SendMany_ToSeveral_PaysEach()
    {
        await using var node = await WalletNode.RichAsync();
        var own = await node.AddressAsync("mine");
        var id = await node.TextAsync("sendmany", "", new JsonObject { [Foreign] = 1, [own] = 2 }, 1, "two at once", new JsonArray(Foreign));
        var details = (await node.ObjectAsync("gettransaction", id))["details"]!.AsArray();
        Assert.Equal(3, details.Count);
        Assert.Contains(details, d => d!["category"]!.GetValue<string>() == "receive" && d["amount"]!.GetValue<decimal>() == 2m && d["label"]!.GetValue<string>() == "mine");
        Assert.Contains(details, d => d!["category"]!.GetValue<string>() == "send" && d["amount"]!.GetValue<decimal>() is > -1m and < -0.99m);
        await node.FailsAsync(-8, "Dummy value must be set to \"\"", "sendmany", "x", new JsonObject { [Foreign] = 1 });
        await node.FailsAsync(-8, "destination nobody not found in tx outputs", "sendmany", "", new JsonObject { [Foreign] = 1 }, 1, "", new JsonArray("nobody"));
        await node.FailsAsync(-8, "duplicated position: 0", "sendmany", "", new JsonObject { [Foreign] = 1 }, 1, "", new JsonArray(Foreign, Foreign));
    }

    [Fact]
    public async Task BumpFee_WaitingPayment_ReplacedByOneThatPaysMore()
    {
        await using var node = await WalletNode.RichAsync();
        var id = await node.TextAsync("sendtoaddress", Foreign, 1);
        var bumped = Fields.Check(await node.CallAsync("bumpfee", id), "txid:h64 origfee:n fee:n errors:a");
        Assert.True(bumped["fee"]!.GetValue<decimal>() > bumped["origfee"]!.GetValue<decimal>());
        var replacement = bumped["txid"]!.GetValue<string>();
        Assert.Equal([replacement], (await node.ListAsync("getrawmempool")).Select(i => i!.GetValue<string>()));
        var old = await node.ObjectAsync("gettransaction", id);
        Assert.Equal((replacement, replacement), (old["replaced_by_txid"]!.GetValue<string>(), Assert.Single(old["walletconflicts"]!.AsArray())!.GetValue<string>()));
        Assert.Equal(id, (await node.ObjectAsync("gettransaction", replacement))["replaces_txid"]!.GetValue<string>());
        await node.FailsAsync(-4, $"Cannot bump transaction {id} which was already bumped by transaction {replacement}", "bumpfee", id);
        await node.GenerateAsync(1, Foreign);
        Assert.Equal(-1, (await node.ObjectAsync("gettransaction", id))["confirmations"]!.GetValue<int>());
        await node.FailsAsync(-4, "Transaction has been mined, or is conflicted with a mined transaction", "bumpfee", replacement);
        await node.FailsAsync(-5, "Invalid or non-wallet transaction id", "bumpfee", new string('0', 64));
    }

    [Fact]
    public async Task BumpFee_NotSignalled_Refused()
    {
        await using var node = await WalletNode.RichAsync();
        var id = await node.TextAsync("sendtoaddress", Foreign, 1, "", "", false, false);
        Assert.Equal("no", (await node.ObjectAsync("gettransaction", id))["bip125-replaceable"]!.GetValue<string>());
        await node.FailsAsync(-4, "Transaction is not BIP 125 replaceable", "bumpfee", id);
    }

    [Fact]
    public async Task FundAndSign_TransactionMadeByHand_IsAcceptedByThePool()
    {
        await using var node = await WalletNode.RichAsync();
        var raw = Raw(10);
        var funded = Fields.Check(await node.CallAsync("fundrawtransaction", raw, new JsonObject { ["changePosition"] = 0, ["lockUnspents"] = true }), "hex:h fee:n changepos:i");
        Assert.Equal(0, funded["changepos"]!.GetValue<int>());
        Assert.Single(await node.ListAsync("listlockunspent"));
        var signed = Fields.Check(await node.CallAsync("signrawtransactionwithwallet", funded["hex"]!.GetValue<string>()), "hex:h complete:b");
        Assert.True(signed["complete"]!.GetValue<bool>());
        var id = await node.TextAsync("sendrawtransaction", signed["hex"]!.GetValue<string>());
        Assert.Equal(-10m, (await node.ObjectAsync("gettransaction", id))["amount"]!.GetValue<decimal>());
        await node.FailsAsync(-4, "Insufficient funds", "fundrawtransaction", Raw(100));
        await node.FailsAsync(-22, "TX decode failed", "fundrawtransaction", "00");
        await node.FailsAsync(-3, "Unexpected key foo", "fundrawtransaction", raw, new JsonObject { ["foo"] = 1 });
        await node.FailsAsync(-8, "changePosition out of bounds", "fundrawtransaction", raw, new JsonObject { ["changePosition"] = 2 });
        await node.FailsAsync(-5, "Change address must be a valid bitcoin address", "fundrawtransaction", raw, new JsonObject { ["changeAddress"] = "foo" });
        await node.FailsAsync(-5, "Unknown change type 'foo'", "fundrawtransaction", raw, new JsonObject { ["change_type"] = "foo" });
        await node.FailsAsync(-22, "TX decode failed. Make sure the tx has at least one input.", "signrawtransactionwithwallet", "00");
    }

    [Fact]
    public async Task SignRawTransactionWithWallet_ForeignInput_ErrorsSayWhy()
    {
        await using var node = await WalletNode.RichAsync();
        var raw = Raw(1, new TxIn(new OutPoint(new TxId(Sha256d.Hash([1])), 0), default));
        var signed = await node.ObjectAsync("signrawtransactionwithwallet", raw);
        Assert.False(signed["complete"]!.GetValue<bool>());
        var error = Fields.Check(Assert.Single(signed["errors"]!.AsArray()), "txid:h64 vout:i witness:a scriptSig:s sequence:i error:s");
        Assert.Equal("Input not found or already spent", error["error"]!.GetValue<string>());
        await node.FailsAsync(-8, "'FOO' is not a valid sighash parameter.", "signrawtransactionwithwallet", raw, new JsonArray(), "FOO");
    }

    [Fact]
    public async Task Psbt_CreatedAndProcessed_IsCompleteAndAccepted()
    {
        await using var node = await WalletNode.RichAsync();
        var created = Fields.Check(await node.CallAsync("walletcreatefundedpsbt", new JsonArray(), new JsonArray(new JsonObject { [Foreign] = 3 })), "psbt:s fee:n changepos:i");
        var unsigned = Fields.Check(await node.CallAsync("walletprocesspsbt", created["psbt"]!.GetValue<string>(), false), "psbt:s complete:b");
        Assert.False(unsigned["complete"]!.GetValue<bool>());
        var signed = Fields.Check(await node.CallAsync("walletprocesspsbt", unsigned["psbt"]!.GetValue<string>()), "psbt:s complete:b hex:h");
        var id = await node.TextAsync("sendrawtransaction", signed["hex"]!.GetValue<string>());
        Assert.Equal(-3m, (await node.ObjectAsync("gettransaction", id))["amount"]!.GetValue<decimal>());
        await node.FailsAsync(-22, "TX decode failed", "walletprocesspsbt", "nonsense");
        await node.FailsAsync(-5, "Invalid Bitcoin address: nobody", "walletcreatefundedpsbt", new JsonArray(), new JsonObject { ["nobody"] = 1 });
        await node.FailsAsync(-4, "Insufficient funds", "walletcreatefundedpsbt", new JsonArray(), new JsonObject { [Foreign] = 1000 });
    }

    /// <summary>A transaction by hand that pays a foreign address.</summary>
    private static string Raw(int coins, params TxIn[] inputs)
    {
        Assert.Equal(AddressError.None, Address.TryParse(Foreign, TestChains.Regtest.AddressFormat, out var address));
        var output = new TxOut(coins * Amount.Coin, StandardScripts.PayTo(address));
        return Convert.ToHexStringLower(new Transaction(Transaction.CurrentVersion, [.. inputs], [output], lockTime: 0).Raw.Span);
    }
}
