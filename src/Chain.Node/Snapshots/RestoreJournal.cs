using System.Text.Json;
using Chain.Node.Wallet;
using Chain.State.Storage;

namespace Chain.Node.Snapshots;

/// <summary>
/// What a restore is about to do, in <c>restore.json</c> of the data directory. From the moment that it stands there, the
/// restore is decided: if it is cut off, the next command goes on with it. Before that moment nothing of the old is touched.
/// </summary>
/// <param name="Version">The form of this file.</param>
/// <param name="Staged">The folder in the data directory in which the new files wait, whole and on the disk.</param>
/// <param name="Remove">The files that go.</param>
/// <param name="Put">The files that come, in the place of those of the same name.</param>
/// <param name="Databases">The databases that nobody may have open meanwhile.</param>
internal sealed record RestoreJournal(int Version, string Staged, IReadOnlyList<string> Remove, IReadOnlyList<string> Put, IReadOnlyList<string> Databases)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "restore.json";

    /// <summary>The version that is written.</summary>
    public const int CurrentVersion = 1;

    private const string StagePrefix = ".restore-";

    /// <summary>Clears away what earlier restores have left that were never decided. Only who holds the folder may, with no restore to finish.</summary>
    public static void ClearStages(string folder)
    {
        foreach (var left in Directory.GetDirectories(folder, StagePrefix + "*")) Directory.Delete(left, recursive: true);
    }

    /// <summary>Makes an empty folder for new files.</summary>
    public static string CreateStage(string folder)
    {
        var path = Path.Combine(folder, StagePrefix + System.Security.Cryptography.RandomNumberGenerator.GetHexString(8, lowercase: true));
        PrivateFile.CreateFolder(path);
        return path;
    }

    /// <summary>
    /// Decides the restore and does it; nobody may have one of the databases open. Throws, before anything is decided, where the next
    /// command would not go on with it. <paramref name="beforeStep"/> sees each step come.
    /// </summary>
    public void Begin(string folder, Action<string>? beforeStep = null)
    {
        if (FindFault(folder) is { } fault) throw new CommandException($"Nothing was restored, since it could not be finished if it were cut off: {fault}.");
        beforeStep?.Invoke("decide");
        AtomicFile.FlushDirectory(Path.Combine(folder, Staged));
        AtomicFile.Write(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, SnapshotJson.Default.RestoreJournal));
        Apply(folder, beforeStep);
    }

    /// <summary>
    /// Goes on with a restore that was cut off, where there is one: what every command does before it looks at a database. False
    /// while another process is at it, or has one of the databases.
    /// </summary>
    public static bool TryFinish(string folder)
    {
        if (!File.Exists(Path.Combine(folder, FileName))) return true;
        using var held = FolderLock.TryTake(folder);
        return held is not null && TryFinishUnderLock(folder);
    }

    /// <summary>The same for who holds the folder. Throws where one of the databases is in use.</summary>
    public static void FinishUnderLock(string folder)
    {
        if (!TryFinishUnderLock(folder))
            throw new CommandException($"A restore was cut off, and cannot be finished while a process uses a database in {folder}. End it, and try again.");
    }

    private static bool TryFinishUnderLock(string folder)
    {
        if (Read(folder) is not { } journal) return true;
        var locks = new List<DatabaseLock>();
        try
        {
            foreach (var name in journal.Databases)
            {
                if (DatabaseLock.TryTake(Path.Combine(folder, name), Environment.ProcessId, httpPort: 0) is not { } taken) return false;
                locks.Add(taken);
            }

            journal.Apply(folder, beforeStep: null);
            return true;
        }
        finally
        {
            foreach (var taken in locks) taken.Dispose();
        }
    }

    private static RestoreJournal? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        try
        {
            var journal = JsonSerializer.Deserialize(File.ReadAllBytes(path), SnapshotJson.Default.RestoreJournal) ?? throw new JsonException("it is empty");
            return journal.FindFault(folder) is { } fault ? throw new JsonException($"{fault}.") : journal;
        }
        catch (JsonException e)
        {
            throw new CommandException($"{path}, which says how a restore goes on that was cut off, does not read: {e.Message} Remove it, and restore again.", e);
        }
    }

    /// <summary>What it says that makes no sense: a restore touches files of nodes and its own folder, and nothing else. Null where all does.</summary>
    private string? FindFault(string folder)
    {
        if (Version != CurrentVersion) return $"it was written by another version of this program (format {Version}, this one reads {CurrentVersion})";
        foreach (var name in Remove.Concat(Put).Concat(Databases))
        {
            if (!SnapshotChecks.IsOfNodes(name)) return $"'{SnapshotChecks.Printable(name ?? "")}' is no file of a node";
        }

        return Staged.StartsWith(StagePrefix, StringComparison.Ordinal) && Path.GetFileName(Staged) == Staged && new DirectoryInfo(Path.Combine(folder, Staged)).LinkTarget is null
            ? null
            : "the folder of the new files makes no sense";
    }

    /// <summary>Each step may have been done before.</summary>
    private void Apply(string folder, Action<string>? beforeStep)
    {
        var staged = Path.Combine(folder, Staged);
        foreach (var name in Remove)
        {
            beforeStep?.Invoke($"remove {name}");
            File.Delete(Path.Combine(folder, name));
        }

        foreach (var name in Put)
        {
            beforeStep?.Invoke($"put {name}");
            if (File.Exists(Path.Combine(staged, name))) File.Move(Path.Combine(staged, name), Path.Combine(folder, name), overwrite: true);
            else if (!File.Exists(Path.Combine(folder, name))) throw new CommandException($"A restore was cut off and cannot be finished: {name} is gone from {staged}. Remove {Path.Combine(folder, FileName)}, and restore again.");
        }

        AtomicFile.FlushDirectory(folder);
        beforeStep?.Invoke("end");
        File.Delete(Path.Combine(folder, FileName));
        AtomicFile.FlushDirectory(folder);
        if (Directory.Exists(staged)) Directory.Delete(staged, recursive: true);
    }
}
