using System.Text.Json.Nodes;
using Chain.Node.Snapshots;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Net;

/// <summary>A restore that is cut off at each of its steps.</summary>
public sealed class RestoreJournalTests
{
    private const int Steps = 6;

    private static readonly (string Name, string Text)[] Old = [("Wallets_3000.dat", "old a"), ("blockchain_3000.db", "old b"), ("peers_3000.json", "old gone")];

    private static readonly (string Name, string Text)[] New = [("Wallets_3000.dat", "new a"), ("blockchain_3000.db", "new b"), ("genesis.json", "new c")];

    /// <summary>Before the first step nothing was decided; after it the next command finishes the rest, however often it is cut off.</summary>
    [Fact]
    public void Begin_CutOffAtAnyStep_OldBeforeTheFirstAndNewAfterwards()
    {
        var seen = 0;
        for (var step = 0; step <= Steps; step++)
        {
            using var folder = new DataFolder();
            var journal = Prepare(folder);
            var left = step;
            var wasCut = false;
            try
            {
                journal.Begin(folder.Root, CutOff(() => left-- == 0));
            }
            catch (TimeoutException)
            {
                wasCut = true;
            }

            Assert.Equal(step < Steps, wasCut);
            seen += wasCut ? 1 : 0;
            Assert.True(RestoreJournal.TryFinish(folder.Root));
            Assert.Equal(step == 0 ? Old : New, Contents(folder));
            Assert.False(File.Exists(folder.PathOf(RestoreJournal.FileName)));
            if (step > 0) Assert.Empty(Directory.GetDirectories(folder.Root));
        }

        Assert.Equal(Steps, seen);
    }

    [Fact]
    public void TryFinish_WhileAnotherHoldsTheFolder_IsFalse()
    {
        using var folder = new DataFolder();
        Assert.Throws<TimeoutException>(() => Prepare(folder).Begin(folder.Root, CutOff("end")));
        using (Chain.Node.FolderLock.TryTake(folder.Root)) Assert.False(RestoreJournal.TryFinish(folder.Root));
        Assert.True(RestoreJournal.TryFinish(folder.Root));
    }

    [Fact]
    public void TryFinish_WhileADatabaseIsInUse_IsFalse()
    {
        using var folder = new DataFolder();
        Assert.Throws<TimeoutException>(() => Prepare(folder).Begin(folder.Root, CutOff("put Wallets_3000.dat")));
        using (Chain.State.Storage.DatabaseLock.TryTake(folder.PathOf("blockchain_3000.db"), Environment.ProcessId, httpPort: 0)) Assert.False(RestoreJournal.TryFinish(folder.Root));
        Assert.True(RestoreJournal.TryFinish(folder.Root));
        Assert.Equal(New, Contents(folder));
    }

    /// <summary>A folder that somebody else has filled must not make a command touch other files, or follow a link.</summary>
    [Theory]
    [InlineData("chain.conf")]
    [InlineData("../x")]
    [InlineData("restore.json")]
    [InlineData("Wallets_3000.dat/../../x")]
    [InlineData("Wallets_3000.dat\n")]
    [InlineData(null)]
    public void TryFinish_AJournalOfOtherFiles_IsRefused(string? name)
    {
        using var folder = new DataFolder();
        var text = new JsonObject
        {
            ["version"] = RestoreJournal.CurrentVersion,
            ["staged"] = Prepare(folder).Staged,
            ["remove"] = new JsonArray(name),
            ["put"] = new JsonArray(),
            ["databases"] = new JsonArray("blockchain_3000.db"),
        };
        folder.Write(RestoreJournal.FileName, text.ToJsonString());
        Assert.Contains("does not read", Assert.Throws<global::Chain.Node.CommandException>(() => RestoreJournal.TryFinish(folder.Root)).Message, StringComparison.Ordinal);
    }

    /// <summary>What the next command would not go on with is not begun.</summary>
    [Fact]
    public void Begin_AFileThatIsNoNodes_IsRefusedBeforeAnythingIsDecided()
    {
        using var folder = new DataFolder();
        var journal = Prepare(folder) with { Remove = ["Wallets_3000.dat~"] };
        var failure = Assert.Throws<global::Chain.Node.CommandException>(() => journal.Begin(folder.Root));
        Assert.Contains("'Wallets_3000.dat~' is no file of a node", failure.Message, StringComparison.Ordinal);
        Assert.Equal(Old, Contents(folder));
    }

    [Fact]
    public void TryFinish_AStageThatIsALink_IsRefused()
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = new DataFolder();
        var journal = Prepare(folder);
        Assert.Throws<TimeoutException>(() => journal.Begin(folder.Root, CutOff("put Wallets_3000.dat")));
        Directory.Move(folder.PathOf(journal.Staged), folder.PathOf("elsewhere"));
        Directory.CreateSymbolicLink(folder.PathOf(journal.Staged), folder.PathOf("elsewhere"));
        Assert.Throws<global::Chain.Node.CommandException>(() => RestoreJournal.TryFinish(folder.Root));
        Assert.Equal("old a", File.ReadAllText(folder.PathOf("Wallets_3000.dat")));
    }

    private static Action<string> CutOff(string at) => step =>
    {
        if (step == at) throw new TimeoutException();
    };

    private static Action<string> CutOff(Func<bool> when) => _ =>
    {
        if (when()) throw new TimeoutException();
    };

    private static RestoreJournal Prepare(DataFolder folder)
    {
        foreach (var (name, text) in Old) folder.Write(name, text);
        var stage = RestoreJournal.CreateStage(folder.Root);
        foreach (var (name, text) in New) File.WriteAllText(Path.Combine(stage, name), text);
        return new RestoreJournal(RestoreJournal.CurrentVersion, Path.GetFileName(stage), ["peers_3000.json"], [.. New.Select(file => file.Name)], ["blockchain_3000.db"]);
    }

    private static (string Name, string Text)[] Contents(DataFolder folder) =>
        [.. Directory.GetFiles(folder.Root).Where(path => !path.EndsWith(".lock", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(path => (Path.GetFileName(path), File.ReadAllText(path)))];
}
