using System.Text;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Descriptors;
using Chain.Node.Commands;
using Chain.Node.Wallet;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Wallet;

/// <summary>
/// After a wallet is encrypted, no file of the data directory has a byte of its keys: not the wallet, its history, the database and
/// what lies beside it, what killed saves left, snapshots and backups made since; nor has the node's log. What the disk may keep in
/// blocks that are free again is out of reach, as are copies that somebody made before: the command names those it finds.
/// </summary>
public sealed class WalletLeakTests : IDisposable
{
    private const string First = "correct horse", Second = "battery staple";

    private readonly DataFolder _folder = new();
    private readonly DataFolder _elsewhere = new();
    private readonly ChainParams _chain = FreshChain.Create();

    public WalletLeakTests() => _chain.WriteTo(_folder.Root);

    private string Wallet => _folder.PathOf("Wallets_3000.dat");

    public void Dispose()
    {
        _folder.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    public async Task Encrypt_WalletOfANodeThatRanWithIt_NoKeyIsInAnyFile()
    {
        var hunt = new SecretHunt(_chain);
        var log = new StringBuilder();
        await using (var node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root) { Debug = true }))
        {
            await UseInClearAsync(node, hunt);
            log.AppendJoin('\n', node.Log.From(0));

            // A kill leaves the database's own log, and, in the middle of a save, a copy of the wallet.
            await node.KillAsync();
        }

        File.Copy(Wallet, Wallet + AtomicFile.TemporarySuffix);
        hunt.AddWallet(Wallet);
        Assert.Contains(hunt.FindIn(_folder.Root), found => found.StartsWith("Wallets_3000.dat: the seed", StringComparison.Ordinal));

        await using (var node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root) { Debug = true }))
        {
            await DoAsync("wallet", "encrypt", "--passphrase-file", Secret(First));
            Assert.Empty(hunt.FindIn(_folder.Root));
            await UseEncryptedAsync(node, First);
            hunt.AddWallet(Wallet, First);
            Assert.Empty(hunt.FindIn(_folder.Root));

            // What the old passphrase opens is gone too.
            hunt.AddBytes("the old ciphertext", Sealed(out var salt));
            hunt.AddBytes("the old salt", salt);
            Assert.NotEmpty(hunt.FindIn(_folder.Root));
            File.Delete(_folder.PathOf("backup.dat"));
            await DoAsync("snapshot", "delete", "since");
            await DoAsync("wallet", "passphrase", "--passphrase-file", Secret(First), "--new-passphrase-file", Secret(Second));
            await UseEncryptedAsync(node, Second);
            log.AppendJoin('\n', node.Log.From(0));
            await node.StopAsync();
        }

        hunt.AddWallet(Wallet, Second);
        Assert.Empty(hunt.FindIn(_folder.Root));
        Assert.True(log.Length > 1_000, "the node logged next to nothing");
        Assert.Empty(hunt.FindIn("log", System.Text.Encoding.UTF8.GetBytes(log.ToString())));
        Assert.True(hunt.Count > 300, $"{hunt.Count} forms of secrets");
    }

    [Fact]
    public async Task Encrypt_WhereNoNodeRuns_NoKeyIsInAnyFile()
    {
        var hunt = new SecretHunt(_chain);
        await DoAsync("createwallet");
        await DoAsync("createwallet");
        hunt.AddWallet(Wallet);
        Assert.NotEmpty(hunt.FindIn(_folder.Root));
        await DoAsync("wallet", "encrypt", "--passphrase-file", Secret(First));
        await DoAsync("createwallet", "--passphrase-file", Secret(First));
        hunt.AddWallet(Wallet, First);
        Assert.Empty(hunt.FindIn(_folder.Root));
    }

    [Fact]
    public async Task CreateWallet_WithAPassphrase_NoKeyIsInAnyFile()
    {
        var hunt = new SecretHunt(_chain);
        for (var i = 0; i < 3; i++) await DoAsync("createwallet", "--passphrase-file", Secret(First));
        hunt.AddWallet(Wallet, First);
        Assert.Empty(hunt.FindIn(_folder.Root));
        await DoAsync("wallet", "passphrase", "--passphrase-file", Secret(First), "--new-passphrase-file", Secret(Second));
        Assert.Empty(hunt.FindIn(_folder.Root));
        hunt.AddWallet(Wallet, Second);
        Assert.Empty(hunt.FindIn(_folder.Root));
    }

    [Fact]
    public async Task Encrypt_CopiesInClearInTheFolder_AreNamed()
    {
        await DoAsync("createwallet");
        await DoAsync("wallet", "backup", _folder.PathOf("old.dat"));
        await DoAsync("createwallet", "--node", "3001");
        await DoAsync("snapshot", "save", "before");
        var encrypted = await DoAsync("wallet", "encrypt", "--passphrase-file", Secret(First));
        var named = encrypted.Error.Split('\n').Where(line => line.StartsWith("In clear: ", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, named.Count);
        Assert.Contains(named, line => line.Contains("old.dat", StringComparison.Ordinal));
        Assert.Contains(named, line => line.Contains("before", StringComparison.Ordinal));

        var removal = $"rm {_folder.PathOf("old.dat")} && chain snapshot delete before --datadir {_folder.Root}";
        Assert.Contains($"To remove them: {removal}\n", encrypted.Error, StringComparison.Ordinal);
        var found = (await Cli.RunAsync("doctor", "--datadir", _folder.Root)).Output;
        Assert.Contains($"note     copies in clear: the wallet is encrypted, and its private keys lie in clear in {_folder.PathOf("old.dat")}, ", found, StringComparison.Ordinal);
        Assert.Contains($"→ {removal}\n", found, StringComparison.Ordinal);
        File.Delete(_folder.PathOf("old.dat"));
        await DoAsync("snapshot", "delete", "before");
        Assert.DoesNotContain("copies in clear", (await Cli.RunAsync("doctor", "--datadir", _folder.Root)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void PromptHistory_LineWithAKey_IsNotKept()
    {
        var path = _folder.PathOf("history");
        var history = new PromptHistory(path);
        var master = ExtendedKey.TryCreateMaster(new byte[32])!;
        var wif = Keys.Alice.ToWif(_chain.WifVersion);
        history.Add("getblockcount");
        history.Add($"getdescriptorinfo pkh({wif})");
        history.Add($"deriveaddresses \"wpkh({master.ToText(ExtendedKey.TestPrivateVersion)}/0/*)#abc\"");
        history.Add($"importprivkyy {wif}");
        history.Add($"\"importprivkey\" mistyped");
        history.Add($"encryptwallet\tsecret");
        history.Add($"setlabel {_chain.AddressOf(Keys.Alice)} alice");
        Assert.Equal(2, history.Lines.Count);
        Assert.Equal(history.Lines, File.ReadAllLines(path));
    }

    /// <summary>Receives, sends, names, imports, and shows keys to somebody, who keeps them elsewhere.</summary>
    private async Task UseInClearAsync(NodeProcess node, SecretHunt hunt)
    {
        await node.CallAsync("createwallet", "");
        var own = (await node.CallAsync("getnewaddress", "shop"))!.GetValue<string>();
        await node.GenerateAsync(3, own);
        await node.CallAsync("sendtoaddress", _chain.AddressOf(Keys.Bob), 1);
        await node.CallAsync("setlabel", _chain.AddressOf(Keys.Bob), "bob");
        var imported = Keys.Of(4711);
        await node.CallAsync("importprivkey", imported.ToWif(_chain.WifVersion), "imported");
        hunt.Add("the imported key", imported);
        hunt.AddText("a key that was shown", (await node.CallAsync("dumpprivkey", own))!.GetValue<string>());
        var master = (await node.CallAsync("gethdkeys", new JsonObject { ["private"] = true }))![0]!["xprv"]!.GetValue<string>();
        hunt.AddText("the master key that was shown", master);
        await node.CallAsync("getdescriptorinfo", DescriptorChecksum.Append($"pkh({imported.ToWif(_chain.WifVersion)})"));
        await DoAsync("wallet", "export", "--out", _elsewhere.PathOf("master.txt"));
        await DoAsync("wallet", "backup", _elsewhere.PathOf("old.dat"));
        await DoAsync("wallet", "label");
        await DoAsync("mine", "1");
    }

    /// <summary>The same with a passphrase, and a backup and a snapshot in the data directory.</summary>
    private async Task UseEncryptedAsync(NodeProcess node, string passphrase)
    {
        await node.CallAsync("walletpassphrase", passphrase, 60);
        var own = (await node.CallAsync("getnewaddress", "later"))!.GetValue<string>();
        await node.CallAsync("sendtoaddress", own, 1);
        await node.CallAsync("dumpprivkey", own);
        await node.CallAsync("signmessage", own, "hello");
        await node.CallAsync("walletlock");
        await node.GenerateAsync(1, own);
        await node.CallAsync("getnewaddress", "locked");
        await DoAsync("wallet", "backup", _folder.PathOf("backup.dat"));
        await DoAsync("snapshot", "save", "since");
    }

    private byte[] Sealed(out byte[] salt)
    {
        var file = WalletFile.Decode(File.ReadAllBytes(Wallet), Wallet);
        salt = file.Seal!.Salt;
        return file.SecretPart.ToArray();
    }

    /// <summary>A file outside the data directory with a passphrase.</summary>
    private string Secret(string passphrase) => _elsewhere.Write(passphrase[..6].Trim() + ".txt", passphrase + "\n");

    private Task<CliResult> DoAsync(params string[] arguments) => Cli.DoAsync([.. arguments, "--datadir", _folder.Root]);
}
