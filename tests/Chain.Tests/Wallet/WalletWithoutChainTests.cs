using Chain.Tests.Node.Kit;

namespace Chain.Tests.Wallet;

/// <summary>A wallet in a folder that has no chain yet: what its file is enough for can be done, and what a chain makes of it later is not touched.</summary>
public sealed class WalletWithoutChainTests
{
    [Fact]
    public async Task Wallet_WithoutAChain_CanBeNamedCopiedExportedEncrypted()
    {
        using var folder = new DataFolder();
        var address = (await DoAsync(folder, "createwallet")).LastWord.Trim();
        folder.Write("secret.txt", "correct horse\n");
        folder.Write("new.txt", "battery staple\n");

        await DoAsync(folder, $"wallet label {address} alice");
        Assert.Contains(address, (await DoAsync(folder, "wallet label")).Output, StringComparison.Ordinal);
        await DoAsync(folder, $"wallet backup {folder.PathOf("copy.dat")}");
        Assert.Equal(await File.ReadAllBytesAsync(folder.PathOf("Wallets_3000.dat")), await File.ReadAllBytesAsync(folder.PathOf("copy.dat")));
        var master = (await DoAsync(folder, "wallet export")).Output.Trim();
        Assert.StartsWith("xprv", master, StringComparison.Ordinal);
        var signature = (await DoAsync(folder, "wallet sign alice hello")).Output.Trim();
        Assert.Contains("Good", (await DoAsync(folder, $"wallet verify alice {signature} hello")).Output, StringComparison.Ordinal);

        await DoAsync(folder, $"wallet encrypt --passphrase-file {folder.PathOf("secret.txt")}");
        Assert.Equal(13, (await Cli.ProcessAsync("wallet", "export", "--datadir", folder.Root)).Status);
        await DoAsync(folder, $"wallet passphrase --passphrase-file {folder.PathOf("secret.txt")} --new-passphrase-file {folder.PathOf("new.txt")}");
        Assert.Equal(master, (await DoAsync(folder, $"wallet export --passphrase-file {folder.PathOf("new.txt")}")).Output.Trim());

        // No chain was left behind, and the one that is made has the wallet as it was.
        Assert.Equal(["Wallets_3000.dat", "copy.dat", "new.txt", "secret.txt"], Directory.GetFiles(folder.Root).Select(Path.GetFileName).Where(name => !name!.EndsWith(".lock", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        await DoAsync(folder, "createblockchain --address alice");
        Assert.Contains("Confirmed    10", (await DoAsync(folder, "getbalance")).Output, StringComparison.Ordinal);
    }

    /// <summary>What the chain alone tells is not told without one.</summary>
    [Fact]
    public async Task Wallet_WithoutAChain_HasNoBalance()
    {
        using var folder = new DataFolder();
        var address = (await DoAsync(folder, "createwallet")).LastWord.Trim();
        foreach (var line in new[] { "getbalance", "wallet info", "wallet history" })
        {
            var result = await Cli.RunAsync([.. line.Split(' '), "--datadir", folder.Root, "--http-port", $"{FreePorts.Next()}"]);
            Assert.Equal(1, result.Status);
            Assert.Contains($"'chain createblockchain --address {address} --datadir {folder.Root}'", result.Error, StringComparison.Ordinal);
        }
    }

    private static Task<CliResult> DoAsync(DataFolder folder, string line) => Cli.DoAsync([.. line.Split(' '), "--datadir", folder.Root]);
}
