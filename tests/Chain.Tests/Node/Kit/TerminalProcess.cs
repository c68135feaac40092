using System.Diagnostics;
using System.Text;

namespace Chain.Tests.Node.Kit;

/// <summary>The program in a terminal of its own, which script(1) gives it: what stands on the screen is read, keys are pressed.</summary>
internal sealed class TerminalProcess : IDisposable
{
    public const string CtrlC = "\x03";
    public const string CtrlD = "\x04";

    private readonly Process _process;
    private readonly StringBuilder _shown = new();
    private readonly char[] _buffer = new char[4_096];
    private readonly CancellationTokenSource _patience = new(Eventually.Patience);

    private TerminalProcess(Process process) => _process = process;

    /// <summary>
    /// Starts it; what the variables are does not depend on who runs the tests. It takes the shell's place: a shell that
    /// waited would end with a status of its own at Ctrl-C.
    /// </summary>
    public static TerminalProcess Start(string[] arguments, params (string Name, string Value)[] variables) => StartLine($"exec {LineOf(arguments)}", variables);

    /// <summary>The program's call as a shell reads it.</summary>
    public static string LineOf(string[] arguments)
    {
        var command = ChainProgram.Command(arguments);
        return string.Join(' ', command.ArgumentList.Prepend(command.FileName).Select(Quote));
    }

    /// <summary>A word as a shell reads it.</summary>
    public static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>Starts what a shell shall do there.</summary>
    public static TerminalProcess StartLine(string line, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("script") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-qefc");
        start.ArgumentList.Add(line);
        start.ArgumentList.Add("/dev/null");
        start.Environment.Remove("NODE_ID");
        start.Environment.Remove("CHAIN_DATADIR");
        start.Environment.Remove("NO_COLOR");
        start.Environment["SHELL"] = "/bin/sh";
        start.Environment["TERM"] = "xterm-256color";
        foreach (var (name, value) in variables) start.Environment[name] = value;
        return new TerminalProcess(ChainProgram.StartOpen(start));
    }

    /// <summary>Nobody will press a key.</summary>
    public void CloseKeys() => _process.StandardInput.Close();

    /// <summary>Reads until a text stands on the screen, or the program has ended.</summary>
    public async Task<bool> WaitForAsync(string text)
    {
        while (!_shown.ToString().Contains(text, StringComparison.Ordinal))
        {
            if (await _process.StandardOutput.ReadAsync(_buffer, _patience.Token) is not (> 0 and var count)) return false;
            _shown.Append(_buffer, 0, count);
        }

        return true;
    }

    /// <summary>Presses keys.</summary>
    public async Task TypeAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync(_patience.Token);
    }

    /// <summary>Its status, and all that stood on the screen.</summary>
    public async Task<(int Status, string Shown)> WaitForEndAsync()
    {
        _shown.Append(await _process.StandardOutput.ReadToEndAsync(_patience.Token));
        await _process.WaitForExitAsync(_patience.Token);
        return (_process.ExitCode, _shown.ToString());
    }

    public void Dispose()
    {
        ChainProgram.Kill(_process);
        ChainProgram.Forget(_process);
        _patience.Dispose();
    }
}
