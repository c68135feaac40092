using System.CommandLine;
using System.Diagnostics;
using Chain.Node.Commands;

namespace Chain.Tests.Node.Kit;

/// <summary>What a command gave.</summary>
internal sealed record CliResult(int Status, string Output, string Error)
{
    /// <summary>The text behind the last space of the output's first line: the address or the amount that a command tells.</summary>
    public string LastWord => Output.Split('\n')[0].Split(' ')[^1];
}

/// <summary>Runs commands: inside the test, which is fast, or as processes.</summary>
internal static class Cli
{
    /// <summary>Options are shared by all trees of commands of a process, which has one; the tests here take turns.</summary>
    private static readonly SemaphoreSlim Turn = new(1, 1);

    /// <summary>Runs a command inside the test.</summary>
    public static async Task<CliResult> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        await Turn.WaitAsync();
        using var patience = new CancellationTokenSource(Eventually.Patience);
        try
        {
            var status = await CommandLine.RunAsync(arguments, output, error, TimeProvider.System, patience.Token);
            return new CliResult(status, output.ToString(), error.ToString());
        }
        finally
        {
            Turn.Release();
        }
    }

    /// <summary>Looks at the tree of commands while nobody else does.</summary>
    public static async Task<T> InTurnAsync<T>(Func<RootCommand, T> look)
    {
        using var words = new StringWriter();
        await Turn.WaitAsync();
        try
        {
            return look(CommandTree.Create(new CommandConsole(words, words, TextReader.Null, TimeProvider.System)));
        }
        finally
        {
            Turn.Release();
        }
    }

    /// <summary>Runs a command that must succeed inside the test.</summary>
    public static async Task<CliResult> DoAsync(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.True(result.Status == 0, $"chain {string.Join(' ', arguments)}: status {result.Status}, {result.Error}");
        return result;
    }

    /// <summary>Runs a command as a process.</summary>
    public static Task<CliResult> ProcessAsync(params string[] arguments) => ProcessAsync(null, arguments);

    /// <summary>Runs a command as a process with this on its stdin.</summary>
    public static Task<CliResult> ProcessWithInputAsync(string input, params string[] arguments) => ProcessAsync(null, input, arguments);

    /// <summary>Runs a command as a process with further variables.</summary>
    public static Task<CliResult> ProcessAsync(IReadOnlyDictionary<string, string>? environment, params string[] arguments) => ProcessAsync(environment, "", arguments);

    private static Task<CliResult> ProcessAsync(IReadOnlyDictionary<string, string>? environment, string input, string[] arguments)
    {
        var start = ChainProgram.Command(arguments);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return FinishAsync(start, input);
    }

    /// <summary>Runs a process to its end, with this on its stdin.</summary>
    public static async Task<CliResult> FinishAsync(ProcessStartInfo start, string input = "")
    {
        var process = ChainProgram.Start(start, input);
        try
        {
            using var patience = new CancellationTokenSource(Eventually.Patience);
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var error = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return new CliResult(process.ExitCode, await output, await error);
        }
        finally
        {
            ChainProgram.Kill(process);
            ChainProgram.Forget(process);
        }
    }
}
