using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Tests.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>Coins and history: their shapes, and that they stay right when the chain changes its mind.</summary>
public class WalletHistoryTests
{
    private const string Foreign = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

    private const string Common = "confirmations:i generated?:b trusted?:b blockhash?:h64 blockheight?:i blockindex?:i blocktime?:i txid:h64 wtxid:h64 walletconflicts:a mempoolconflicts:a "
        + "time:i timereceived:i bip125-replaceable:s comment?:s to?:s replaces_txid?:h64 replaced_by_txid?:h64 ";

    private const string Entry = Common + "address?:s category:s amount:n label?:s vout:i fee?:n abandoned:b parent_descs?:a involvesWatchonly?:b";

    private const string Coin = "txid:h64 vout:i address?:s label?:s scriptPubKey:h amount:n confirmations:i ancestorcount?:i ancestorsize?:i ancestorfees?:i redeemScript?:h witnessScript?:h "
        + "spendable:b solvable:b desc?:s parent_descs:a reused?:b safe:b";

    [Fact]
    public async Task GetBalances_MaturePendingAndImmature_AreToldApart()
    {
        await using var node = await WalletNode.RichAsync();
        var balances = Fields.Check(await node.CallAsync("getbalances"), "mine:o lastprocessedblock:o");
        var mine = Fields.Check(balances["mine"], "trusted:n untrusted_pending:n immature:n");
        Assert.Equal((50m, 0m, 5000m), (mine["trusted"]!.GetValue<decimal>(), mine["untrusted_pending"]!.GetValue<decimal>(), mine["immature"]!.GetValue<decimal>()));
        await node.CallAsync("createwallet", "friend");
        var address = (await node.OnAsync("friend", "getnewaddress"))!.GetValue<string>();
        await node.OnAsync("", "sendtoaddress", address, 5);
        Assert.Equal((0m, 5m), ((await node.OnAsync("friend", "getbalance"))!.GetValue<decimal>(), (await node.OnAsync("friend", "getunconfirmedbalance"))!.GetValue<decimal>()));
        Assert.InRange((await node.OnAsync("", "getbalance"))!.GetValue<decimal>(), 44.99m, 45m);
        Assert.Equal(0m, (await node.OnAsync("", "getbalance", "*", 1))!.GetValue<decimal>());
        await Fields.FailsAsync(-32, "dummy first argument must be excluded or set to \"*\".", () => node.OnAsync("", "getbalance", "x"));
        await node.GenerateAsync(1, Foreign);
        Assert.Equal(5m, (await node.OnAsync("friend", "getbalance", "*", 1))!.GetValue<decimal>());
    }

    [Fact]
    public async Task ListUnspent_Filters_EachLeavesOutWhatItShould()
    {
        await using var node = await WalletNode.RichAsync(2);
        var coins = await node.ListAsync("listunspent");
        Assert.Equal(2, coins.Count);
        Assert.All(coins, coin => Fields.Check(coin, Coin));
        Assert.Equal(102, (await node.ListAsync("listunspent", 0, 9999999, new JsonArray(), true, new JsonObject { ["include_immature_coinbase"] = true })).Count);
        Assert.Empty(await node.ListAsync("listunspent", 1, 100));
        Assert.Single(await node.ListAsync("listunspent", 1, 9999999, new JsonArray(), true, new JsonObject { ["maximumCount"] = 1 }));
        Assert.Single(await node.ListAsync("listunspent", 1, 9999999, new JsonArray(), true, new JsonObject { ["minimumSumAmount"] = 50 }));
        Assert.Empty(await node.ListAsync("listunspent", 1, 9999999, new JsonArray(), true, new JsonObject { ["maximumAmount"] = 49 }));
        Assert.Empty(await node.ListAsync("listunspent", 1, 9999999, new JsonArray(Foreign)));
        await node.FailsAsync(-5, "Invalid Bitcoin address: nobody", "listunspent", 1, 9, new JsonArray("nobody"));
        await node.FailsAsync(-8, $"Invalid parameter, duplicated address: {Foreign}", "listunspent", 1, 9, new JsonArray(Foreign, Foreign));
        await node.FailsAsync(-3, "Unexpected key x", "listunspent", 1, 9, new JsonArray(), true, new JsonObject { ["x"] = 1 });

        await node.TextAsync("sendtoaddress", await node.AddressAsync(), 1);
        var waiting = (await node.ListAsync("listunspent", 0, 0)).Select(coin => Fields.Check(coin, Coin)).ToList();
        Assert.Equal(2, waiting.Count);
        Assert.All(waiting, coin => Assert.Equal((1, true), (coin["ancestorcount"]!.GetValue<int>(), coin["safe"]!.GetValue<bool>())));
    }

    [Fact]
    public async Task LockUnspent_LockedCoins_AreNotChosen()
    {
        await using var node = await WalletNode.RichAsync();
        var coin = (await node.ListAsync("listunspent"))[0]!;
        var place = new JsonObject { ["txid"] = coin["txid"]!.GetValue<string>(), ["vout"] = coin["vout"]!.GetValue<int>() };
        JsonArray List(JsonObject one) => new(one.DeepClone());
        Assert.True((await node.CallAsync("lockunspent", false, List(place)))!.GetValue<bool>());
        Assert.Equal(place.ToJsonString(), Assert.Single(await node.ListAsync("listlockunspent"))!.ToJsonString());
        await node.FailsAsync(-8, "Invalid parameter, output already locked", "lockunspent", false, List(place));
        await node.FailsAsync(-6, "Insufficient funds", "sendtoaddress", Foreign, 1);
        Assert.True((await node.CallAsync("lockunspent", true, List(place)))!.GetValue<bool>());
        await node.FailsAsync(-8, "Invalid parameter, expected locked output", "lockunspent", true, List(place));
        await node.FailsAsync(-8, "Invalid parameter, unknown transaction", "lockunspent", false, List(new JsonObject { ["txid"] = new string('1', 64), ["vout"] = 0 }));
        await node.FailsAsync(-8, "Invalid parameter, vout index out of bounds", "lockunspent", false, List(new JsonObject { ["txid"] = place["txid"]!.GetValue<string>(), ["vout"] = 9 }));
        await node.FailsAsync(-8, "Invalid parameter, vout cannot be negative", "lockunspent", false, List(new JsonObject { ["txid"] = place["txid"]!.GetValue<string>(), ["vout"] = -1 }));
        await node.CallAsync("lockunspent", false, List(place), true);
        await using var again = await node.RestartAsync();
        Assert.Single(await again.ListAsync("listlockunspent"));
        Assert.True((await again.CallAsync("lockunspent", true))!.GetValue<bool>());
        Assert.Empty(await again.ListAsync("listlockunspent"));
    }

    [Fact]
    public async Task ListTransactions_SentAndReceived_TheDocumentedShape()
    {
        await using var node = await WalletNode.RichAsync();
        var sent = await node.TextAsync("sendtoaddress", Foreign, 1, "a comment");
        var received = await node.TextAsync("sendtoaddress", await node.AddressAsync("till"), 2);
        var list = (await node.ListAsync("listtransactions", "*", 5)).Select(entry => Fields.Check(entry, Entry)).ToList();
        Assert.Equal(5, list.Count);
        Assert.Equal(["immature", "immature", "send", "receive", "send"], list.Select(e => e["category"]!.GetValue<string>()).Take(2)
            .Concat(list.Skip(2).Where(e => e["txid"]!.GetValue<string>() == sent).Select(e => e["category"]!.GetValue<string>()))
            .Concat(list.Where(e => e["txid"]!.GetValue<string>() == received).Select(e => e["category"]!.GetValue<string>()).Order(StringComparer.Ordinal)));
        Assert.Equal(received, Assert.Single(await node.ListAsync("listtransactions", "till"))!["txid"]!.GetValue<string>());
        Assert.Empty(await node.ListAsync("listtransactions", "*", 5, 1000));
        await node.FailsAsync(-8, "Negative count", "listtransactions", "*", -1);
        await node.FailsAsync(-8, "Negative from", "listtransactions", "*", 1, -1);
        await node.FailsAsync(-8, "Label argument must be a valid label name or \"*\".", "listtransactions", "");

        var one = Fields.Check(await node.CallAsync("gettransaction", sent), Common + "amount:n fee?:n details:a hex:h lastprocessedblock:o");
        Fields.Check(Assert.Single(one["details"]!.AsArray()), "address?:s category:s amount:n label?:s vout:i fee?:n abandoned:b");
        await node.FailsAsync(-5, "Invalid or non-wallet transaction id", "gettransaction", new string('1', 64));
        await node.FailsAsync(-8, "txid must be of length 64", "gettransaction", "00");
    }

    [Fact]
    public async Task ListSinceBlock_FromABlock_OnlyWhatIsNewer()
    {
        await using var node = await WalletNode.RichAsync();
        var before = await node.TextAsync("getbestblockhash");
        var id = await node.TextAsync("sendtoaddress", Foreign, 1);
        var hashes = await node.GenerateAsync(1, Foreign);
        var since = Fields.Check(await node.CallAsync("listsinceblock", before), "transactions:a removed:a lastblock:h64");
        Assert.Equal(id, Assert.Single(since["transactions"]!.AsArray())!["txid"]!.GetValue<string>());
        Assert.Equal(hashes[0]!.GetValue<string>(), since["lastblock"]!.GetValue<string>());
        Assert.Equal(102, (await node.ObjectAsync("listsinceblock"))["transactions"]!.AsArray().Count);
        await node.FailsAsync(-5, "Block not found", "listsinceblock", new string('1', 64));
        await node.FailsAsync(-8, "Invalid parameter", "listsinceblock", before, 0);

        await node.CallAsync("invalidateblock", hashes[0]!.GetValue<string>());
        await node.GenerateAsync(2, await node.AddressAsync());
        var removed = (await node.ObjectAsync("listsinceblock", hashes[0]!.GetValue<string>()))["removed"]!.AsArray();
        Assert.Equal(id, Assert.Single(removed)!["txid"]!.GetValue<string>());
    }

    [Fact]
    public async Task Received_ByAddressAndLabel_SumsWhatCame()
    {
        await using var node = await WalletNode.RichAsync();
        var address = await node.AddressAsync("shop");
        var empty = await node.AddressAsync("shop");
        await node.TextAsync("sendtoaddress", address, 2);
        Assert.Equal((0m, 2m), (await node.NumberAsync("getreceivedbyaddress", address), await node.NumberAsync("getreceivedbyaddress", address, 0)));
        await node.GenerateAsync(1, Foreign);
        Assert.Equal(2m, await node.NumberAsync("getreceivedbylabel", "shop"));
        var listed = (await node.ListAsync("listreceivedbyaddress", 1, false, true, address)).Select(e => Fields.Check(e, "address:s amount:n confirmations:i label:s txids:a involvesWatchonly?:b"));
        Assert.Equal(2m, Assert.Single(listed)["amount"]!.GetValue<decimal>());
        Assert.Equal(0m, Assert.Single(await node.ListAsync("listreceivedbyaddress", 1, true, true, empty))!["amount"]!.GetValue<decimal>());
        var labels = (await node.ListAsync("listreceivedbylabel")).Select(e => Fields.Check(e, "amount:n confirmations:i label:s involvesWatchonly?:b")).ToList();
        Assert.Contains(labels, e => e["label"]!.GetValue<string>() == "shop" && e["amount"]!.GetValue<decimal>() == 2m);
        await node.FailsAsync(-5, "Invalid Bitcoin address", "getreceivedbyaddress", "nobody");
        await node.FailsAsync(-4, "Address not found in wallet", "getreceivedbyaddress", Foreign);
        await node.FailsAsync(-4, "Label not found in wallet", "getreceivedbylabel", "nobody");
        await node.FailsAsync(-4, "address_filter parameter was invalid", "listreceivedbyaddress", 0, true, true, "nobody");
    }

    [Fact]
    public async Task Reorganisation_PaymentAndReward_GoBackAndForth()
    {
        await using var node = await WalletNode.RichAsync();
        var id = await node.TextAsync("sendtoaddress", Foreign, 1);
        var block = (await node.GenerateAsync(1, await node.AddressAsync("reward")))[0]!.GetValue<string>();
        Assert.Equal(1, (await node.ObjectAsync("gettransaction", id))["confirmations"]!.GetValue<int>());
        var before = (await node.ObjectAsync("getbalances"))["mine"]!.ToJsonString();
        await node.CallAsync("invalidateblock", block);
        Assert.Equal(0, (await node.ObjectAsync("gettransaction", id))["confirmations"]!.GetValue<int>());
        Assert.Equal("orphan", (await node.ListAsync("listtransactions", "reward"))[0]!["category"]!.GetValue<string>());
        await node.CallAsync("reconsiderblock", block);
        Assert.Equal(1, (await node.ObjectAsync("gettransaction", id))["confirmations"]!.GetValue<int>());
        Assert.Equal(before, (await node.ObjectAsync("getbalances"))["mine"]!.ToJsonString());
    }

    [Fact]
    public async Task Conflict_AnotherSpendIsMined_TheFirstIsInConflictUntilThatBlockLeaves()
    {
        await using var node = await WalletNode.RichAsync();
        var first = await node.TextAsync("sendtoaddress", Foreign, 1);
        var raw = Transaction.TryDecode(Convert.FromHexString((await node.ObjectAsync("gettransaction", first))["hex"]!.GetValue<string>()))!;

        // Another transaction that spends the same coin goes straight into a block: the pool holds the first.
        var rival = new Transaction(raw.Version, [.. raw.Inputs.Select(input => new TxIn(input.PreviousOutput, default, input.Sequence))], [new TxOut(40 * Amount.Coin, Keys.ScriptOf(Keys.Bob))], 0);
        var signed = (await node.ObjectAsync("signrawtransactionwithwallet", Convert.ToHexStringLower(rival.Raw.Span)))["hex"]!.GetValue<string>();
        var block = (await node.ObjectAsync("generateblock", Foreign, new JsonArray(signed)))["hash"]!.GetValue<string>();
        var gone = await node.ObjectAsync("gettransaction", first);
        Assert.Equal((-1, 1), (gone["confirmations"]!.GetValue<int>(), gone["walletconflicts"]!.AsArray().Count));

        // The rival left no change; what there is, is the next reward, which the new block made mature.
        Assert.Equal(50m, await node.NumberAsync("getbalance"));
        await node.FailsAsync(-5, "Transaction not eligible for abandonment", "abandontransaction", first);
        await node.CallAsync("invalidateblock", block);
        Assert.Equal(0, (await node.ObjectAsync("gettransaction", first))["confirmations"]!.GetValue<int>());
    }

    [Fact]
    public async Task AbandonTransaction_NotInThePool_FreesItsCoins()
    {
        await using var node = await WalletNode.RichAsync();
        var id = await node.TextAsync("sendtoaddress", Foreign, 1);
        await node.FailsAsync(-5, "Transaction not eligible for abandonment", "abandontransaction", id);
        await node.FailsAsync(-5, "Invalid or non-wallet transaction id", "abandontransaction", new string('1', 64));
    }

    [Fact]
    public async Task Restart_HistoryAndComments_AreThereAndMissingBlocksAreCaughtUp()
    {
        using var folder = new Chain.Tests.Node.Kit.DataFolder();
        var node = await WalletNode.StartAsync(folder: folder);
        await node.CallAsync("createwallet", "");
        await node.GenerateAsync(101, await node.AddressAsync());
        var id = await node.TextAsync("sendtoaddress", Foreign, 1, "kept");
        await node.CallAsync("unloadwallet", "");
        await node.GenerateAsync(1, Foreign);
        await node.CallAsync("loadwallet", "");
        Assert.Equal((1, "kept"), ((await node.ObjectAsync("gettransaction", id))["confirmations"]!.GetValue<int>(), (await node.ObjectAsync("gettransaction", id))["comment"]!.GetValue<string>()));
        var balance = await node.NumberAsync("getbalance");
        await using var again = await node.RestartAsync();
        Assert.Equal(balance, await again.NumberAsync("getbalance"));
        Assert.Equal("kept", (await again.ObjectAsync("gettransaction", id))["comment"]!.GetValue<string>());
        await again.Node.StopAsync();

        // Without its history a wallet finds all but the comments again.
        File.Delete(folder.PathOf("Wallets_3000.dat.history"));
        await using var third = await again.RestartAsync();
        Assert.Equal(balance, await third.NumberAsync("getbalance"));
        Assert.Null((await third.ObjectAsync("gettransaction", id))["comment"]);
    }
}
