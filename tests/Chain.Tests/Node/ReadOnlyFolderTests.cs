using Chain.Core.Consensus;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>Commands that only look leave no trace: not where a node has no database yet, and not where nothing can be written.</summary>
public sealed class ReadOnlyFolderTests : IClassFixture<CommandWorld>
{
    private static readonly string[] Looks = ["getbalance --address OWN", "printchain", "printchain --tree", "show tip", "show block 0", "show address OWN", "show utxo", "show mempool"];

    private static readonly string[] WalletLooks = ["wallet info", "wallet history", "wallet label", "listaddresses", "getbalance"];

    private readonly CommandWorld _world;

    public ReadOnlyFolderTests(CommandWorld world) => _world = world;

    [Fact]
    public async Task Look_WhereTheNodeHasNoDatabaseYet_LeavesNothing()
    {
        using var world = _world.Copy();
        using var folder = new DataFolder();
        File.Copy(world.PathOf(GenesisFile.FileName), folder.PathOf(GenesisFile.FileName));
        var before = folder.Snapshot(withLocks: true);
        foreach (var line in Looks)
        {
            var result = await Cli.DoAsync(Words(folder, line));
            Assert.True(line == "show mempool" || result.Output.Length > 0, line);
        }

        foreach (var line in new[] { "stop", "miner status", "show peers" }) Assert.Equal(9, (await Cli.RunAsync(Words(folder, line))).Status);
        Assert.StartsWith("Wrong: ", (await Cli.RunAsync(Words(folder, $"wallet verify OWN {new string('A', 87)}= hello"))).Output, StringComparison.Ordinal);
        Assert.Equal("Balance of '" + _world.Own + "': 10", (await Cli.DoAsync(Words(folder, "getbalance --address OWN --node 3001"))).Output.Trim());
        Assert.Equal(before, folder.Snapshot(withLocks: true));
    }

    /// <summary>Not of the wallet either: where the chain is another, as one of the first block alone is, its history would be changed.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LookAtTheWallet_WhereTheNodeHasNoDatabase_LeavesItsFilesAsTheyAre(bool hasHistory)
    {
        using var world = _world.Copy();
        using var folder = new DataFolder();
        foreach (var name in new[] { GenesisFile.FileName, "Wallets_3000.dat", "Wallets_3000.dat.history" })
            if (hasHistory || !name.EndsWith(".history", StringComparison.Ordinal)) File.Copy(world.PathOf(name), folder.PathOf(name));
        var before = folder.Snapshot(withLocks: true);
        foreach (var line in WalletLooks) await Cli.DoAsync(Words(folder, line));
        Assert.Equal(before, folder.Snapshot(withLocks: true));
    }

    [NobodyFact]
    public async Task LookAtTheWallet_WhereTheFolderCannotBeWritten_ShowsIt()
    {
        using var folder = _world.Copy();
        Nobody.MayRead(folder);
        Nobody.MayReadFile(folder.PathOf("Wallets_3000.dat"));
        Nobody.MayReadFile(folder.PathOf("Wallets_3000.dat.history"));
        var before = folder.Snapshot(withLocks: true);
        foreach (var line in WalletLooks)
        {
            var result = await Nobody.RunAsync(Words(folder, line));
            Assert.True(result.Status == 0 && (line == "wallet label" || result.Output.Length > 0), $"{line}: {result.Status} {result.Output}{result.Error}");
        }

        Assert.Equal(before, folder.Snapshot(withLocks: true));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder.PathOf("Wallets_3000.dat"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var refused = await Nobody.RunAsync(Words(folder, "wallet info"));
        Assert.Contains("Wallets_3000.dat", refused.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, refused.Status);
    }

    [NobodyFact]
    public async Task Look_WhereTheFolderCannotBeWritten_ShowsAll_AndWhoWritesIsToldWhy()
    {
        using var folder = _world.Copy();
        Nobody.MayRead(folder);
        var before = folder.Snapshot(withLocks: true);
        foreach (var line in Looks)
        {
            var own = await Cli.DoAsync(Words(folder, line));
            var result = await Nobody.RunAsync(Words(folder, line));
            Assert.Equal((0, own.Output), (result.Status, result.Output));
            Assert.Contains("cannot be written by this user: this is what a copy of its database says.", result.Error, StringComparison.Ordinal);
        }

        foreach (var line in new[] { "mine --address OWN", "rpc getblockcount", "reorg 1", "startnode --port 0" })
        {
            var result = await Nobody.RunAsync(Words(folder, line));
            Assert.Equal((1, ""), (result.Status, result.Output));
            Assert.Contains("call the command as the user to whom they belong, or name another folder with --datadir", result.Error, StringComparison.Ordinal);
        }

        foreach (var path in Directory.GetFiles(folder.Root, "*.lock")) if (!before.Contains(Path.GetFileName(path), StringComparison.Ordinal)) File.Delete(path);
        Assert.Equal(before, folder.Snapshot(withLocks: true));
    }

    private string[] Words(DataFolder folder, string line) => [.. line.Replace("OWN", _world.Own, StringComparison.Ordinal).Split(' '), "--datadir", folder.Root];
}
