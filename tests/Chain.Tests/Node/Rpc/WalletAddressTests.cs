using System.Text.Json.Nodes;
using Chain.Node.Wallet;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>Addresses, names, keys in and out.</summary>
public class WalletAddressTests
{
    private const string Foreign = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

    private const string Info = "address:s scriptPubKey:h ismine:b solvable:b desc?:s iswatchonly:b isscript:b iswitness:b witness_version?:i witness_program?:h pubkey?:h iscompressed?:b "
        + "script?:s hex?:h sigsrequired?:i pubkeys?:a embedded?:o ischange:b timestamp?:i hdkeypath?:s hdseedid?:h hdmasterfingerprint?:h labels:a";

    [Theory]
    [InlineData("legacy", "m/44'/1'/0'/0/0", "pkh([", false)]
    [InlineData("p2sh-segwit", "m/49'/1'/0'/0/0", "sh(wpkh([", true)]
    [InlineData("bech32", "m/84'/1'/0'/0/0", "wpkh([", false)]
    [InlineData("bech32m", "m/86'/1'/0'/0/0", "tr([", true)]
    public async Task GetNewAddress_OfEachType_InfoSaysWhereItComesFrom(string type, string path, string descriptor, bool isScript)
    {
        await using var node = await WalletNode.StartAsync();
        await node.CallAsync("createwallet", "");
        var address = await node.AddressAsync("shop", type);
        var info = Fields.Check(await node.CallAsync("getaddressinfo", address), Info);
        Assert.Equal((address, true, true, false, false), (info["address"]!.GetValue<string>(), info["ismine"]!.GetValue<bool>(), info["solvable"]!.GetValue<bool>(), info["iswatchonly"]!.GetValue<bool>(), info["ischange"]!.GetValue<bool>()));
        Assert.Equal((path, isScript), (info["hdkeypath"]!.GetValue<string>(), info["isscript"]!.GetValue<bool>()));
        Assert.StartsWith(descriptor, info["desc"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("shop", Assert.Single(info["labels"]!.AsArray())!.GetValue<string>());
        var change = Fields.Check(await node.CallAsync("getaddressinfo", await node.TextAsync("getrawchangeaddress", type)), Info);
        Assert.Equal((true, path[..^3] + "1/0"), (change["ischange"]!.GetValue<bool>(), change["hdkeypath"]!.GetValue<string>()));
        await node.FailsAsync(-5, "Unknown address type 'foo'", "getnewaddress", "", "foo");
        await node.FailsAsync(-5, "Unknown address type 'foo'", "getrawchangeaddress", "foo");
        await node.FailsAsync(-11, "Invalid label name", "getnewaddress", "*");
        await node.FailsAsync(-5, "Invalid", "getaddressinfo", "nobody");
    }

    /// <summary>The contents are read anew then, and what is known of keys goes with them.</summary>
    [Fact]
    public async Task GetNewAddress_AfterASaveThatFailed_AddressesAreStillItsOwn()
    {
        await using var node = await WalletNode.StartAsync();
        await node.CallAsync("createwallet", "");
        var inTheWay = node.Node.Settings.WalletPath + AtomicFile.TemporarySuffix;
        Directory.CreateDirectory(inTheWay);
        await Assert.ThrowsAsync<RpcFailure>(() => node.AddressAsync());
        Directory.Delete(inTheWay);
        var last = "";
        for (var i = 0; i < KeyBook.UsualGap + 5; i++) last = await node.AddressAsync();
        Assert.True((await node.ObjectAsync("getaddressinfo", last))["ismine"]!.GetValue<bool>());
        await node.GenerateAsync(1, last);
        Assert.Equal(50, (await node.ObjectAsync("getbalances"))["mine"]!["immature"]!.GetValue<decimal>());
    }

    [Fact]
    public async Task Labels_SetListedAndMoved()
    {
        await using var node = await WalletNode.StartAsync();
        await node.CallAsync("createwallet", "");
        var address = await node.AddressAsync("a");
        Assert.Null(await node.CallAsync("setlabel", Foreign, "b"));
        Assert.Equal(["a", "b"], (await node.ListAsync("listlabels")).Select(l => l!.GetValue<string>()));
        Assert.Equal(["b"], (await node.ListAsync("listlabels", "send")).Select(l => l!.GetValue<string>()));
        Assert.Equal("receive", (await node.ObjectAsync("getaddressesbylabel", "a"))[address]!["purpose"]!.GetValue<string>());
        Assert.Equal("send", (await node.ObjectAsync("getaddressesbylabel", "b"))[Foreign]!["purpose"]!.GetValue<string>());
        await node.CallAsync("setlabel", address, "c");
        await node.FailsAsync(-11, "No addresses with label a", "getaddressesbylabel", "a");
        await node.FailsAsync(-5, "Invalid Bitcoin address", "setlabel", "nobody", "x");
        await node.FailsAsync(-11, "Invalid label name", "setlabel", address, "*");
        await node.FailsAsync(-8, "Invalid 'purpose' argument", "listlabels", "x");
    }

    [Fact]
    public async Task ImportPrivateKey_WithRescan_FindsWhatItOwns()
    {
        await using var node = await WalletNode.RichAsync();
        var key = Keys.Alice;
        var address = Core.Primitives.Address.Of(key.PublicKey, TestChains.Regtest.AddressFormat).ToString();
        await node.TextAsync("sendtoaddress", address, 7);
        await node.GenerateAsync(1, Foreign);
        await node.CallAsync("createwallet", "other");
        Assert.Null(await node.OnAsync("other", "importprivkey", key.ToWif(TestChains.Regtest.WifVersion), "alice", false));
        Assert.Equal(0m, (await node.OnAsync("other", "getbalance"))!.GetValue<decimal>());
        Fields.Check(await node.OnAsync("other", "rescanblockchain"), "start_height:i stop_height:i");
        Assert.Equal(7m, (await node.OnAsync("other", "getbalance"))!.GetValue<decimal>());
        Assert.Equal(key.ToWif(TestChains.Regtest.WifVersion), (await node.OnAsync("other", "dumpprivkey", address))!.GetValue<string>());
        Assert.Equal("alice", (await node.OnAsync("other", "getaddressinfo", address))!["labels"]![0]!.GetValue<string>());
        await Fields.FailsAsync(-5, "Invalid private key encoding", () => node.OnAsync("other", "importprivkey", "nonsense"));
        await Fields.FailsAsync(-4, $"Private key for address {Foreign} is not known", () => node.OnAsync("other", "dumpprivkey", Foreign));
        await Fields.FailsAsync(-5, "Invalid Bitcoin address", () => node.OnAsync("other", "dumpprivkey", "nobody"));
        await Fields.FailsAsync(-8, "Invalid start_height", () => node.OnAsync("other", "rescanblockchain", 1000));
        await Fields.FailsAsync(-8, "stop_height must be greater than start_height", () => node.OnAsync("other", "rescanblockchain", 10, 5));
        Assert.False((await node.OnAsync("other", "abortrescan"))!.GetValue<bool>());
    }

    [Fact]
    public async Task ImportAddress_WatchOnly_CountsApartAndCannotBeSpent()
    {
        await using var node = await WalletNode.RichAsync();
        var address = Core.Primitives.Address.Of(Keys.Bob.PublicKey, TestChains.Regtest.AddressFormat).ToString();
        await node.TextAsync("sendtoaddress", address, 3);
        await node.GenerateAsync(1, Foreign);
        await node.CallAsync("createwallet", "watcher", false);
        Assert.Null(await node.OnAsync("watcher", "importaddress", address, "bob"));
        Assert.Equal((0m, 3m), ((await node.OnAsync("watcher", "getbalance"))!.GetValue<decimal>(), (await node.OnAsync("watcher", "getbalance", "*", 0, true))!.GetValue<decimal>()));
        var coin = Assert.Single((await node.OnAsync("watcher", "listunspent"))!.AsArray())!;
        Assert.False(coin["spendable"]!.GetValue<bool>());
        Assert.Equal(3m, (await node.OnAsync("watcher", "getbalances"))!["watchonly"]!["trusted"]!.GetValue<decimal>());
        Assert.Empty((await node.OnAsync("watcher", "listtransactions"))!.AsArray());
        var seen = Assert.Single((await node.OnAsync("watcher", "listtransactions", "*", 10, 0, true))!.AsArray())!;
        Assert.Equal((true, "receive"), (seen["involvesWatchonly"]!.GetValue<bool>(), seen["category"]!.GetValue<string>()));
        await Fields.FailsAsync(-6, "Insufficient funds", () => node.OnAsync("watcher", "sendtoaddress", Foreign, 1));
        await Fields.FailsAsync(-5, "Invalid Bitcoin address or script", () => node.OnAsync("watcher", "importaddress", "nobody"));
        await Fields.FailsAsync(-5, "Cannot use the p2sh flag with an address - use a script instead", () => node.OnAsync("watcher", "importaddress", address, "", false, true));
        Assert.Null(await node.OnAsync("watcher", "importpubkey", Keys.Of(9).PublicKey.ToString(), "nine", false));
        await Fields.FailsAsync(-5, "Pubkey must be a hex string", () => node.OnAsync("watcher", "importpubkey", "zz"));
        await Fields.FailsAsync(-5, "Pubkey is not a valid public key", () => node.OnAsync("watcher", "importpubkey", "00"));
        Assert.Null(await node.OnAsync("watcher", "importprivkey", Keys.Bob.ToWif(TestChains.Regtest.WifVersion), "", false));
        Assert.Equal(3m, (await node.OnAsync("watcher", "getbalance"))!.GetValue<decimal>());
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("p2sh-segwit")]
    [InlineData("bech32")]
    public async Task AddMultiSigAddress_KeysOfTheWallet_CanBeSpent(string type)
    {
        await using var node = await WalletNode.RichAsync();
        var shared = Fields.Check(await node.CallAsync("addmultisigaddress", 2, new JsonArray(await node.AddressAsync(), await node.AddressAsync(), Keys.Of(4).PublicKey.ToString()), "shared", type), "address:s redeemScript:h descriptor:s");
        var own = Fields.Check(await node.CallAsync("addmultisigaddress", 2, new JsonArray(await node.AddressAsync(), await node.AddressAsync()), "own", type), "address:s redeemScript:h descriptor:s");
        Assert.False((await node.ObjectAsync("getaddressinfo", shared["address"]!.GetValue<string>()))["ismine"]!.GetValue<bool>());
        var address = own["address"]!.GetValue<string>();
        Assert.True((await node.ObjectAsync("getaddressinfo", address))["ismine"]!.GetValue<bool>());
        await node.TextAsync("sendtoaddress", address, 49.9m);
        await node.GenerateAsync(1, Foreign);
        var id = await node.TextAsync("sendtoaddress", Foreign, 49.5m);
        await node.GenerateAsync(1, Foreign);
        Assert.Equal(1, (await node.ObjectAsync("gettransaction", id))["confirmations"]!.GetValue<int>());
        await node.FailsAsync(-8, "not enough keys supplied (got 1 keys, but need at least 2 to redeem)", "addmultisigaddress", 2, new JsonArray(Keys.Of(4).PublicKey.ToString()));
        await node.FailsAsync(-5, "Invalid public key", "addmultisigaddress", 1, new JsonArray("02" + new string('0', 64)));
    }

    [Fact]
    public async Task SignMessage_LegacyAddress_VerifiesAndOthersAreRefused()
    {
        await using var node = await WalletNode.StartAsync();
        await node.CallAsync("createwallet", "");
        var address = await node.AddressAsync("", "legacy");
        var signature = await node.TextAsync("signmessage", address, "hello");
        Assert.Equal(Core.Primitives.AddressError.None, Core.Primitives.Address.TryParse(address, TestChains.Regtest.AddressFormat, out var parsed));
        Assert.True(Core.Cryptography.SignedMessage.Verify(parsed.KeyHash!.Value, Convert.FromBase64String(signature), "hello"));
        Assert.False(Core.Cryptography.SignedMessage.Verify(parsed.KeyHash!.Value, Convert.FromBase64String(signature), "hallo"));
        await node.FailsAsync(-3, "Address does not refer to key", "signmessage", await node.AddressAsync(), "hello");
        await node.FailsAsync(-5, "Invalid address", "signmessage", "nobody", "hello");
        await node.FailsAsync(-5, "Private key not available", "signmessage", Core.Primitives.Address.Of(Keys.Bob.PublicKey, TestChains.Regtest.AddressFormat).ToString(), "hello");
    }
}
