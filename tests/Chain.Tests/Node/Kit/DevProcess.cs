using System.Diagnostics;
using System.Text.Json.Nodes;
using Chain.Node.Dev;
using Xunit.Sdk;

namespace Chain.Tests.Node.Kit;

/// <summary>A dev chain as a process, whose notes lie in a folder of the test's own, so that no other chain is met.</summary>
internal sealed class DevProcess : IAsyncDisposable
{
    private const int Attempts = 10;

    private readonly Process _process;
    private readonly LineLog _output = new();
    private readonly LineLog _error = new();

    private DevProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, e) => Keep(_output, e.Data);
        process.ErrorDataReceived += (_, e) => Keep(_error, e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it told at its start.</summary>
    public JsonObject Banner { get; private set; } = [];

    public int NodeId => Banner["node"]!.GetValue<int>();

    public string Folder => Banner["folder"]!.GetValue<string>();

    /// <summary>The variables with which it and other commands are run.</summary>
    public static Dictionary<string, string> Variables(DataFolder home) => new() { [UserFolder.RuntimeVariable] = home.Root };

    /// <summary>Starts one on free ports and waits until it has told that it is up.</summary>
    public static async Task<DevProcess> StartAsync(DataFolder home, params string[] more)
    {
        for (var attempt = 1; ; attempt++)
        {
            var dev = new DevProcess(ChainProgram.Start(Command(home, ["dev", "--json", "--port", $"{FreePorts.Next()}", "--http-port", $"{FreePorts.Next()}", .. more])));
            try
            {
                // A document ends with a line that closes it.
                await Eventually.TrueAsync(() => dev._output.From(0).Contains("}") || dev._process.HasExited, () => "the dev chain is up\n" + dev._error.Tail());
                if (!dev._process.HasExited)
                {
                    dev.Banner = JsonNode.Parse(string.Join('\n', dev._output.From(0)))!.AsObject();
                    return dev;
                }

                await dev._process.WaitForExitAsync();
                if (attempt == Attempts || dev._error.Find("cannot be used") is null) throw new XunitException("the dev chain ended at its start\n" + dev._error.Tail());
            }
            catch
            {
                await dev.DisposeAsync();
                throw;
            }

            await dev.DisposeAsync();
        }
    }

    /// <summary>Runs a command in a folder, with no word about where the chain is.</summary>
    public static Task<CliResult> RunAsync(DataFolder home, string folder, string line)
    {
        return Cli.FinishAsync(Command(home, line.Split(' '), folder));
    }

    public async Task KillAsync()
    {
        ChainProgram.Kill(_process);
        await _process.WaitForExitAsync();
    }

    /// <summary>As Ctrl-C: it must end with status 0.</summary>
    public async Task InterruptAsync()
    {
        ChainProgram.Interrupt(_process);
        await WaitForEndAsync();
    }

    /// <summary>It ends by itself, with status 0.</summary>
    public async Task WaitForEndAsync()
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        await _process.WaitForExitAsync(patience.Token);
        Assert.True(_process.ExitCode == 0, $"status {_process.ExitCode}\n{_error.Tail()}");
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        ChainProgram.Forget(_process);
        if (Banner["temporary"]?.GetValue<bool>() == true && Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    private static ProcessStartInfo Command(DataFolder home, IEnumerable<string> arguments, string? folder = null)
    {
        var start = ChainProgram.Command(arguments);
        foreach (var (name, value) in Variables(home)) start.Environment[name] = value;
        start.WorkingDirectory = folder ?? home.Root;
        return start;
    }

    private static void Keep(LineLog log, string? line)
    {
        if (line is not null) log.Add(line);
    }
}
