using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Chain.Node.Commands.Net;

/// <summary>Processes that live on when the command that started them has ended, as Unix has them.</summary>
internal static partial class PosixProcess
{
    private const int Sigterm = 15;

    /// <summary>Whether there are such processes here.</summary>
    public static bool IsSupported => !OperatingSystem.IsWindows();

    /// <summary>Makes this process the leader of a session of its own: no terminal's Ctrl-C, nor its end, reaches it any more.</summary>
    public static void LeaveTerminal()
    {
        // Where it leads a group already, as a shell's job does, it stays in its session.
        if (IsSupported) _ = SetSession();
    }

    /// <summary>Starts this program with other arguments, without input, its words added to a file.</summary>
    public static Process Start(IEnumerable<string> arguments, string logPath)
    {
        // The shell opens the files and then becomes the program: .NET itself could only give it pipes of ours.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        foreach (var word in (string[])["-c", "exec \"$@\" </dev/null >/dev/null 2>>\"$0\"", logPath, .. Program(), .. arguments]) start.ArgumentList.Add(word);
        try
        {
            return Process.Start(start) ?? throw new CommandException("The system started no process.");
        }
        catch (Win32Exception e)
        {
            throw new CommandException($"No process could be started: {e.Message}", e);
        }
    }

    /// <summary>Asks a process to end (SIGTERM); nothing where it has.</summary>
    public static void Terminate(int processId) => _ = Signal(processId, Sigterm);

    /// <summary>How this program is started: its executable, or the .NET host with its assembly.</summary>
    private static string[] Program()
    {
        var assembly = typeof(PosixProcess).Assembly;
        var own = Environment.ProcessPath;
        var name = Path.GetFileNameWithoutExtension(own);
        var file = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".dll");
        if (own is not null && (name == assembly.GetName().Name || !File.Exists(file))) return [own];
        return [name == "dotnet" ? own! : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", file];
    }

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int SetSession();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int processId, int signal);
}
