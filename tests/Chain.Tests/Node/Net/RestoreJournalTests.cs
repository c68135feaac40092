using Chain.Node.Snapshots;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Net;

/// <summary>A restore that is cut off at each of its steps.</summary>
public sealed class RestoreJournalTests
{
    private const int Steps = 6;

    private static readonly (string Name, string Text)[] Old = [("a", "old a"), ("b", "old b"), ("gone", "old gone")];

    private static readonly (string Name, string Text)[] New = [("a", "new a"), ("b", "new b"), ("c", "new c")];

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
        Assert.Throws<TimeoutException>(() => Prepare(folder).Begin(folder.Root, CutOff("put a")));
        using (Chain.State.Storage.DatabaseLock.TryTake(folder.PathOf("a"), Environment.ProcessId, httpPort: 0)) Assert.False(RestoreJournal.TryFinish(folder.Root));
        Assert.True(RestoreJournal.TryFinish(folder.Root));
        Assert.Equal(New, Contents(folder));
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
        return new RestoreJournal(RestoreJournal.CurrentVersion, Path.GetFileName(stage), ["gone"], [.. New.Select(file => file.Name)], ["a"]);
    }

    private static (string Name, string Text)[] Contents(DataFolder folder) =>
        [.. Directory.GetFiles(folder.Root).Where(path => !path.EndsWith(".lock", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(path => (Path.GetFileName(path), File.ReadAllText(path)))];
}
