using System.Runtime.InteropServices;
using Chain.Core.Cryptography;
using Chain.State.Storage;

namespace Chain.Node.Commands.Doctor;

/// <summary>Whether the machine has what the program needs.</summary>
internal static class MachineChecks
{
    private const long LittleSpace = 1L << 30;
    private const long TooLittleSpace = 64L << 20;

    public static IEnumerable<Finding> All(NodeSettings settings)
    {
        yield return Finding.Good("program", $"chain {typeof(MachineChecks).Assembly.GetName().Version!.ToString(3)}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
        yield return Library("libsecp256k1", Secp256k1.Load, "signatures can be made and checked", "Install it: on Debian and Ubuntu 'apt-get install libsecp256k1-1' (or -2).");
        yield return Library("SQLite", () => _ = SqliteDatabase.LibraryVersion, "databases can be opened", "Install it: on Debian and Ubuntu 'apt-get install libsqlite3-0'.");
        yield return Folder(settings.DataDirectory);
        if (Space(settings.DataDirectory) is { } space) yield return space;
    }

    private static Finding Library(string name, Action load, string good, string advice)
    {
        try
        {
            load();
            return Finding.Good(name, good);
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or EntryPointNotFoundException or BadImageFormatException)
        {
            return Finding.Problem(name, $"the library cannot be loaded: {e.GetBaseException().Message}", advice);
        }
    }

    private static Finding Folder(string path)
    {
        if (!Directory.Exists(path)) return Finding.Note("data directory", $"{path} does not exist yet", "It is made when it is first needed.");
        try
        {
            _ = Directory.EnumerateFileSystemEntries(path).Any();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Problem("data directory", $"{path} cannot be read: {e.Message}", "Change its owner or its mode, call the command as the user to whom it belongs, or name another with --datadir.");
        }

        var probe = Path.Combine(path, $".doctor.{Environment.ProcessId}.tmp");
        try
        {
            File.WriteAllText(probe, "");
            File.Delete(probe);
            return Finding.Good("data directory", $"{path} can be written");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Problem("data directory", $"{path} cannot be written: {e.Message}", "Change its owner or its mode, or name another with --datadir. Commands that only look work all the same.");
        }
    }

    private static Finding? Space(string path)
    {
        try
        {
            var drive = new DriveInfo(Directory.Exists(path) ? path : Path.GetPathRoot(path)!);
            var free = $"{drive.AvailableFreeSpace / 1_000_000} MB free";
            return drive.AvailableFreeSpace < TooLittleSpace ? Finding.Problem("disk", free, "Make room, or move the data directory.")
                : drive.AvailableFreeSpace < LittleSpace ? Finding.Note("disk", free, "Make room before the chain needs it.")
                : Finding.Good("disk", free);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
