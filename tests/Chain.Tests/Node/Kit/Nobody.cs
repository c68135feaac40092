namespace Chain.Tests.Node.Kit;

/// <summary>Commands as a user to whom nothing belongs, where the tests run as the administrator, whom no mode keeps out.</summary>
internal static class Nobody
{
    private const string Id = "65534";

    private const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode Enter = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>What keeps such commands from being run here; null where nothing does.</summary>
    public static string? Obstacle =>
        !OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess ? "Only the administrator of a Linux machine can become another user."
        : !File.Exists("/usr/bin/setpriv") ? "setpriv is not installed."
        : !IsOpen(AppContext.BaseDirectory) ? $"Other users may not enter {AppContext.BaseDirectory}."
        : null;

    /// <summary>Lets others read a folder and what is in it, but no secret, and write nothing.</summary>
    public static void MayRead(DataFolder folder)
    {
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(folder.Root, ForAll | Enter);
    }

    /// <summary>Lets others read a file as well.</summary>
    public static void MayReadFile(string path)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, ForAll);
    }

    /// <summary>Runs a command as that user.</summary>
    public static Task<CliResult> RunAsync(params string[] arguments)
    {
        var start = ChainProgram.Command(arguments);
        foreach (var word in new[] { start.FileName, "env", "--clear-groups", Id, "--regid", Id, "--reuid" }) start.ArgumentList.Insert(0, word);
        start.FileName = "/usr/bin/setpriv";
        start.Environment["HOME"] = Path.GetTempPath();
        return Cli.FinishAsync(start);
    }

    private static bool IsOpen(string path)
    {
        for (var at = new DirectoryInfo(path); at is not null; at = at.Parent)
        {
            if ((at.UnixFileMode & UnixFileMode.OtherExecute) == 0) return false;
        }

        return true;
    }
}

/// <summary>A test that becomes another user: skipped, with the reason, where it cannot.</summary>
public sealed class NobodyFactAttribute : FactAttribute
{
    public NobodyFactAttribute() => Skip = Nobody.Obstacle;
}
