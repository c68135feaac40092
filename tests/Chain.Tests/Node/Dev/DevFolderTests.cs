using Chain.Core.Consensus;
using Chain.Node;
using Chain.Node.Commands.Doctor;
using Chain.Node.Dev;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Dev;

/// <summary>The accounts that everybody knows, and the notes by which commands find a dev chain: only the user's own count.</summary>
public sealed class DevFolderTests : IDisposable
{
    private const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly DataFolder _home = new();

    private string? Variable(string name) => name == UserFolder.RuntimeVariable ? _home.Root : null;

    public void Dispose() => _home.Dispose();

    /// <summary>As any wallet derives them from the phrase (BIP39, BIP44): the keys were computed with Python's hashlib and nothing of this project.</summary>
    [Fact]
    public void Accounts_AreThoseOfThePhrase_ForEver()
    {
        var addresses = DevAccounts.Funded.Select(account => account.AddressOn(Profiles.PrivateAddressFormat).ToString()).ToList();
        Assert.Equal(10, addresses.Distinct().Count());
        Assert.Equal(["1LVBFnaUCgJt8p4183zgr27toVoxK2Jj96", "16QSWSjranzv62gYrJrmgtyfuv2MuQu8ai"], addresses.Take(2));
        Assert.Equal(
            ["L1P4paEJQbxVf3nLicaEMv5e1aQx6DUskV3U4wyJLe68T3nwTnnA", "KyuGWo7UgEMMJebPk5UCK1cb4d889uReLPC5Awah7yanF21GpQCg", "L2ErWEwdpFKS3yUbJkHPLNV18nbDDEHivMEmQNqXHiAhK1y9tEza"],
            DevAccounts.Funded.Take(3).Select(account => account.Key.ToWif(128)));
    }

    [Fact]
    public void Chain_PaysTheAccounts_AndIsKnownAgain()
    {
        var p = DevChain.Create(TimeProvider.System);
        Assert.Null(BlockRules.CheckGenesis(p));
        Assert.True(DevChain.IsOne(p));
        Assert.True(DevChain.IsOne(GenesisFile.TryParse(GenesisFile.Write(p), out _)!));
        Assert.False(DevChain.IsOne(FreshChain.Create()));
        Assert.False(DevChain.IsOne(Profiles.Regtest));
    }

    [Fact]
    public void Note_WrittenAndRead()
    {
        var note = new DevNote(3005, _home.Sub("chain data"), IsTemporary: false) { CookiePath = "/somewhere/cookie" };
        note.Write(Variable);
        Assert.Equal(note, Assert.Single(DevNote.ReadAll(Variable)));
        Assert.False(note.IsRunning());
        note.Remove(Variable);
        Assert.Empty(DevNote.ReadAll(Variable));
        Assert.True(Directory.Exists(note.Folder));
    }

    [Fact]
    public void TemporaryFolder_MadeByDev_GoesWithItsNote()
    {
        var folder = DevFolder.Create();
        Directory.CreateDirectory(Path.Combine(folder, "snapshots"));
        File.WriteAllText(Path.Combine(folder, "blockchain_3005.db"), "");
        var note = new DevNote(3005, folder, IsTemporary: true);
        note.Write(Variable);
        Assert.Contains("The next 'chain dev' removes", NetChecks.Dev(Variable)!.Advice, StringComparison.Ordinal);
        Assert.True(note.Remove(Variable));
        Assert.False(Directory.Exists(folder));
        Assert.Empty(DevNote.ReadAll(Variable));
        Assert.True(note.Remove(Variable));
    }

    /// <summary>A note may be old, or wrong: what 'chain dev' did not make beyond doubt stays.</summary>
    [Theory]
    [InlineData("no mark")]
    [InlineData("another name")]
    [InlineData("open to others")]
    [InlineData("a link")]
    [InlineData("a mark that is a link")]
    [InlineData("a way round")]
    public void TemporaryFolder_OfAnother_Stays(string kind)
    {
        if (OperatingSystem.IsWindows()) return;
        var folder = DevFolder.Create();
        var (marker, named) = (Path.Combine(folder, DevFolder.Marker), folder);
        File.WriteAllText(Path.Combine(folder, "thesis"), "years of work");
        switch (kind)
        {
            case "no mark":
                File.Delete(marker);
                break;
            case "another name":
                named = _home.PathOf("mine");
                Directory.Move(folder, named);
                folder = named;
                break;
            case "open to others":
                File.SetUnixFileMode(folder, Open | UnixFileMode.OtherRead);
                break;
            case "a link":
                named = _home.PathOf("chain-dev-link");
                Directory.CreateSymbolicLink(named, folder);
                break;
            case "a mark that is a link":
                File.Move(marker, _home.PathOf("mark"));
                File.CreateSymbolicLink(marker, _home.PathOf("mark"));
                break;
            case "a way round":
                named = Path.Combine(Path.GetDirectoryName(folder)!, "x", "..", Path.GetFileName(folder));
                break;
        }

        try
        {
            var note = new DevNote(3005, named, IsTemporary: true);
            note.Write(Variable);
            var finding = NetChecks.Dev(Variable)!;
            Assert.Contains(named, finding.Found, StringComparison.Ordinal);
            Assert.DoesNotContain("'chain dev' removes", finding.Advice, StringComparison.Ordinal);
            Assert.False(note.Remove(Variable));
            Assert.Equal("years of work", File.ReadAllText(Path.Combine(folder, "thesis")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Note_ThatDoesNotRead_IsNone()
    {
        new DevNote(3005, "/nowhere", IsTemporary: false).Write(Variable);
        foreach (var text in new[] { "", "{", "[]", "{}", """{"node": "x", "folder": "/"}""", """{"node": 3005}""" })
        {
            File.WriteAllText(Path.Combine(_home.PathOf("chain"), "dev_3005.json"), text);
            Assert.Empty(DevNote.ReadAll(Variable));
        }
    }

    [Fact]
    public void Folder_ThatOthersMayWrite_CountsForNothing()
    {
        if (OperatingSystem.IsWindows()) return;
        new DevNote(3005, "/nowhere", IsTemporary: false).Write(Variable);
        Assert.Single(DevNote.ReadAll(Variable));
        File.SetUnixFileMode(_home.PathOf("chain"), Open);
        Assert.Empty(DevNote.ReadAll(Variable));
        var failure = Assert.Throws<CommandException>(() => UserFolder.Open(Variable));
        Assert.Contains("not yours alone", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_ThatIsALink_CountsForNothing()
    {
        if (OperatingSystem.IsWindows()) return;
        new DevNote(3005, "/nowhere", IsTemporary: false).Write(Variable);
        Directory.Move(_home.PathOf("chain"), _home.PathOf("moved"));
        Directory.CreateSymbolicLink(_home.PathOf("chain"), _home.PathOf("moved"));
        Assert.Empty(DevNote.ReadAll(Variable));
    }
}
