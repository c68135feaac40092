using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Logging;

/// <summary>
/// Writes each event as one line to stderr: time in UTC, level, text; of an exception only what it says. A thread of its own
/// writes them, several at once where they come quickly, so that who logs waits only where far too many wait already.
/// </summary>
public sealed class StderrLoggerProvider : ILoggerProvider
{
    private const int MaxWaiting = 10_000;

    private readonly TextWriter _writer;
    private readonly TimeProvider _clock;
    private readonly BlockingCollection<string> _lines = new(MaxWaiting);
    private readonly Thread _thread;

    /// <summary>Creates a provider over a writer, which several threads share.</summary>
    public StderrLoggerProvider(TextWriter writer, TimeProvider clock)
    {
        _writer = writer;
        _clock = clock;
        _thread = new Thread(WriteLines) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new LineLogger(this);

    /// <summary>Writes what waits.</summary>
    public void Dispose()
    {
        _lines.CompleteAdding();
        _thread.Join();
        _lines.Dispose();
    }

    private void Write(LogLevel level, string message, Exception? exception)
    {
        var time = _clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var text = exception is null ? message : $"{message}: {exception.GetType().Name}: {exception.Message}";
        try
        {
            _lines.Add($"{time} {Name(level)} {text.ReplaceLineEndings(" ")}");
        }
        catch (InvalidOperationException)
        {
            // The log is closed: the program is at its end.
        }
    }

    private void WriteLines()
    {
        var text = new StringBuilder();
        foreach (var line in _lines.GetConsumingEnumerable())
        {
            text.Append(line).Append('\n');
            while (text.Length < 16_384 && _lines.TryTake(out var next)) text.Append(next).Append('\n');
            try
            {
                _writer.Write(text);
                _writer.Flush();
            }
            catch (IOException)
            {
                // Nobody reads the log any more; that must not end the node.
            }

            text.Clear();
        }
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "fatal",
    };

    private sealed class LineLogger(StderrLoggerProvider provider) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            provider.Write(logLevel, formatter(state, exception), exception);
    }
}
