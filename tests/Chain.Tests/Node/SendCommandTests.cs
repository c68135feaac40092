using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Chain.Core.Consensus;
using Chain.Tests.Node.Kit;
using Chain.Tests.Wallet;

namespace Chain.Tests.Node;

/// <summary>Paying by command: through the running node or on the files, with the same answers; whose coins, and who must be asked.</summary>
public sealed partial class SendCommandTests : IClassFixture<CommandWorld>
{
    private readonly CommandWorld _world;

    public SendCommandTests(CommandWorld world) => _world = world;

    /// <summary>The same commands one after the other, in a copy of the folder each.</summary>
    [Fact]
    public async Task Commands_WithAndWithoutANode_SameAnswers()
    {
        string[] lines =
        [
            "wallet label OWN me", "wallet label STRANGER bob", "listaddresses", "createwallet", "listaddresses", "send --from me --to bob --amount 1 --dry-run",
            "send --to bob --amount 2 --fee 0.001 --dry-run", "send --from me --to bob --amount 2 --mine", "send --to bob --amount 1.5 --mine", "faucet bob 2", "faucet bob 100",
            "mine 2", "wallet history", "wallet label", "getbalance", "getbalance --address bob", "wallet info", "wallet export", "wallet sign me hello",
            "send --from bob --to me --amount 1 --mine", "send --from me --to nobody --amount 1 --mine", "send --from me --to bob --amount 5000 --mine", "wallet label OWN bob",
        ];
        using var alone = _world.Copy();
        using var beside = _world.Copy();
        await using var node = await HostAsync(beside);
        foreach (var line in lines)
        {
            var (first, second) = (await RunAsync(alone, line + " --json"), await RunAsync(beside, line + " --json"));
            Assert.True((first.Status, Mask(first.Output), Mask(first.Error)) == (second.Status, Mask(second.Output), Mask(second.Error)),
                $"{line}\nalone: {first.Status} {first.Output}{first.Error}\nbeside a node: {second.Status} {second.Output}{second.Error}");
        }
    }

    /// <summary>What goes back to the address that paid bears the higher fee, and no other coin is taken.</summary>
    [Fact]
    public async Task Bump_OfAPaymentFromOneAddress_TakesFromWhatGoesBack()
    {
        using var folder = _world.Copy();
        await using var node = await HostAsync(folder);
        var sent = JsonNode.Parse((await DoAsync(folder, "send --from OWN --to STRANGER --amount 1 --json")).Output)!;
        var bumped = JsonNode.Parse((await DoAsync(folder, $"wallet bump {sent["txid"]} --json")).Output)!;
        var before = (await node.CallAsync("gettransaction", sent["txid"]!.DeepClone(), true, true))!["decoded"]!;
        var after = (await node.CallAsync("gettransaction", bumped["txid"]!.DeepClone(), true, true))!["decoded"]!;
        Assert.Equal(before["vin"]!.AsArray().Select(input => input!["txid"]!.ToString()), after["vin"]!.AsArray().Select(input => input!["txid"]!.ToString()));
        Assert.Equal(2, after["vout"]!.AsArray().Count);
        Assert.True(bumped["fee"]!.GetValue<decimal>() > bumped["origfee"]!.GetValue<decimal>());

        var history = (await DoAsync(folder, "wallet history")).Output.Split('\n');
        Assert.Contains("send, replaced ", history.Single(line => line.EndsWith(sent["txid"]!.GetValue<string>(), StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.DoesNotContain("replaced", history.Single(line => line.EndsWith(bumped["txid"]!.GetValue<string>(), StringComparison.Ordinal)), StringComparison.Ordinal);

        // What cannot be replaced says why, and names what can be.
        var again = await RunAsync(folder, $"wallet bump {sent["txid"]}");
        Assert.Equal(4, again.Status);
        Assert.Contains($"was replaced before, by {bumped["txid"]}: replace that one, with 'chain wallet bump {bumped["txid"]}", again.Error, StringComparison.Ordinal);
        await DoAsync(folder, "mine 1");
        var mined = await RunAsync(folder, $"wallet bump {bumped["txid"]}");
        Assert.Equal(4, mined.Status);
        Assert.Contains($"is in a block already, or another one with the same coins is: 'chain show tx {bumped["txid"]}", mined.Error, StringComparison.Ordinal);
        Assert.Contains("send, replaced ", (await DoAsync(folder, "wallet history")).Output, StringComparison.Ordinal);
    }

    /// <summary>What 'wallet unlock' is for: until the wallet is locked again nobody is asked.</summary>
    [Fact]
    public async Task EncryptedWallet_UnlockedInTheNode_NobodyIsAsked_LockedAllAre()
    {
        string[] lines = ["send --from OWN --to STRANGER --amount 1", "send --to STRANGER --amount 1", "faucet STRANGER 1", "wallet sign OWN hello", "createwallet", "wallet export"];
        using var folder = _world.Copy();
        await DoAsync(folder, $"wallet encrypt --passphrase-file {folder.PathOf("secret.txt")}");
        await using var node = await HostAsync(folder);
        var wrong = await RunAsync(folder, $"wallet unlock --passphrase-file {folder.PathOf("wrong.txt")}");
        Assert.Equal(14, wrong.Status);
        Assert.Contains($"does not open the wallet {folder.PathOf("Wallets_3000.dat")}. Nothing was changed. Its first line is what counts in {folder.PathOf("wrong.txt")}", wrong.Error, StringComparison.Ordinal);
        await AllAreAskedAsync();
        await DoAsync(folder, $"wallet unlock --for 600 --passphrase-file {folder.PathOf("secret.txt")}");
        foreach (var line in lines) await DoAsync(folder, line);
        await DoAsync(folder, "wallet lock");
        await AllAreAskedAsync();
        await DoAsync(folder, $"send --from OWN --to STRANGER --amount 1 --passphrase-file {folder.PathOf("secret.txt")}");
        Assert.Equal(0, (await node.CallAsync("getwalletinfo"))!["unlocked_until"]!.GetValue<long>());

        async Task AllAreAskedAsync()
        {
            foreach (var line in lines)
            {
                var result = await Cli.ProcessAsync(Arguments(folder, line));
                Assert.Equal((13, ""), (result.Status, result.Output));
                Assert.Contains("The wallet is encrypted", result.Error, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>The configuration counts for a command that opens the files itself as it does for the node.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_WithAConfiguration_WithAndWithoutANode_SameFee(bool withNode)
    {
        using var folder = _world.Copy();
        folder.Write("chain.conf", "mintxfee=0.0001\naddresstype=bech32\n");
        await using var node = withNode ? await NodeProcess.StartAsync(new NodeOptions(folder.Root)) : null;
        var sent = JsonNode.Parse((await DoAsync(folder, "send --from OWN --to STRANGER --amount 1 --dry-run --json")).Output)!;
        Assert.InRange(sent["fee"]!.GetValue<decimal>() * 100_000_000, 10m * sent["vsize"]!.GetValue<int>(), 10m * (sent["vsize"]!.GetValue<int>() + 2));
        Assert.Contains("1q", (await DoAsync(folder, "rpc getnewaddress")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_HighFee_IsTakenForASlip()
    {
        using var folder = _world.Copy();
        var result = await RunAsync(folder, "send --from OWN --to STRANGER --amount 1 --fee 0.2 --mine");
        Assert.Equal((2, ""), (result.Status, result.Output));
        Assert.Contains("The fee would be 0.2, more than 0.1, which is likely a slip: nothing was sent. --allow-high-fee sends it all the same.", result.Error, StringComparison.Ordinal);
        Assert.Contains("(fee 0.2)", (await DoAsync(folder, "send --from OWN --to STRANGER --amount 1 --fee 0.2 --mine --allow-high-fee")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_FromAddressesOfEveryType_AndTheWholeWallet()
    {
        using var folder = _world.Copy();
        await using var node = await HostAsync(folder);
        foreach (var type in new[] { "legacy", "p2sh-segwit", "bech32", "bech32m" })
        {
            var address = (await node.CallAsync("getnewaddress", type, type))!.GetValue<string>();
            await DoAsync(folder, $"send --from OWN --to {address} --amount 2 --mine");
            var sent = JsonNode.Parse((await DoAsync(folder, $"send --from {type} --to STRANGER --amount 0.5 --mine --json")).Output)!;
            Assert.Equal((address, 1.5m), (sent["from"]!.GetValue<string>(), sent["change"]!.GetValue<decimal>()));
            Assert.NotNull(sent["blockhash"]);
        }

        // More than any one address has.
        var all = JsonNode.Parse((await DoAsync(folder, "getbalance --json")).Output)!["confirmed"]!.GetValue<decimal>();
        var whole = JsonNode.Parse((await DoAsync(folder, $"send --to STRANGER --amount {all - 0.25m} --json")).Output)!;
        Assert.Equal((null, 0.25m), (whole["from"], whole["change"]!.GetValue<decimal>()));
    }

    /// <summary>Many at once: each takes coins that no other one has taken, or the change of the one before.</summary>
    [Fact]
    public async Task Send_ManyAtTheSameTime_AllGoOut()
    {
        using var folder = _world.Copy();
        await using var node = await HostAsync(folder);
        var sent = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Cli.ProcessAsync(Arguments(folder, "send --from OWN --to STRANGER --amount 1"))));
        Assert.All(sent, result => Assert.True(result.Status == 0, result.Error));
        Assert.Equal(6, (await node.CallAsync("getrawmempool"))!.AsArray().Count);
        await DoAsync(folder, "mine");
        Assert.Equal(6, JsonNode.Parse((await DoAsync(folder, "getbalance --address STRANGER --json")).Output)!["balance"]!.GetValue<decimal>());
    }

    /// <summary>Each unlocks the wallet for itself: none takes that from another one, nor from its owner, who unlocks it meanwhile.</summary>
    [Fact]
    public async Task Send_ManyAtTheSameTimeFromAnEncryptedWallet_AllGoOut()
    {
        using var folder = _world.Copy();
        await DoAsync(folder, $"wallet encrypt --passphrase-file {folder.PathOf("secret.txt")}");
        await using var node = await HostAsync(folder);
        var sends = Enumerable.Range(0, 6).Select(_ => Cli.ProcessAsync(Arguments(folder, $"send --from OWN --to STRANGER --amount 1 --passphrase-file {folder.PathOf("secret.txt")}"))).ToList();
        await Eventually.TrueAsync(async () => (await node.CallAsync("getrawmempool"))!.AsArray().Count > 0, () => "one has paid");
        await node.CallAsync("walletpassphrase", CommandWorld.Passphrase, 3_600);
        Assert.All(await Task.WhenAll(sends), result => Assert.True(result.Status == 0, result.Error));
        Assert.Equal(6, (await node.CallAsync("getrawmempool"))!.AsArray().Count);
        await DoAsync(folder, "send --from OWN --to STRANGER --amount 1");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WalletOfTheFirstVersion_Pays(bool withNode)
    {
        using var folder = new DataFolder();
        using var keys = new WalletFolder { Options = WalletFolder.FirstVersion, Time = TimeProvider.System };
        keys.AddKey();
        var key = keys.AddKey();
        var own = Core.Primitives.Address.Of(key, Profiles.PrivateAddressFormat).ToString();
        File.Copy(keys.Wallet, folder.PathOf("Wallets_3000.dat"));
        folder.Write("easy.json", """{"powLimit": "207fffff"}""");
        Assert.Equal(own, (await DoAsync(folder, "listaddresses")).Output.Trim().Split('\n')[^1]);
        await DoAsync(folder, $"createblockchain --address {own} --params {folder.PathOf("easy.json")}");
        await using var node = withNode ? await HostAsync(folder) : null;
        await DoAsync(folder, $"send --from {own} --to STRANGER --amount 1 --mine");
        Assert.Contains($"paid to {own}:", (await DoAsync(folder, "mine")).Output, StringComparison.Ordinal);
        await DoAsync(folder, "send --to STRANGER --amount 20 --mine");
        await DoAsync(folder, "faucet STRANGER 2");
        await DoAsync(folder, "createwallet");
        Assert.Equal(23, JsonNode.Parse((await DoAsync(folder, "getbalance --address STRANGER --json")).Output)!["balance"]!.GetValue<decimal>());
        Assert.Equal(3, (await DoAsync(folder, "listaddresses")).Output.Trim().Split('\n').Length);
    }

    [Fact]
    public async Task ImportedKey_ItsNameIsOneAddress_AndMineDoesNotPayIt()
    {
        using var folder = _world.Copy();
        var exported = await DoAsync(folder, $"wallet export --address LOCKED --node 3001 --passphrase-file {folder.PathOf("secret.txt")}");
        var file = folder.Write("key.txt", exported.Output);
        await DoAsync(folder, $"wallet import {file} --label savings");
        await DoAsync(folder, "wallet watch STRANGER --label watched");
        Assert.Equal("Balance of 'savings': 3", (await DoAsync(folder, "getbalance --address savings")).Output.Trim());
        Assert.Contains($"paid to {_world.Own}:", (await DoAsync(folder, "mine")).Output, StringComparison.Ordinal);
        var sent = JsonNode.Parse((await DoAsync(folder, "send --from savings --to STRANGER --amount 1 --mine --json")).Output)!;
        Assert.Equal(_world.Locked, sent["from"]!.GetValue<string>());

        await DoAsync(folder, "wallet label savings spare");
        Assert.Equal(5, (await RunAsync(folder, "getbalance --address savings")).Status);
        Assert.Equal(_world.Locked, JsonNode.Parse((await DoAsync(folder, "show address spare --json")).Output)!["address"]!.GetValue<string>());
        var twice = await RunAsync(folder, $"wallet import {file} --label watched");
        Assert.Equal((11, ""), (twice.Status, twice.Output));
        Assert.Contains("'watched' is the name of", twice.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Label_ThatAnotherAddressHas_IsRefused()
    {
        using var folder = _world.Copy();
        await DoAsync(folder, "wallet label OWN me");
        await DoAsync(folder, "wallet label OWN me");
        var result = await RunAsync(folder, "wallet label STRANGER me");
        Assert.Equal((11, ""), (result.Status, result.Output));
        Assert.Contains($"'me' is the name of {_world.Own}, and nothing was changed. Choose another name, or take that one away first: chain wallet label {_world.Own} \"\"", result.Error, StringComparison.Ordinal);

        // By the node's method one may; then the name stands for neither.
        await DoAsync(folder, "rpc setlabel STRANGER me");
        var ambiguous = await RunAsync(folder, "send --from OWN --to me --amount 1 --mine");
        Assert.Equal((5, ""), (ambiguous.Status, ambiguous.Output));
        Assert.Contains("Several addresses have the label 'me'", ambiguous.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_ChangeThatWentBack_IsNotShown()
    {
        using var folder = _world.Copy();
        await DoAsync(folder, "send --from OWN --to STRANGER --amount 1 --mine");
        var history = JsonNode.Parse((await DoAsync(folder, "wallet history --json")).Output)!.AsArray();
        Assert.Equal(["generate 10", "generate 10", "generate 10", "send -1", "send -3"], history.Select(entry => $"{entry!["category"]} {entry["amount"]!.GetValue<decimal>():0.####}").Order());

        // Core's method shows what went back as sent and received.
        Assert.Equal(9, JsonNode.Parse((await DoAsync(folder, "rpc listtransactions * 100")).Output)!.AsArray().Count);
    }

    /// <summary>All that is left of it pays the wallet's own addresses: it is a payment all the same.</summary>
    [Fact]
    public async Task History_PaymentToOneOfThePayers_IsShown()
    {
        using var folder = _world.Copy();
        await using var node = await HostAsync(folder);
        var carol = (await node.CallAsync("getnewaddress", "carol"))!.GetValue<string>();
        await DoAsync(folder, $"send --from OWN --to {carol} --amount 5 --mine");
        var all = JsonNode.Parse((await DoAsync(folder, "getbalance --json")).Output)!["confirmed"]!.GetValue<decimal>();
        var sent = JsonNode.Parse((await DoAsync(folder, $"send --to carol --amount {all - 1} --json")).Output)!;
        Assert.Null(sent["from"]);
        var entries = JsonNode.Parse((await DoAsync(folder, "wallet history --json")).Output)!.AsArray().Where(entry => entry!["txid"]!.GetValue<string>() == sent["txid"]!.GetValue<string>());
        Assert.Equal([$"receive {all - 1:0.####}", $"send {1 - all:0.####}"], entries.Select(entry => $"{entry!["category"]} {entry["amount"]!.GetValue<decimal>():0.####}").Order());
    }

    /// <summary>Nobody else mines where no node runs: what shall be waited for is mined.</summary>
    [Fact]
    public async Task Send_MineAndWaitWithoutANode_MinesUntilThen()
    {
        using var folder = _world.Copy();
        var sent = JsonNode.Parse((await DoAsync(folder, "send --from OWN --to STRANGER --amount 1 --mine --wait=3 --json --timeout 30")).Output)!;
        var header = JsonNode.Parse((await DoAsync(folder, $"rpc getblockheader {sent["blockhash"]}")).Output)!;
        Assert.Equal(3, header["confirmations"]!.GetValue<int>());
    }

    /// <summary>A block takes it or none does: the wait has an end where the miner asks for more.</summary>
    [Fact]
    public async Task Send_MineAndWaitForWhatNoBlockTakes_EndsAndSaysWhy()
    {
        using var folder = _world.Copy();
        await using var node = await HostAsync(folder);
        var client = new Chain.Node.Rpc.HttpNodeClient(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, node.Settings.HttpPort), await File.ReadAllTextAsync(node.Settings.CookiePath), "");
        var before = (await node.CallAsync("getblockcount"))!.GetValue<int>();
        var failure = await Assert.ThrowsAsync<Chain.Node.CommandException>(() => Chain.Node.Commands.Confirmations.MineAsync(client, _world.Stranger, new string('0', 64), 1, _ => { }, CancellationToken.None));
        Assert.Contains("none of the 20 blocks that were mined took it", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Do not send it again.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(before + 20, (await node.CallAsync("getblockcount"))!.GetValue<int>());
    }

    /// <summary>Once the payment has left, who is not told what became of it must hear its id.</summary>
    [Fact]
    public async Task Send_EndedWhileTheOtherNodeIsSilent_SaysWhichPaymentMayBeThere()
    {
        using var folder = _world.Copy();
        var p = GenesisFile.TryParse(await File.ReadAllTextAsync(folder.PathOf(GenesisFile.FileName)), out _)!;
        using var listener = new RawListener(Wire.UInt32(p.Magic));
        var running = RunAsync(folder, $"send --from OWN --to STRANGER --amount 1 --peer 127.0.0.1:{listener.Port} --timeout 6");
        using var peer = await listener.AcceptAsync();
        await peer.GreetAsync(new RawGreeting { Height = 1 });
        var payment = Core.Primitives.Transaction.TryDecode(await peer.ExpectAsync("tx"))!;
        var result = await running;
        Assert.Equal((124, ""), (result.Status, result.Output));
        Assert.Contains($"It is not known whether the node at 127.0.0.1:{listener.Port} took the payment {payment.Id}", result.Error, StringComparison.Ordinal);
    }

    /// <summary>Where wallets are switched off, what needs one says that, and what needs none works.</summary>
    [Fact]
    public async Task WalletsSwitchedOff_EveryCommandSaysSo_TheFaucetMines()
    {
        using var folder = _world.Copy();
        await DoAsync(folder, "wallet label STRANGER bob");
        folder.Write("chain.conf", "disablewallet=1\n");
        foreach (var line in new[] { "send --from OWN --to STRANGER --amount 1 --mine", "mine", "show address bob", "send --from OWN --to bob --amount 1 --mine" })
        {
            var result = await RunAsync(folder, line);
            Assert.True(result.Status is 1 or 5, $"{line}: {result.Status} {result.Error}");
            Assert.Contains("disablewallet=1", result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("Nor is it a label", result.Error, StringComparison.Ordinal);
        }

        Assert.Contains("newly mined coins to spend", (await DoAsync(folder, "faucet STRANGER 1")).Output, StringComparison.Ordinal);
        Assert.Contains(_world.Own, (await DoAsync(folder, "listaddresses")).Output, StringComparison.Ordinal);
    }

    /// <summary>The next command that is named can be typed as it stands.</summary>
    [Fact]
    public async Task NextCommand_OfALabelWithABlank_HasItInQuotes()
    {
        using var folder = _world.Copy();
        string[] place = ["--datadir", folder.Root];
        var expected = $"\"chain getbalance --address 'my savings' --datadir {folder.Root}\"";
        Assert.Contains(expected, (await Cli.DoAsync(["wallet", "label", _world.Stranger, "my savings", .. place])).Error, StringComparison.Ordinal);
        Assert.Contains(expected, (await Cli.DoAsync(["mine", "--address", "my savings", .. place])).Error, StringComparison.Ordinal);
        Assert.Contains(expected, (await Cli.DoAsync(["faucet", "my savings", "1", .. place])).Error, StringComparison.Ordinal);
        Assert.Contains(expected, (await Cli.DoAsync(["send", "--from", _world.Own, "--to", "my savings", "--amount", "1", "--mine", .. place])).Error, StringComparison.Ordinal);
        Assert.Contains("'chain getbalance --address ", (await Cli.DoAsync(["mine", .. place])).Error, StringComparison.Ordinal);
    }

    /// <summary>The wallet's file has them: nobody else need answer.</summary>
    [Fact]
    public async Task Addresses_WhereTheDatabaseDoesNotOpen_OfTheFile()
    {
        using var folder = _world.Copy();
        await File.WriteAllTextAsync(folder.PathOf("blockchain_3000.db"), new string('x', 10_000));
        var listed = await DoAsync(folder, "listaddresses");
        Assert.Equal(_world.Own, listed.Output.Trim());
        Assert.Contains("These are the addresses in the wallet's file.", listed.Error, StringComparison.Ordinal);
    }

    /// <summary>Two first addresses at the same time: one of the commands makes the wallet, both get an address of it.</summary>
    [Fact]
    public async Task CreateWallet_ManyAtTheSameTimeBesideANode_AllGetAnAddress()
    {
        using var folder = _world.Copy();
        File.Delete(folder.PathOf("Wallets_3000.dat"));
        await using var node = await NodeProcess.StartAsync(new NodeOptions(folder.Root));
        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Cli.ProcessAsync(Arguments(folder, "createwallet -q"))));
        Assert.All(made, result => Assert.True(result.Status == 0, result.Error));
        Assert.Equal(6, made.Select(result => result.Output.Trim()).Distinct().Count());
    }

    /// <summary>With a database or without one, an encrypted wallet's passphrase is asked for.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CreateWallet_EncryptedWithoutAFile_IsAskedForThePassphrase(bool withDatabase)
    {
        using var folder = _world.Copy();
        if (withDatabase) await DoAsync(folder, "rpc getblockcount --node 3001");
        var result = await Cli.ProcessWithInputAsync(CommandWorld.Passphrase + "\n", Arguments(folder, "createwallet --node 3001"));
        Assert.True(result.Status == 0, result.Error);
        Assert.Equal(2, (await DoAsync(folder, "listaddresses --node 3001")).Output.Trim().Split('\n').Length);
    }

    private static async Task<HostedNode> HostAsync(DataFolder folder) =>
        await HostedNode.StartAsync(folder, GenesisFile.TryParse(await File.ReadAllTextAsync(folder.PathOf(GenesisFile.FileName)), out _)!);

    /// <summary>What differs from one run to the next: hashes, times, the size of signatures, the folder.</summary>
    private static string Mask(string text) => Varying().Replace(text, "*");

    [GeneratedRegex("""[0-9a-f]{64,}|/tmp/[^/' ]*/?|"(time|timereceived|blocktime|vsize|vout|seconds|blockindex)": [0-9.]+|"signature": "[^"]*"|[0-9]+ vbytes""")]
    private static partial Regex Varying();

    private Task<CliResult> RunAsync(DataFolder folder, string line) => Cli.RunAsync(Arguments(folder, line));

    private Task<CliResult> DoAsync(DataFolder folder, string line) => Cli.DoAsync(Arguments(folder, line));

    private string[] Arguments(DataFolder folder, string line) =>
    [
        .. line.Split(' ').Select(word => word switch { "OWN" => _world.Own, "STRANGER" => _world.Stranger, "LOCKED" => _world.Locked, _ => word }),
        "--datadir", folder.Root,
    ];
}
