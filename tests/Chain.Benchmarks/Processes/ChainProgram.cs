using System.Diagnostics;

namespace Chain.Benchmarks.Processes;

/// <summary>Ways to start the executable <c>chain</c>, and this program as a child of itself.</summary>
public static class ChainProgram
{
    private const string Output = "artifacts/published";

    private static readonly Lazy<Task<IReadOnlyList<string>>> Publication = new(PublishAsync);

    private static string Host => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>The build beside this program.</summary>
    public static IReadOnlyList<string> Built { get; } = [Host, Path.Combine(AppContext.BaseDirectory, "chain.dll")];

    /// <summary>The executable as a user gets it, self-contained and compiled ahead (ReadyToRun): published once from the sources.</summary>
    public static Task<IReadOnlyList<string>> PublishedAsync() => Publication.Value;

    /// <summary>This program.</summary>
    public static IReadOnlyList<string> This { get; } = [Host, typeof(ChainProgram).Assembly.Location];

    /// <summary>How to start a command with these arguments; it finds node and folder only in them.</summary>
    public static ProcessStartInfo Start(IReadOnlyList<string> command, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in command.Skip(1).Concat(arguments)) start.ArgumentList.Add(argument);
        start.Environment.Remove("NODE_ID");
        start.Environment.Remove("CHAIN_DATADIR");
        return start;
    }

    /// <summary>Runs a command to its end and gives what it printed. Throws where its status is not 0.</summary>
    public static async Task<string> RunAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        await process.WaitForExitAsync().ConfigureAwait(false);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{string.Join(' ', start.ArgumentList)}: status {process.ExitCode}\n{output}{await error.ConfigureAwait(false)}");
    }

    private static async Task<IReadOnlyList<string>> PublishAsync()
    {
        await RunAsync(Start(["dotnet", "publish"],
        [
            "src/Chain.Node", "-c", "Release", "-r", "linux-x64", "--self-contained", "-p:PublishReadyToRun=true", "--artifacts-path", Output, "-v", "quiet",
        ])).ConfigureAwait(false);
        return [Path.GetFullPath(Path.Combine(Output, "publish", "Chain.Node", "release_linux-x64", "chain"))];
    }
}
