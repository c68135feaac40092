using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Commands;

/// <summary>Shows how far a node is that fetches a chain: a bar below its log on a terminal, elsewhere a line in the log every few seconds.</summary>
internal sealed class SyncReport
{
    /// <summary>How often a line comes.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private const int BarWidth = 24;

    private readonly StatusWriter? _terminal;
    private readonly ILogger _log;
    private readonly TimeProvider _clock;
    private readonly Func<int> _width;
    private readonly bool _hasColor, _hasUnicode;
    private (long Time, int Height)? _begin;
    private long _lastLine;

    /// <summary>Shows it in the last line of a terminal, of the width that it has each time.</summary>
    public SyncReport(StatusWriter terminal, Func<int> width, bool hasColor, bool hasUnicode, ILogger log, TimeProvider clock)
        : this(log, clock) => (_terminal, _width, _hasColor, _hasUnicode) = (terminal, width, hasColor, hasUnicode);

    /// <summary>Shows it in lines of a log.</summary>
    public SyncReport(ILogger log, TimeProvider clock) => (_log, _clock, _width) = (log, clock, () => int.MaxValue);

    /// <summary>It is so far, or over.</summary>
    public void Show(SyncProgress progress)
    {
        if (progress.IsOver)
        {
            End(progress);
            return;
        }

        _begin ??= (_clock.GetTimestamp(), progress.Height);
        if (_terminal is not null)
        {
            _terminal.SetStatus(Line(progress));
        }
        else if (_lastLine == 0 || _clock.GetElapsedTime(_lastLine) >= Pause)
        {
            _lastLine = _clock.GetTimestamp();
            _log.Syncing(progress.Height, progress.Target, (int)(100 * progress.Part), Words(progress));
        }
    }

    /// <summary>Takes the bar away, as at the end of the program.</summary>
    public void Clear() => _terminal?.SetStatus("");

    private void End(SyncProgress end)
    {
        Clear();
        if (_begin is not var (time, height)) return;
        var (blocks, took) = (Math.Max(0, end.Height - height), Time(_clock.GetElapsedTime(time)));
        if (end.Height >= end.Target) _log.Synced(end.Height, blocks, took);
        else _log.SyncStopped(end.Height, blocks, took, end.Target);
        (_begin, _lastLine) = (null, 0);
    }

    /// <summary>The line of a terminal: what does not fit is left out from its end.</summary>
    private string Line(SyncProgress progress)
    {
        var done = (int)(BarWidth * progress.Part);
        var (full, empty) = _hasUnicode ? ('━', '─') : ('=', '-');
        var bar = new string(full, done) + new string(empty, BarWidth - done);
        var text = string.Create(CultureInfo.InvariantCulture, $"syncing {bar} {(int)(100 * progress.Part),3} %  block {progress.Height} of {progress.Target}{Words(progress)}");
        var most = Math.Max(0, _width() - 1);
        if (text.Length > most) text = text[..most];
        return _hasColor && done > 0 ? text.Replace(new string(full, done), $"\x1b[32m{new string(full, done)}\x1b[0m", StringComparison.Ordinal) : text;
    }

    /// <summary>What else is known, each behind a comma.</summary>
    private static string Words(SyncProgress progress)
    {
        var words = new StringBuilder();
        if (progress.Headers > progress.Height) words.Append(CultureInfo.InvariantCulture, $", headers to {progress.Headers}");
        if (progress.Rate > 0) words.Append(CultureInfo.InvariantCulture, $", {progress.Rate:0.#} blocks/s");
        if (progress.Left is { } left) words.Append(CultureInfo.InvariantCulture, $", {Time(left)} left");
        return words.ToString();
    }

    private static string Time(TimeSpan time) => time.TotalMinutes < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds):0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}");
}
