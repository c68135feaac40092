using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Chain.Tests.Node.Kit;

/// <summary>
/// The program as it was built with the tests, or the executable that the variable CHAIN_PROGRAM names, and the processes of it
/// that run: none outlives the tests.
/// </summary>
internal static class ChainProgram
{
    private const int Sigint = 2;
    private const int Sigterm = 15;

    private static readonly string[] Program = Environment.GetEnvironmentVariable("CHAIN_PROGRAM") is { Length: > 0 } program
        ? [program]
        : [Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", System.IO.Path.Combine(AppContext.BaseDirectory, "chain.dll")];

    private static readonly ConcurrentDictionary<int, Process> Running = new();

    static ChainProgram() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var process in Running.Values) Kill(process);
    };

    /// <summary>How to start it with these arguments, which find node and folder only in them.</summary>
    public static ProcessStartInfo Command(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Program[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in Program.Skip(1).Concat(arguments)) start.ArgumentList.Add(argument);
        start.Environment.Remove("NODE_ID");
        start.Environment.Remove("CHAIN_DATADIR");
        return start;
    }

    /// <summary>Starts it with this on its stdin; <see cref="Forget"/> must follow when it has ended.</summary>
    public static Process Start(ProcessStartInfo start, string input = "")
    {
        var process = StartOpen(start);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        return process;
    }

    /// <summary>The same with a stdin that stays open.</summary>
    public static Process StartOpen(ProcessStartInfo start)
    {
        var process = Process.Start(start) ?? throw new InvalidOperationException("the program did not start");
        Running.TryAdd(process.Id, process);
        return process;
    }

    public static void Forget(Process process)
    {
        Running.TryRemove(process.Id, out _);
        process.Dispose();
    }

    /// <summary>SIGKILL; nothing where it has ended.</summary>
    public static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It was faster.
        }
    }

    public static void Interrupt(Process process) => Assert.Equal(0, Signal(process.Id, Sigint));

    public static void Terminate(Process process) => Assert.Equal(0, Signal(process.Id, Sigterm));

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Signal(int processId, int signal);
}
