using Chain.Node;
using Chain.Node.Commands;
using Chain.Tests.Network;
using Microsoft.Extensions.Logging;
using Chain.Node.Logging;

namespace Chain.Tests.Node;

/// <summary>How the fetching of a chain is shown: a bar below the log on a terminal, lines in the log elsewhere.</summary>
public sealed class SyncReportTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly StringWriter _screen = new();

    public void Dispose() => _screen.Dispose();

    [Fact]
    public void Show_InAPipe_ALineNowAndThenAndOneAtTheEnd()
    {
        var lines = LogOf(_screen, log =>
        {
            var report = new SyncReport(log, _clock);
            for (var i = 0; i < 100; i++)
            {
                report.Show(new SyncProgress(10 * i, 10 * i, 2_000, 100, TimeSpan.FromSeconds(10)));
                _clock.Advance(TimeSpan.FromMilliseconds(100));
            }

            report.Show(null);
        });
        Assert.Equal(3, lines.Length);
        Assert.EndsWith("info syncing: block 0 of 2000, 0 %, 100 blocks/s, 10 s left", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("info syncing: block 500 of 2000, 25 %, 100 blocks/s, 10 s left", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("info synced to block 2000: 2000 blocks in 10 s", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Show_OnATerminal_TheBarStandsBelowWhatIsLoggedAndGoesInTheEnd()
    {
        using var status = new StatusWriter(_screen);
        _ = LogOf(status, log =>
        {
            var report = new SyncReport(status, width: 100, hasColor: false, hasUnicode: false, log, _clock);
            report.Show(new SyncProgress(500, 700, 1_000, 50, TimeSpan.FromSeconds(3_700)));
            status.WriteLine("a line of the log");
            status.Write("half a line, ");
            report.Show(new SyncProgress(750, 750, 1_000, 50, TimeSpan.FromSeconds(5)));
            status.WriteLine("and its end");
            report.Show(null);
        });
        var bar = "syncing ============------------  50 %  block 500 of 1000, headers to 700, 50 blocks/s, 1:01:40 left";
        Assert.True(bar.Length > 99);
        var screen = new Terminal(_screen.ToString());
        Assert.Contains(bar[..99], _screen.ToString(), StringComparison.Ordinal);
        Assert.Equal(["a line of the log", "half a line, and its end"], screen.Lines.Take(2));
        Assert.EndsWith("info synced to block 1000: 500 blocks in 0 s", screen.Lines[2], StringComparison.Ordinal);
        Assert.Equal(["", ""], [screen.Lines[3], string.Concat(screen.Lines.Skip(4))]);
    }

    [Fact]
    public void Show_WithColour_TheDonePartHasIt()
    {
        using var status = new StatusWriter(_screen);
        var report = new SyncReport(status, 200, hasColor: true, hasUnicode: true, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, _clock);
        report.Show(new SyncProgress(0, 0, 1_000, 0, null));
        Assert.DoesNotContain("\x1b[32m", _screen.ToString(), StringComparison.Ordinal);
        report.Show(new SyncProgress(500, 500, 1_000, 0, null));
        Assert.Contains("\x1b[32m━━━━━━━━━━━━\x1b[0m────────────", _screen.ToString(), StringComparison.Ordinal);
    }

    /// <summary>What a log wrote, line by line.</summary>
    private string[] LogOf(TextWriter writer, Action<ILogger> work)
    {
        using (var lines = new StderrLoggerProvider(writer, _clock)) work(lines.CreateLogger("node"));
        return _screen.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>What stands on a screen: lines that can be erased.</summary>
    private sealed class Terminal
    {
        public Terminal(string text)
        {
            foreach (var part in text.Split("\r\x1b[2K").Select((part, i) => (Text: part, IsFirst: i == 0)))
            {
                if (!part.IsFirst) Lines[^1] = "";
                var lines = part.Text.Split('\n');
                Lines[^1] += lines[0];
                Lines.AddRange(lines.Skip(1));
            }
        }

        public List<string> Lines { get; } = [""];
    }
}
