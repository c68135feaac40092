using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>Wallets as files: made, loaded, listed, backed up, encrypted.</summary>
public class WalletMethodTests
{
    private const string Foreign = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

    private const string Info = "walletname:s walletversion:i format:s balance:n unconfirmed_balance:n immature_balance:n txcount:i keypoololdest?:i keypoolsize:i hdseedid?:h "
        + "keypoolsize_hd_internal:i unlocked_until?:i paytxfee:n private_keys_enabled:b avoid_reuse:b scanning:b descriptors:b external_signer:b blank:b birthtime:i lastprocessedblock:o";

    [Fact]
    public async Task CreateWallet_SeveralNames_EachIsReachedByItsPath()
    {
        await using var node = await WalletNode.StartAsync();
        await node.FailsAsync(-18, "No wallet is loaded. Load a wallet using loadwallet or create a new one with createwallet. (Note: A default wallet is no longer automatically created)", "getbalance");
        Fields.Check(await node.CallAsync("createwallet", "first"), "name:s warning:s");
        Assert.Equal("first", (await node.ObjectAsync("getwalletinfo"))["walletname"]!.GetValue<string>());
        await node.CallAsync("createwallet", "second");
        Assert.Equal(["first", "second"], (await node.ListAsync("listwallets")).Select(name => name!.GetValue<string>()));
        Assert.Equal(["first", "second"], (await node.ListAsync("listwallets")).Select(name => name!.GetValue<string>()));
        await node.FailsAsync(-19, "Wallet file not specified (must request wallet RPC through /wallet/<filename> uri-path).", "getbalance");
        await Fields.FailsAsync(-18, "Requested wallet does not exist or is not loaded", () => node.OnAsync("third", "getbalance"));
        Assert.Equal("second", (await node.OnAsync("second", "getwalletinfo"))!["walletname"]!.GetValue<string>());
        await Fields.FailsAsync(-8, "RPC endpoint wallet and wallet_name parameter specify different wallets", () => node.OnAsync("second", "unloadwallet", "first"));
        Fields.Check(await node.CallAsync("unloadwallet", "second"), "warning:s");
        await node.FailsAsync(-18, "Requested wallet does not exist or is not loaded", "unloadwallet", "second");
        await node.FailsAsync(-8, "Either the RPC endpoint wallet or the wallet name parameter must be provided", "unloadwallet");
        Fields.Check(await node.CallAsync("loadwallet", "second"), "name:s warning:s");
        await node.FailsAsync(-35, "Wallet \"second\" is already loaded.", "loadwallet", "second");
        await node.FailsAsync(-18, "Wallet file verification failed. Failed to load database path", "loadwallet", "third");
        await node.FailsAsync(-18, "Path does not exist.", "loadwallet", "../etc/passwd");
        await node.FailsAsync(-4, "Database already exists.", "createwallet", "second");
        await node.FailsAsync(-4, "cannot be used", "createwallet", "../escape");
        Assert.Equal(["first", "second"], (await node.ObjectAsync("listwalletdir"))["wallets"]!.AsArray().Select(w => w!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task GetWalletInfo_EachKind_TheDocumentedShape()
    {
        await using var node = await WalletNode.StartAsync();
        await node.CallAsync("createwallet", "");
        var info = Fields.Check(await node.CallAsync("getwalletinfo"), Info);
        Assert.True(info["private_keys_enabled"]!.GetValue<bool>());
        Assert.Equal(20, info["keypoolsize"]!.GetValue<int>());
        await node.CallAsync("keypoolrefill", 50);
        Assert.Equal(50, (await node.ObjectAsync("getwalletinfo"))["keypoolsize"]!.GetValue<int>());
        await node.FailsAsync(-8, "Invalid parameter, expected valid size.", "keypoolrefill", -1);
        await node.CallAsync("createwallet", "watch", true);
        Assert.False(Fields.Check(await node.OnAsync("watch", "getwalletinfo"), Info)["private_keys_enabled"]!.GetValue<bool>());
        await Fields.FailsAsync(-4, "Error: This wallet has no available keys", () => node.OnAsync("watch", "getnewaddress"));
        await Fields.FailsAsync(-4, "Error: Private keys are disabled for this wallet", () => node.OnAsync("watch", "sendtoaddress", Foreign, 1));
        await node.CallAsync("createwallet", "blank", false, true);
        Assert.True(Fields.Check(await node.OnAsync("blank", "getwalletinfo"), Info)["blank"]!.GetValue<bool>());
        await Fields.FailsAsync(-4, "Error: This wallet has no available keys", () => node.OnAsync("blank", "getnewaddress"));
        await node.FailsAsync(-4, "Passphrase provided but private keys are disabled.", "createwallet", "both", true, false, "secret");
        var warned = Fields.Check(await node.CallAsync("createwallet", "empty", false, false, ""), "name:s warning:s warnings:a");
        Assert.Equal("Empty string given as passphrase, wallet will not be encrypted.", warned["warning"]!.GetValue<string>());
    }

    [Fact]
    public async Task LoadOnStartup_NamedWallets_AreThereAfterARestart()
    {
        using var folder = new DataFolder();
        var node = await WalletNode.StartAsync(folder: folder);
        await node.CallAsync("createwallet", "");
        await node.CallAsync("createwallet", "always", false, false, null, false, null, true);
        await node.CallAsync("createwallet", "once");
        await using var again = await node.RestartAsync();
        Assert.Equal(["", "always"], (await again.ListAsync("listwallets")).Select(name => name!.GetValue<string>()));
        await again.CallAsync("unloadwallet", "always", false);
        await using var third = await again.RestartAsync();
        Assert.Equal([""], (await third.ListAsync("listwallets")).Select(name => name!.GetValue<string>()));
    }

    [Fact]
    public async Task BackupAndRestore_HierarchicalWallet_FindsWhatCameAfterTheBackup()
    {
        await using var node = await WalletNode.StartAsync();
        await node.CallAsync("createwallet", "one");
        var backup = node.Folder.PathOf("backup.dat");
        Assert.Null(await node.CallAsync("backupwallet", backup));
        for (var i = 0; i < 15; i++) await node.AddressAsync();
        await node.GenerateAsync(101, await node.AddressAsync());
        await node.CallAsync("unloadwallet", "one");
        Fields.Check(await node.CallAsync("restorewallet", "two", backup), "name:s warning:s");
        Assert.Equal((50m, 5000m), ((await node.ObjectAsync("getbalances"))["mine"]!["trusted"]!.GetValue<decimal>(), (await node.ObjectAsync("getbalances"))["mine"]!["immature"]!.GetValue<decimal>()));
        await node.FailsAsync(-36, "Database already exists.", "restorewallet", "two", backup);
        await node.FailsAsync(-8, "Backup file does not exist", "restorewallet", "three", backup + ".none");
        await node.FailsAsync(-4, "Error: Wallet backup failed!", "backupwallet", node.Folder.PathOf("no/such/folder/x.dat"));
        await node.CallAsync("createwallet", "spare");
        await Fields.FailsAsync(-4, "Error: Wallet backup failed!", () => node.OnAsync("two", "backupwallet", node.Folder.PathOf("Wallets_3000_two.dat")));
    }

    /// <summary>Several commands at once have the passphrase each: one that ends takes it from no other one, nor from the owner.</summary>
    [Fact]
    public async Task Unlocking_ForPiecesOfWork_EachEndsAlone()
    {
        await using var node = await WalletNode.RichAsync();
        await node.FailsAsync(-15, "Error: running with an unencrypted wallet, but beginunlock was called.", "beginunlock", "secret", 60);
        await node.CallAsync("encryptwallet", "secret");
        await node.FailsAsync(-14, "Error: The wallet passphrase entered was incorrect.", "beginunlock", "wrong", 60);
        async Task<long> BeginAsync(int seconds = 60) => (await node.CallAsync("beginunlock", "secret", seconds))!.GetValue<long>();
        Task SendAsync() => node.TextAsync("sendtoaddress", Foreign, 1);
        Task IsLockedAsync() => node.FailsAsync(-13, "Please enter the wallet passphrase", "sendtoaddress", Foreign, 1);
        async Task<long> OwnersAsync() => (await node.ObjectAsync("getwalletinfo"))["unlocked_until"]!.GetValue<long>();

        var (first, second) = (await BeginAsync(), await BeginAsync());
        Assert.Equal(0, await OwnersAsync());
        Assert.Null(await node.CallAsync("endunlock", first));
        await SendAsync();
        await node.CallAsync("endunlock", first);
        await SendAsync();
        await node.CallAsync("endunlock", second);
        await IsLockedAsync();

        var third = await BeginAsync();
        await node.CallAsync("walletpassphrase", "secret", 3_600);
        await node.CallAsync("endunlock", third);
        await SendAsync();
        Assert.NotEqual(0, await OwnersAsync());

        var fourth = await BeginAsync();
        await node.CallAsync("walletlock");
        await IsLockedAsync();
        Assert.Equal(0, await OwnersAsync());
        Assert.Null(await node.CallAsync("endunlock", fourth));

        // Whoever dies keeps it unlocked for no longer than that.
        await BeginAsync(1);
        await Eventually.TrueAsync(LockedByNowAsync, () => "the wallet is locked again by itself");
        await BeginAsync(0);
        await IsLockedAsync();

        async Task<bool> LockedByNowAsync()
        {
            try
            {
                await node.CallAsync("keypoolrefill");
                return false;
            }
            catch (RpcFailure e) when (e.Code == -13)
            {
                return true;
            }
        }
    }

    [Fact]
    public async Task Encryption_LockedWallet_ReceivesAndDoesNotSpend()
    {
        await using var node = await WalletNode.RichAsync();
        await node.FailsAsync(-15, "Error: running with an unencrypted wallet, but walletpassphrase was called.", "walletpassphrase", "secret", 1);
        await node.FailsAsync(-15, "Error: running with an unencrypted wallet, but walletpassphrasechange was called.", "walletpassphrasechange", "secret", "other");
        await node.FailsAsync(-15, "Error: running with an unencrypted wallet, but walletlock was called.", "walletlock");
        await node.FailsAsync(-8, "passphrase cannot be empty", "encryptwallet", "");
        var address = await node.AddressAsync();
        var key = await node.TextAsync("dumpprivkey", address);
        Assert.Contains("wallet encrypted", await node.TextAsync("encryptwallet", "secret"), StringComparison.Ordinal);
        await node.FailsAsync(-15, "Error: running with an encrypted wallet, but encryptwallet was called.", "encryptwallet", "secret");
        Assert.Equal(0, (await node.ObjectAsync("getwalletinfo"))["unlocked_until"]!.GetValue<long>());

        const string Locked = "Error: Please enter the wallet passphrase with walletpassphrase first.";
        await node.FailsAsync(-13, Locked, "sendtoaddress", Foreign, 1);
        await node.FailsAsync(-13, Locked, "dumpprivkey", address);
        await node.FailsAsync(-13, Locked, "signmessage", address, "hello");
        await node.FailsAsync(-13, Locked, "keypoolrefill");
        Assert.Equal(50m, await node.NumberAsync("getbalance"));
        Assert.NotEqual(address, await node.AddressAsync("given while locked"));

        await node.FailsAsync(-14, "Error: The wallet passphrase entered was incorrect.", "walletpassphrase", "wrong", 10);
        await node.FailsAsync(-8, "passphrase cannot be empty", "walletpassphrase", "", 10);
        await node.FailsAsync(-8, "Timeout cannot be negative.", "walletpassphrase", "secret", -10);
        Assert.Null(await node.CallAsync("walletpassphrase", "secret", 200_000_000));
        var until = (await node.ObjectAsync("getwalletinfo"))["unlocked_until"]!.GetValue<long>();
        Assert.InRange(until - DateTimeOffset.UtcNow.ToUnixTimeSeconds(), 99_999_900, 100_000_000);
        Assert.Equal(key, await node.TextAsync("dumpprivkey", address));
        await node.TextAsync("sendtoaddress", Foreign, 1);
        Assert.Null(await node.CallAsync("walletlock"));
        await node.FailsAsync(-13, Locked, "sendtoaddress", Foreign, 1);

        await node.FailsAsync(-14, "Error: The wallet passphrase entered was incorrect.", "walletpassphrasechange", "wrong", "new");
        Assert.Null(await node.CallAsync("walletpassphrasechange", "secret", "new"));
        await node.FailsAsync(-14, "Error: The wallet passphrase entered was incorrect.", "walletpassphrase", "secret", 10);
        Assert.Null(await node.CallAsync("walletpassphrase", "new", 1));
        await Eventually.TrueAsync(async () => (await node.ObjectAsync("getwalletinfo"))["unlocked_until"]!.GetValue<long>() == 0, () => "the wallet is locked again by itself");
        await node.FailsAsync(-13, Locked, "dumpprivkey", address);

        var secret = Core.Cryptography.PrivateKey.TryParseWif(key, TestChains.Regtest.WifVersion)!.Bytes.ToArray();
        foreach (var file in Directory.GetFiles(node.Folder.Root).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var data = new byte[stream.Length];
            stream.ReadExactly(data);
            Assert.Equal(-1, data.AsSpan().IndexOf(secret));
        }
    }

    [Fact]
    public async Task FirstVersionsFile_WrittenByTheCommand_IsTheDefaultWalletAndStaysReadable()
    {
        using var folder = new DataFolder();
        var p = FreshChain.Create();
        p.WriteTo(folder.Root);
        var first = (await Cli.DoAsync("createwallet", "--datadir", folder.Root)).LastWord.Trim();
        var node = await WalletNode.StartAsync(p, folder);
        Assert.Equal([""], (await node.ListAsync("listwallets")).Select(name => name!.GetValue<string>()));
        await node.GenerateAsync(1, first);
        Assert.Equal(10m, await node.NumberAsync("getbalance"));
        var second = await node.AddressAsync();
        Assert.StartsWith("1", second, StringComparison.Ordinal);

        // The command adds a key to the file under the node, which takes it up.
        var third = (await Cli.DoAsync("createwallet", "--datadir", folder.Root)).LastWord.Trim();
        Assert.True((await node.ObjectAsync("getaddressinfo", third))["ismine"]!.GetValue<bool>());
        await node.GenerateAsync(1, third);
        Assert.Equal(20m, await node.NumberAsync("getbalance"));
        await node.DisposeAsync();
        var listed = await Cli.DoAsync("listaddresses", "--datadir", folder.Root);
        Assert.Equal([first, second, third], listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        await Cli.DoAsync("send", "--from", third, "--to", first, "--amount", "4", "--mine", "--datadir", folder.Root);
    }

    [Fact]
    public async Task SetWalletFlag_AvoidReuse_TellsUsedAddressesApart()
    {
        await using var node = await WalletNode.RichAsync(2);
        Fields.Check(await node.CallAsync("setwalletflag", "avoid_reuse"), "flag_name:s flag_state:b warnings:s");
        await node.FailsAsync(-8, "Wallet flag is already set to true: avoid_reuse", "setwalletflag", "avoid_reuse");
        await node.FailsAsync(-8, "Unknown wallet flag: abc", "setwalletflag", "abc");
        await node.FailsAsync(-8, "Wallet flag is immutable: disable_private_keys", "setwalletflag", "disable_private_keys");
        await node.CallAsync("sendtoaddress", Foreign, 10, null, null, null, null, null, null, false);
        var mine = (await node.ObjectAsync("getbalances"))["mine"]!.AsObject();
        Assert.Equal(50m, mine["used"]!.GetValue<decimal>());
        Assert.InRange(mine["trusted"]!.GetValue<decimal>(), 39.9m, 40m);
    }
}
