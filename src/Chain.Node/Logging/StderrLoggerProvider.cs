using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Logging;

/// <summary>Writes each event as one line to stderr: time in UTC, level, text; of an exception only what it says.</summary>
public sealed class StderrLoggerProvider : ILoggerProvider
{
    private readonly TextWriter _writer;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();

    /// <summary>Creates a provider over a writer, which several threads share.</summary>
    public StderrLoggerProvider(TextWriter writer, TimeProvider clock)
    {
        _writer = writer;
        _clock = clock;
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new LineLogger(this);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Write(LogLevel level, string message, Exception? exception)
    {
        var time = _clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var text = exception is null ? message : $"{message}: {exception.GetType().Name}: {exception.Message}";
        lock (_gate) _writer.WriteLine($"{time} {Name(level)} {text.ReplaceLineEndings(" ")}");
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
