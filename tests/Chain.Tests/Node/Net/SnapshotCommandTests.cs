using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Chain.Node;
using Chain.Node.Snapshots;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Net;

/// <summary><c>chain snapshot</c> of one node that does not run, and what becomes of it where a process ends in the middle.</summary>
public sealed class SnapshotCommandTests : IClassFixture<CommandWorld>
{
    private const int Rounds = 3;

    private readonly CommandWorld _world;

    public SnapshotCommandTests(CommandWorld world) => _world = world;

    [Fact]
    public async Task SaveAndRestore_BlocksPoolAndWallets_AreAsTheyWere()
    {
        using var folder = _world.Copy();
        await RunAsync(folder, "rpc createwallet second");
        await RunAsync(folder, $"rpc sendtoaddress {_world.Stranger} 1");
        var before = await StateAsync(folder);
        Assert.Contains("second", before, StringComparison.Ordinal);
        var saved = await RunAsync(folder, "snapshot save one");
        Assert.Contains("Saved one: 3000 at height 1", saved.Output, StringComparison.Ordinal);
        await ChangeAsync(folder);
        Assert.NotEqual(before, await StateAsync(folder));
        var restored = await RunAsync(folder, "snapshot restore one");
        Assert.Contains("Restored one: 3000 at height 1.", restored.Output, StringComparison.Ordinal);
        Assert.Equal(before, await StateAsync(folder));
    }

    [Fact]
    public async Task Save_TheSameName_ReplacesIt_AndDeleteRemovesIt()
    {
        using var folder = _world.Copy();
        Assert.Contains("No snapshot yet", (await RunAsync(folder, "snapshot list")).Error, StringComparison.Ordinal);
        await RunAsync(folder, "snapshot save one");
        await ChangeAsync(folder);
        Assert.Contains("It replaces the one of that name.", (await RunAsync(folder, "snapshot save one")).Error, StringComparison.Ordinal);
        await RunAsync(folder, "snapshot save two");
        var list = JsonNode.Parse((await RunAsync(folder, "snapshot list --json")).Output)!.AsArray();
        Assert.Equal([("one", 2), ("two", 2)], list.Select(entry => (entry!["name"]!.GetValue<string>(), entry["nodes"]![0]!["height"]!.GetValue<int>())));
        Assert.Single(Directory.GetDirectories(folder.PathOf("snapshots/one")));
        await RunAsync(folder, "snapshot delete one");
        Assert.Equal(["two"], Directory.GetDirectories(folder.PathOf("snapshots")).Select(Path.GetFileName));
        var gone = await RunAsync(folder, "snapshot restore one", mayFail: true);
        Assert.Equal(CommandException.GeneralStatus, gone.Status);
        Assert.Contains("There is no snapshot one", gone.Error, StringComparison.Ordinal);
        Assert.Contains("There are: two.", gone.Error, StringComparison.Ordinal);
    }

    /// <summary>Who encrypted the wallet since would not think of it.</summary>
    [Fact]
    public async Task Restore_OfAWalletThatWasNotEncrypted_SaysSo()
    {
        using var folder = _world.Copy();
        await RunAsync(folder, "snapshot save one");
        Assert.DoesNotContain("encrypted", (await RunAsync(folder, "snapshot restore one")).Error, StringComparison.Ordinal);
        await RunAsync(folder, $"wallet encrypt --passphrase-file {folder.PathOf("secret.txt")}");
        Assert.Contains("Wallets_3000.dat was encrypted and is not any more", (await RunAsync(folder, "snapshot restore one")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Save_OnlyItsOwnerMayRead_AndNoLocksOrCookiesAreInIt()
    {
        using var folder = _world.Copy();
        folder.Write(".cookie_3000", "secret");
        folder.Write("node_3000.log", "words");
        folder.Write("Wallets_30001.dat", "another node's");
        await RunAsync(folder, "snapshot save one");
        var files = Directory.GetFiles(folder.PathOf("snapshots/one/1")).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(["Wallets_3000.dat", "Wallets_3000.dat.history", "blockchain_3000.db", "genesis.json", "manifest.json"], files);
        if (!OperatingSystem.IsWindows()) AssertPrivate(folder.PathOf("snapshots"));
    }

    /// <summary>What an editor or its owner leaves beside a wallet is not the node's: it is not taken, and stays where it is.</summary>
    [Fact]
    public async Task SaveAndRestore_ForeignFilesBesideTheWallet_AreNotTakenAndStay()
    {
        using var folder = _world.Copy();
        string[] foreign = ["Wallets_3000.dat~", "Wallets_3000.dat.~1~", "Wallets_3000.dat.bak+1", "Wallets_3000.dat.bak"];
        foreach (var name in foreign) folder.Write(name, "an editor's");
        await RunAsync(folder, "snapshot save one");
        Assert.DoesNotContain(Directory.GetFiles(folder.PathOf("snapshots/one/1")).Select(path => Path.GetFileName(path)), foreign.Contains);
        Assert.Contains("are what was saved", (await RunAsync(folder, "snapshot list one")).Output, StringComparison.Ordinal);
        var saved = await StateAsync(folder);
        await ChangeAsync(folder);
        await RunAsync(folder, "snapshot restore one");
        Assert.Equal(saved, await StateAsync(folder));
        Assert.All(foreign, name => Assert.Equal("an editor's", File.ReadAllText(folder.PathOf(name))));
    }

    [Fact]
    public async Task List_OneThatIsDamaged_TheOthersAreShownAllTheSame()
    {
        using var folder = _world.Copy();
        await RunAsync(folder, "snapshot save one");
        await RunAsync(folder, "snapshot save two");
        folder.Write("snapshots/one/1/manifest.json", "{");
        var list = await RunAsync(folder, "snapshot list");
        Assert.Contains("two", list.Output, StringComparison.Ordinal);
        Assert.Contains("The snapshot one is damaged", list.Error, StringComparison.Ordinal);
        Assert.Equal(["two"], JsonNode.Parse((await RunAsync(folder, "snapshot list --json")).Output)!.AsArray().Select(entry => entry!["name"]!.GetValue<string>()));
    }

    /// <summary>What could not be read again is not written.</summary>
    [Fact]
    public void Save_ManifestThatMakesNoSense_IsNotWritten()
    {
        using var folder = new DataFolder();
        var hash = new string('0', 64);
        var manifest = new SnapshotManifest(
            SnapshotManifest.CurrentVersion, "one", DateTimeOffset.UnixEpoch, hash, [new SnapshotNode(3000, 0, hash, hash, 0)],
            [new SnapshotFile("blockchain_3000.db", 1, hash), new SnapshotFile("Wallets_3000.dat~", 1, hash)]);
        var failure = Assert.Throws<CommandException>(() => manifest.Write(folder.Root));
        Assert.Contains("'Wallets_3000.dat~' is no file of its nodes", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Root));
        (manifest with { Files = [manifest.Files[0]] }).Write(folder.Root);
        Assert.Equal(3000, Assert.Single(SnapshotManifest.Read(folder.Root, "one").Nodes).Id);
    }

    /// <summary>What a cut-off restore has left takes room that the next one may need.</summary>
    [Fact]
    public async Task Restore_NoRoom_WhatEarlierOnesLeftIsGone()
    {
        const long Much = 1L << 40;
        using var folder = new DataFolder();
        var left = folder.Sub(".restore-left");
        using (var large = File.Create(Path.Combine(folder.Sub("snapshot"), "blockchain_3000.db"))) large.SetLength(SnapshotChecks.FreeBytes(folder.Root) + Much);
        var file = new SnapshotFile("blockchain_3000.db", new FileInfo(folder.PathOf("snapshot/blockchain_3000.db")).Length, "");
        var manifest = new SnapshotManifest(SnapshotManifest.CurrentVersion, "one", DateTimeOffset.UnixEpoch, "", [], [file]);
        var failure = await Assert.ThrowsAsync<CommandException>(() => SnapshotRestoring.StageAsync(folder.Root, folder.PathOf("snapshot"), manifest, "one", _ => { }, CancellationToken.None));
        Assert.Contains("Free some space", failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(left));
    }

    /// <summary>What is no secret can be read as before, what is one only by its owner.</summary>
    [Fact]
    public async Task Restore_ModesAreThoseOfNewFiles_AndSecretsPrivate()
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = _world.Copy();
        var usual = File.GetUnixFileMode(folder.Write("usual", "x"));
        await RunAsync(folder, "snapshot save one");
        await RunAsync(folder, "snapshot restore one");
        foreach (var name in new[] { "genesis.json", "blockchain_3000.db" }) Assert.Equal(usual, File.GetUnixFileMode(folder.PathOf(name)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.PathOf("Wallets_3000.dat")));
    }

    [Fact]
    public async Task Restore_AnyFileDamaged_IsRefusedAndNothingChanges()
    {
        using var folder = _world.Copy();
        await RunAsync(folder, "snapshot save one");
        await ChangeAsync(folder);
        foreach (var path in Directory.GetFiles(folder.PathOf("snapshots/one/1")))
        {
            var (name, bytes) = (Path.GetFileName(path), await File.ReadAllBytesAsync(path));
            var damaged = bytes.ToArray();
            damaged[damaged.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(path, damaged);
            await AssertRefusedAsync(folder, name == SnapshotManifest.FileName ? "" : $"its file {name} is not what was saved");
            await File.WriteAllBytesAsync(path, bytes[..^1]);
            await AssertRefusedAsync(folder, name == SnapshotManifest.FileName ? "manifest.json does not read" : $"its file {name} is not what was saved");
            File.Delete(path);
            await AssertRefusedAsync(folder, name == SnapshotManifest.FileName ? "manifest.json does not read" : $"its file {name} is gone");
            await File.WriteAllBytesAsync(path, bytes);
        }

        await RunAsync(folder, "snapshot restore one");
    }

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 2", "another version of this program")]
    [InlineData("\"name\": \"genesis.json\"", "\"name\": \"../genesis.json\"", "its names make no sense")]
    [InlineData("\"name\": \"genesis.json\"", "\"name\": \"/etc/hosts\"", "its names make no sense")]
    [InlineData("\"name\": \"genesis.json\"", "\"name\": \".cookie_3000\"", "its names make no sense")]
    [InlineData("\"name\": \"genesis.json\"", "\"name\": \"chain.conf\"", "'chain.conf' is no file of its nodes")]
    [InlineData("\"name\": \"genesis.json\"", "\"name\": \"restore.json\"", "'restore.json' is no file of its nodes")]
    [InlineData("\"name\": \"genesis.json\"", "\"name\": \"Wallets_3001.dat\"", "'Wallets_3001.dat' is no file of its nodes")]
    [InlineData("\"name\": \"genesis.json\"", "\"name\": \"x\\u001b]0;y\"", "'x?]0;y' is no file of its nodes")]
    [InlineData("\"name\": \"genesis.json\"", "\"name\": \"Wallets_3000.dat\"", "a file twice")]
    [InlineData("\"name\": \"blockchain_3000.db\"", "\"name\": \"banlist_3000.json\"", "the database of node 3000 is not among its files")]
    [InlineData("\"name\": \"one\"", "\"name\": \"\\u001b[2J\"", "its name or its chain makes no sense")]
    [InlineData("\"id\": 3000", "\"id\": 70000", "its nodes make no sense")]
    [InlineData("\"size\": ", "\"size\": -", "makes no sense")]
    [InlineData("\"size\": ", "\"size\": 9000000", "is not what was saved")]
    [InlineData("\"sha256\": \"", "\"sha256\": \"0", "makes no sense")]
    [InlineData("\"name\": \"Wallets_3000.dat\"", "\"name\": \"Wallets_3000.dat\\n\"", "'Wallets_3000.dat?' is no file of its nodes")]
    [InlineData("\"nodes\": [", "\"nodes\": [null,", "one of its nodes or files is none")]
    [InlineData("\"files\": [", "\"files\": [null,", "one of its nodes or files is none")]
    public async Task Restore_ManifestThatMakesNoSense_IsRefused(string text, string other, string words)
    {
        using var folder = _world.Copy();
        await RunAsync(folder, "snapshot save one");
        var path = folder.PathOf("snapshots/one/1/manifest.json");
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace(text, other, StringComparison.Ordinal));
        await AssertRefusedAsync(folder, words);
    }

    /// <summary>A snapshot of somebody else may be made of links to what only the user can read.</summary>
    [Theory]
    [InlineData("snapshots/one", "is a link to")]
    [InlineData("snapshots/one/1", "is a link to")]
    [InlineData("snapshots/one/1/Wallets_3000.dat", "its file Wallets_3000.dat is a link")]
    [InlineData("snapshots/one/1/manifest.json", "it is a link")]
    public async Task Restore_ALink_IsRefused(string path, string words)
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = _world.Copy();
        using var elsewhere = new DataFolder();
        await RunAsync(folder, "snapshot save one");
        var (link, target) = (folder.PathOf(path), elsewhere.PathOf("target"));
        if (Directory.Exists(link))
        {
            Directory.Move(link, target);
            Directory.CreateSymbolicLink(link, target);
        }
        else
        {
            File.Move(link, target);
            File.CreateSymbolicLink(link, target);
        }

        await AssertRefusedAsync(folder, words);
    }

    [Theory]
    [InlineData("../../x")]
    [InlineData("/etc")]
    [InlineData("..")]
    public async Task Restore_NameThatLeadsElsewhere_IsRefused(string name)
    {
        using var folder = _world.Copy();
        var before = folder.Snapshot(withLocks: false);
        var result = await RunAsync(folder, $"snapshot restore {name}", mayFail: true);
        Assert.Equal(CommandException.UsageStatus, result.Status);
        Assert.Contains("cannot be a snapshot's name", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, folder.Snapshot(withLocks: false));
    }

    [Fact]
    public void Restore_NoRoomOnTheDisk_IsToldBefore()
    {
        var manifest = new SnapshotManifest(1, "one", DateTimeOffset.UnixEpoch, "", [], [new SnapshotFile("blockchain_3000.db", 1_000, "")]);
        SnapshotChecks.CheckRoom("/here", manifest, free: 1_000);
        Assert.Contains("has room for 999", Assert.Throws<CommandException>(() => SnapshotChecks.CheckRoom("/here", manifest, free: 999)).Message, StringComparison.Ordinal);
        Assert.True(SnapshotChecks.FreeBytes(Path.GetTempPath()) > 0);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData(".x")]
    [InlineData("a/b")]
    [InlineData("a b")]
    public async Task Save_NameThatIsNone_IsRefused(string name)
    {
        using var folder = _world.Copy();
        var result = await Cli.RunAsync("snapshot", "save", name, "--datadir", folder.Root);
        Assert.Equal(CommandException.UsageStatus, result.Status);
        Assert.False(Directory.Exists(folder.PathOf("snapshots")));
    }

    [Fact]
    public async Task Save_Killed_LeavesTheOldOrTheNew_AndTheNextClearsAway() => await EndSavesAsync(ChainProgram.Kill);

    [InterruptFact]
    public async Task Save_Interrupted_LeavesTheOldOrTheNew() => await EndSavesAsync(ChainProgram.Interrupt);

    [Fact]
    public async Task Restore_Killed_TheNextCommandFindsTheOldOrTheNew() => await EndRestoresAsync(ChainProgram.Kill);

    [InterruptFact]
    public async Task Restore_Interrupted_LeavesTheOldOrTheNew() => await EndRestoresAsync(ChainProgram.Interrupt);

    /// <summary>Whichever command comes next: it finishes what was decided before it looks at the database.</summary>
    [Theory]
    [InlineData("decide", false)]
    [InlineData("put Wallets_3000.dat", true)]
    [InlineData("put blockchain_3000.db", true)]
    [InlineData("put genesis.json", true)]
    [InlineData("end", true)]
    public async Task Restore_CutOffAtAStep_AnyCommandFindsTheOldOrTheNew(string step, bool isNew)
    {
        using var folder = _world.Copy();
        await RunAsync(folder, "snapshot save one");
        var saved = await StateAsync(folder);
        await ChangeAsync(folder);
        var changed = await StateAsync(folder);
        var stage = RestoreJournal.CreateStage(folder.Root);
        var names = Directory.GetFiles(folder.PathOf("snapshots/one/1")).Select(path => Path.GetFileName(path)).Where(name => name != SnapshotManifest.FileName).Order(StringComparer.Ordinal).ToList();
        foreach (var name in names) File.Copy(folder.PathOf($"snapshots/one/1/{name}"), Path.Combine(stage, name));
        var journal = new RestoreJournal(RestoreJournal.CurrentVersion, Path.GetFileName(stage), ["blockchain_3000.db-wal", "blockchain_3000.db-shm"], names, ["blockchain_3000.db"]);
        Assert.Throws<TimeoutException>(() => journal.Begin(folder.Root, at =>
        {
            if (at == step) throw new TimeoutException();
        }));
        Assert.Equal(isNew ? saved : changed, await StateAsync(folder));
        Assert.False(File.Exists(folder.PathOf(RestoreJournal.FileName)));
    }

    private async Task EndSavesAsync(Action<System.Diagnostics.Process> end)
    {
        using var folder = _world.Copy();
        await RunAsync(folder, "snapshot save one");
        for (var round = 0; round < Rounds; round++)
        {
            var (old, height) = (await SavedHeightAsync(folder), await HeightAsync(folder) + 1);
            await RunAsync(folder, $"mine 1 --address {_world.Own}");
            await EndInTheMiddleAsync(folder, "snapshot save one", () => Directory.Exists(folder.PathOf("snapshots/one")) && Directory.GetDirectories(folder.PathOf("snapshots/one"), ".saving-*").Length > 0, end);
            Assert.Contains(await SavedHeightAsync(folder), new[] { old, height });
        }

        await RunAsync(folder, "snapshot save one");
        Assert.Equal(await HeightAsync(folder), await SavedHeightAsync(folder));
        Assert.Empty(Directory.GetDirectories(folder.PathOf("snapshots/one"), ".*"));
        Assert.Single(Directory.GetDirectories(folder.PathOf("snapshots/one")));
    }

    private async Task EndRestoresAsync(Action<System.Diagnostics.Process> end)
    {
        using var folder = _world.Copy();
        await RunAsync(folder, "snapshot save one");
        var saved = await StateAsync(folder);
        for (var round = 0; round < Rounds; round++)
        {
            await ChangeAsync(folder);
            var changed = await StateAsync(folder);
            await EndInTheMiddleAsync(folder, "snapshot restore one", () => Directory.GetDirectories(folder.Root, ".restore-*").Length > 0 || File.Exists(folder.PathOf(RestoreJournal.FileName)), end);
            Assert.Contains(await StateAsync(folder), new[] { saved, changed });
            Assert.False(File.Exists(folder.PathOf(RestoreJournal.FileName)));
        }

        await RunAsync(folder, "snapshot restore one");
        Assert.Equal(saved, await StateAsync(folder));
        Assert.Empty(Directory.GetDirectories(folder.Root, ".restore-*"));
    }

    /// <summary>Starts a command as a process and ends it as soon as it has begun its work, if it has not ended by itself.</summary>
    private static async Task EndInTheMiddleAsync(DataFolder folder, string line, Func<bool> hasBegun, Action<System.Diagnostics.Process> end)
    {
        var process = ChainProgram.Start(ChainProgram.Command(Words(folder, line)));
        try
        {
            await Eventually.TrueAsync(() => hasBegun() || process.HasExited, () => $"'{line}' begins");
            if (!process.HasExited) end(process);
            using var patience = new CancellationTokenSource(Eventually.Patience);
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            ChainProgram.Kill(process);
            ChainProgram.Forget(process);
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static void AssertPrivate(string folder)
    {
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.All(Directory.GetFiles(folder, "*", SearchOption.AllDirectories), path => Assert.Equal(Owner, File.GetUnixFileMode(path)));
        Assert.All(Directory.GetDirectories(folder, "*", SearchOption.AllDirectories).Append(folder), path => Assert.Equal(Owner | UnixFileMode.UserExecute, File.GetUnixFileMode(path)));
    }

    private static async Task AssertRefusedAsync(DataFolder folder, string words)
    {
        var before = folder.Snapshot(withLocks: false);
        var result = await RunAsync(folder, "snapshot restore one", mayFail: true);
        Assert.True(result.Status == CommandException.GeneralStatus, $"status {result.Status}: {result.Output}{result.Error}");
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
        Assert.Equal(before, folder.Snapshot(withLocks: false));
    }

    /// <summary>A block more, and an address more: a mixture of two states would show.</summary>
    private async Task ChangeAsync(DataFolder folder)
    {
        await RunAsync(folder, $"mine 1 --address {_world.Own}");
        await RunAsync(folder, "createwallet");
    }

    /// <summary>The chain, its coins, what waits, and the wallets' addresses.</summary>
    private static async Task<string> StateAsync(DataFolder folder)
    {
        var coins = await RunAsync(folder, "rpc gettxoutsetinfo");
        var json = JsonNode.Parse(coins.Output)!;
        var wallets = await RunAsync(folder, "rpc listwalletdir");
        return $"{json["height"]} {json["bestblock"]} {json["hash_serialized_3"]}\n{(await RunAsync(folder, "rpc getrawmempool")).Output}{(await RunAsync(folder, "listaddresses")).Output}{wallets.Output}";
    }

    private static async Task<int> HeightAsync(DataFolder folder) => int.Parse((await RunAsync(folder, "rpc getblockcount")).Output, System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<int> SavedHeightAsync(DataFolder folder) =>
        JsonNode.Parse((await RunAsync(folder, "snapshot list one --json")).Output)!["nodes"]![0]!["height"]!.GetValue<int>();

    private static async Task<CliResult> RunAsync(DataFolder folder, string line, bool mayFail = false) =>
        mayFail ? await Cli.RunAsync(Words(folder, line)) : await Cli.DoAsync(Words(folder, line));

    private static string[] Words(DataFolder folder, string line) => [.. line.Split(' '), "--datadir", folder.Root];
}
