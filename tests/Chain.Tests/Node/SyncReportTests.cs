using System.Text;
using Chain.Node;
using Chain.Node.Commands;
using Chain.Node.Logging;
using Chain.Tests.Network;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Eventually = Chain.Tests.Node.Kit.Eventually;

namespace Chain.Tests.Node;

/// <summary>How the fetching of a chain is shown: a bar below the log on a terminal, lines in the log elsewhere.</summary>
public sealed class SyncReportTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly SharedScreen _screen = new();

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

            report.Show(new SyncProgress(2_000, 2_000, 2_000, 0, null) { IsOver = true });
        });
        Assert.Equal(3, lines.Length);
        Assert.EndsWith("info syncing: block 0 of 2000, 0 %, 100 blocks/s, 10 s left", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("info syncing: block 500 of 2000, 25 %, 100 blocks/s, 10 s left", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("info synced to block 2000: 2000 blocks in 10 s", lines[2], StringComparison.Ordinal);
    }

    /// <summary>The peer left, or had fewer blocks than it said: that is told, and no height that was not reached.</summary>
    [Fact]
    public void Show_ItEndsBelowTheTarget_SaysWhereItEnded()
    {
        var lines = LogOf(_screen, log =>
        {
            var report = new SyncReport(log, _clock);
            report.Show(new SyncProgress(100, 100, 10_000, 0, null));
            report.Show(new SyncProgress(500, 500, 10_000, 0, null) { IsOver = true });
        });
        Assert.DoesNotContain("synced", lines[^1], StringComparison.Ordinal);
        Assert.Contains("info syncing ended at block 500: 400 blocks in 0 s. A peer named 10000, but nobody sends more", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_OnATerminal_TheBarStandsBelowWhatIsLoggedAndGoesInTheEnd()
    {
        using var status = new StatusWriter(_screen);
        using (var lines = new StderrLoggerProvider(status, _clock))
        {
            var log = lines.CreateLogger("node");
            var report = new SyncReport(status, () => 100, hasColor: false, hasUnicode: false, log, _clock);
            report.Show(new SyncProgress(500, 700, 1_000, 50, TimeSpan.FromSeconds(3_700)));
            await WaitForAsync("syncing ");
            status.WriteLine("a line of the log");
            status.Write("half a line, ");
            report.Show(new SyncProgress(750, 750, 1_000, 50, TimeSpan.FromSeconds(5)));
            status.WriteLine("and its end");
            await WaitForAsync("block 750");
            report.Show(new SyncProgress(1_000, 1_000, 1_000, 0, null) { IsOver = true });
        }

        status.Dispose();
        var bar = "syncing ============------------  50 %  block 500 of 1000, headers to 700, 50 blocks/s, 1:01:40 left";
        Assert.True(bar.Length > 99);
        var screen = new Terminal(_screen.Text);
        Assert.Contains(bar[..99], _screen.Text, StringComparison.Ordinal);
        Assert.Equal(["a line of the log", "half a line, and its end"], screen.Lines.Take(2));
        Assert.EndsWith("info synced to block 1000: 500 blocks in 0 s", screen.Lines[2], StringComparison.Ordinal);
        Assert.Equal(["", ""], [screen.Lines[3], string.Concat(screen.Lines.Skip(4))]);
    }

    [Fact]
    public async Task Show_WithColour_TheDonePartHasIt()
    {
        using var status = new StatusWriter(_screen);
        var report = new SyncReport(status, () => 200, hasColor: true, hasUnicode: true, NullLogger.Instance, _clock);
        report.Show(new SyncProgress(0, 0, 1_000, 0, null));
        await WaitForAsync("block 0");
        Assert.DoesNotContain("\x1b[32m", _screen.Text, StringComparison.Ordinal);
        report.Show(new SyncProgress(500, 500, 1_000, 0, null));
        status.Dispose();
        Assert.Contains("\x1b[32m━━━━━━━━━━━━\x1b[0m────────────", _screen.Text, StringComparison.Ordinal);
    }

    /// <summary>The width is asked for each time: a window may have become narrower.</summary>
    [Fact]
    public async Task Show_TheWindowBecomesNarrower_TheLineFits()
    {
        var width = 60;
        using var status = new StatusWriter(_screen);
        var report = new SyncReport(status, () => width, hasColor: false, hasUnicode: false, NullLogger.Instance, _clock);
        report.Show(new SyncProgress(1, 1, 1_000, 0, null));
        await WaitForAsync("block 1 ");
        width = 20;
        report.Show(new SyncProgress(500, 500, 1_000, 0, null));
        status.Dispose();
        Assert.Equal("syncing ===========", new Terminal(_screen.Text).Lines[0]);
    }

    /// <summary>The node's loop must go on where the terminal takes nothing more (Ctrl-S), and where it is gone.</summary>
    [Fact]
    public async Task Show_ATerminalThatStandsStillOrIsGone_NobodyWaitsOrFails()
    {
        using var stuck = new StuckTerminal();
        using var status = new StatusWriter(stuck);
        var report = new SyncReport(status, () => 100, hasColor: false, hasUnicode: false, NullLogger.Instance, _clock);
        for (var i = 0; i < 100; i++)
        {
            var height = i;
            await Task.Run(() => report.Show(new SyncProgress(height, height, 1_000, 0, null))).WaitAsync(Eventually.Patience);
        }

        Assert.True(stuck.IsTried.Wait(Eventually.Patience));
        stuck.Break();
        report.Clear();
        await Task.Run(status.Dispose).WaitAsync(Eventually.Patience);
    }

    private Task WaitForAsync(string text) => Eventually.TrueAsync(() => _screen.Text.Contains(text, StringComparison.Ordinal), () => $"'{text}' is on the screen");

    /// <summary>What a log wrote, line by line.</summary>
    private string[] LogOf(TextWriter writer, Action<ILogger> work)
    {
        using (var lines = new StderrLoggerProvider(writer, _clock)) work(lines.CreateLogger("node"));
        return _screen.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
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

    /// <summary>What several threads wrote.</summary>
    private sealed class SharedScreen : TextWriter
    {
        private readonly StringBuilder _text = new();

        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

        public string Text
        {
            get
            {
                lock (_text) return _text.ToString();
            }
        }

        public override void Write(char value)
        {
            lock (_text) _text.Append(value);
        }

        public override void Write(string? value)
        {
            lock (_text) _text.Append(value);
        }

        public override void Write(StringBuilder? value) => Write(value?.ToString());
    }

    /// <summary>Takes nothing until it breaks, and fails from then on.</summary>
    private sealed class StuckTerminal : TextWriter
    {
        private readonly ManualResetEventSlim _broken = new();

        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

        public ManualResetEventSlim IsTried { get; } = new();

        public void Break() => _broken.Set();

        public override void Write(string? value)
        {
            IsTried.Set();
            _broken.Wait();
            throw new IOException("Input/output error");
        }

        public override void Write(char value) => Write(value.ToString());

        protected override void Dispose(bool disposing)
        {
            IsTried.Dispose();
            _broken.Dispose();
            base.Dispose(disposing);
        }
    }
}
