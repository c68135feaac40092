using System.Text.Json.Nodes;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Wallet;

/// <summary>The commands about a wallet, without a running node; each as people call it.</summary>
public sealed class WalletCommandTests : IClassFixture<CommandWorld>
{
    private readonly CommandWorld _world;

    public WalletCommandTests(CommandWorld world) => _world = world;

    [Fact]
    public async Task Info_ShowsBalancesAndProtection()
    {
        using var folder = _world.Copy();
        var info = await JsonAsync(folder, "wallet", "info");
        Assert.Equal(17m, info["confirmed"]!.GetValue<decimal>());
        Assert.Contains("Private keys  not encrypted", (await DoAsync(folder, "wallet", "info")).Output, StringComparison.Ordinal);
        Assert.Contains("Private keys  encrypted and locked", (await DoAsync(folder, "wallet", "info", "--node", "3001")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Label_GivesAndTakesANameAndListsThem()
    {
        using var folder = _world.Copy();
        Assert.Equal($"'bob' is {_world.Stranger}.", (await DoAsync(folder, "wallet", "label", _world.Stranger, "bob")).Output.Trim());
        await DoAsync(folder, "wallet", "label", _world.Own, "me");
        await DoAsync(folder, "send", "--from", "me", "--to", "bob", "--amount", "2", "--mine");
        Assert.Equal(2m, (await JsonAsync(folder, "show", "address", "bob"))["balance"]!.GetValue<decimal>());
        Assert.Equal(["bob send", "me receive"], (await JsonAsync(folder, "wallet", "label")).AsArray().Select(row => $"{row!["label"]} {row["purpose"]}").Order());
        await DoAsync(folder, "wallet", "label", "bob", "");
        Assert.Equal(5, (await Cli.RunAsync("getbalance", "--address", "bob", "--datadir", folder.Root)).Status);
    }

    [Fact]
    public async Task ExportAndImport_AMasterKey_TheSameAddressesAndCoins()
    {
        using var folder = _world.Copy();
        var file = folder.PathOf("master.txt");
        await DoAsync(folder, "wallet", "export", "--out", file);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Contains("prv", File.ReadAllText(file), StringComparison.Ordinal);
        var next = (await DoAsync(folder, "createwallet")).LastWord.Trim();
        DeleteWallet(folder);

        var restored = await JsonAsync(folder, "wallet", "import", file);
        Assert.Equal(17m, restored["confirmed"]!.GetValue<decimal>());
        Assert.Contains(_world.Own, (await DoAsync(folder, "rpc", "listreceivedbyaddress", "1", "true")).Output, StringComparison.Ordinal);
        Assert.Equal(next, (await DoAsync(folder, "createwallet")).LastWord.Trim());

        var again = await Cli.RunAsync("wallet", "import", file, "--datadir", folder.Root);
        Assert.Equal(36, again.Status);
        Assert.Contains($"There is a wallet at {folder.PathOf("Wallets_3000.dat")} already", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ImportAKey_OfAnotherWallet_ItsCoinsAreThere()
    {
        using var folder = _world.Copy();
        var exported = await Cli.DoAsync("wallet", "export", "--address", _world.Locked, "--node", "3001", "--datadir", folder.Root, "--passphrase-file", folder.PathOf("secret.txt"));
        var file = folder.Write("key.txt", exported.Output);
        File.Delete(folder.PathOf("blockchain_3001.db"));
        await DoAsync(folder, "wallet", "import", file, "--label", "savings");
        Assert.Equal(20m, (await JsonAsync(folder, "getbalance"))["confirmed"]!.GetValue<decimal>());
        Assert.Contains("savings", (await DoAsync(folder, "wallet", "label")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BackupAndRestore_TheSameWallet()
    {
        using var folder = _world.Copy();
        var copy = folder.PathOf("copy.dat");
        await DoAsync(folder, "wallet", "backup", copy);
        var twice = await Cli.RunAsync("wallet", "backup", copy, "--datadir", folder.Root);
        Assert.Equal(1, twice.Status);
        Assert.Contains("is there already", twice.Error, StringComparison.Ordinal);
        DeleteWallet(folder);
        await DoAsync(folder, "wallet", "restore", copy);
        Assert.Equal(17m, (await JsonAsync(folder, "getbalance"))["confirmed"]!.GetValue<decimal>());
    }

    [Fact]
    public async Task Encrypt_ThenSign_NeedsThePassphrase()
    {
        using var folder = _world.Copy();
        var secret = folder.PathOf("secret.txt");
        await DoAsync(folder, "wallet", "encrypt", "--passphrase-file", secret);
        var locked = await Cli.ProcessAsync("wallet", "sign", _world.Own, "hello", "--datadir", folder.Root);
        Assert.Equal(13, locked.Status);
        var signature = (await DoAsync(folder, "wallet", "sign", _world.Own, "hello", "--passphrase-file", secret)).Output.Trim();
        Assert.Contains("Good", (await DoAsync(folder, "wallet", "verify", _world.Own, signature, "hello")).Output, StringComparison.Ordinal);
        var wrong = await Cli.RunAsync("wallet", "verify", _world.Own, signature, "hallo", "--datadir", folder.Root);
        Assert.Equal((1, $"Wrong: {_world.Own} did not sign that."), (wrong.Status, wrong.Output.Trim()));

        var next = folder.Write("next.txt", "battery staple\n");
        await DoAsync(folder, "wallet", "passphrase", "--passphrase-file", secret, "--new-passphrase-file", next);
        Assert.Equal(14, (await Cli.RunAsync("wallet", "sign", _world.Own, "hello", "--passphrase-file", secret, "--datadir", folder.Root)).Status);
        await DoAsync(folder, "wallet", "sign", _world.Own, "hello", "--passphrase-file", next);
        Assert.Equal(15, (await Cli.RunAsync("wallet", "encrypt", "--passphrase-file", next, "--datadir", folder.Root)).Status);
        var unlock = await Cli.RunAsync("wallet", "unlock", "--passphrase-file", next, "--datadir", folder.Root);
        Assert.Equal(9, unlock.Status);
    }

    [Fact]
    public async Task Watch_AnAddress_IsShownApart()
    {
        using var folder = _world.Copy();
        await DoAsync(folder, "wallet", "watch", _world.Locked, "--label", "locked");
        var balance = await JsonAsync(folder, "getbalance");
        Assert.Equal((17m, 3m), (balance["confirmed"]!.GetValue<decimal>(), balance["watchonly"]!["confirmed"]!.GetValue<decimal>()));
        var shown = (await DoAsync(folder, "getbalance")).Output.Split('\n');
        Assert.Contains("Confirmed             17", shown);
        Assert.Contains("Watched, confirmed    3", shown);
        Assert.Matches("locked +[^ ]+ +watched", (await DoAsync(folder, "wallet", "label")).Output);
    }

    [Fact]
    public async Task HistoryAndRescan_ShowWhatCameAndWent()
    {
        using var folder = _world.Copy();
        var all = await DoAsync(folder, "wallet", "history");
        Assert.Contains("send", all.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("older", all.Error, StringComparison.Ordinal);
        var cut = await DoAsync(folder, "wallet", "history", "--limit", "2");
        Assert.Equal(all.Output.TrimEnd().Split('\n')[^2..], cut.Output.TrimEnd().Split('\n')[^2..]);
        Assert.Equal(3, cut.Output.TrimEnd().Split('\n').Length);
        Assert.Contains($"Only the last 2 are shown, and there are older ones: 'chain wallet history --limit 10 --datadir {folder.Root}' shows more.", cut.Error, StringComparison.Ordinal);
        Assert.Equal("Looked through blocks 0 to 1.", (await DoAsync(folder, "wallet", "rescan")).Output.Trim());
        Assert.Equal(2, (await Cli.RunAsync("wallet", "history", "--limit", "0", "--datadir", folder.Root)).Status);
    }

    [Fact]
    public async Task Wallet_WhichIsNotThere_SaysHowToMakeOne()
    {
        using var folder = _world.Copy();
        foreach (var verb in new[] { "info", "history", "label", "rescan", "encrypt" })
        {
            var result = await Cli.RunAsync("wallet", verb, "--node", "3002", "--datadir", folder.Root);
            Assert.Equal((18, ""), (result.Status, result.Output));
            Assert.Contains("chain createwallet", result.Error, StringComparison.Ordinal);
        }
    }

    private static void DeleteWallet(DataFolder folder)
    {
        foreach (var path in Directory.GetFiles(folder.Root, "Wallets_3000.dat*")) File.Delete(path);
    }

    private static async Task<JsonNode> JsonAsync(DataFolder folder, params string[] arguments) =>
        JsonNode.Parse((await DoAsync(folder, [.. arguments, "--json"])).Output)!;

    private static Task<CliResult> DoAsync(DataFolder folder, params string[] arguments) => Cli.DoAsync([.. arguments, "--datadir", folder.Root]);
}
