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
    private const int MaxAtOnce = 16_384;

    private readonly TextWriter _writer;
    private readonly TimeProvider _clock;
    private readonly object _gate = new();
    private readonly Queue<string> _lines = new();
    private readonly Thread _thread;
    private bool _isClosed;

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
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }

        _thread.Join();
    }

    private void Write(LogLevel level, string message, Exception? exception)
    {
        var time = _clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var text = exception is null ? message : $"{message}: {exception.GetType().Name}: {exception.Message}";
        Add($"{time} {Name(level)} {text.ReplaceLineEndings(" ")}");
    }

    /// <summary>A line that comes after the end is lost. A plain monitor, since nothing here may spin beside those who work.</summary>
    private void Add(string line)
    {
        lock (_gate)
        {
            while (_lines.Count >= MaxWaiting && !_isClosed) Monitor.Wait(_gate);
            if (_isClosed) return;
            _lines.Enqueue(line);
            if (_lines.Count == 1) Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Takes what waits, up to a size; false at the end.</summary>
    private bool Take(StringBuilder text)
    {
        lock (_gate)
        {
            while (_lines.Count == 0 && !_isClosed) Monitor.Wait(_gate);
            var wasFull = _lines.Count >= MaxWaiting;
            while (text.Length < MaxAtOnce && _lines.TryDequeue(out var line)) text.Append(line).Append('\n');
            if (wasFull) Monitor.PulseAll(_gate);
        }

        return text.Length > 0;
    }

    private void WriteLines()
    {
        var text = new StringBuilder();
        while (Take(text))
        {
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
