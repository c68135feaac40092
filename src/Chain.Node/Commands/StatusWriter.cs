using System.Text;

namespace Chain.Node.Commands;

/// <summary>
/// A terminal whose last line says how far something is, while lines of text come above it: the line is taken away before each
/// text and put there again behind it. For several threads. A thread of its own draws that line, so that who sets it never waits
/// for a terminal that stands still (Ctrl-S), nor learns that it is gone.
/// </summary>
internal sealed class StatusWriter : TextWriter
{
    /// <summary>To the line's beginning, and nothing behind it.</summary>
    private const string Erase = "\r\x1b[2K";

    private readonly TextWriter _terminal;
    private readonly Lock _gate = new();
    private readonly object _wish = new();
    private readonly Thread _thread;
    private string _wanted = "";
    private bool _isNew, _isClosed;
    private string _status = "";
    private bool _isShown;
    private bool _isAtLineStart = true;

    /// <summary>Writes to a terminal, which others may write to before and after.</summary>
    public StatusWriter(TextWriter terminal)
    {
        _terminal = terminal;
        _thread = new Thread(DrawAll) { IsBackground = true, Name = "status" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public override Encoding Encoding => _terminal.Encoding;

    /// <summary>What is to stand in the last line, which must fit into it; empty for no such line. It is drawn soon, and not at all where the next one comes before.</summary>
    public void SetStatus(string status)
    {
        lock (_wish)
        {
            if (status == _wanted) return;
            _wanted = status;
            _isNew = true;
            Monitor.PulseAll(_wish);
        }
    }

    /// <inheritdoc/>
    public override void Write(string? value)
    {
        if (string.IsNullOrEmpty(value)) return;
        lock (_gate)
        {
            _isAtLineStart = value.EndsWith('\n');
            var text = _isShown ? Erase + value : value;
            _isShown = _isAtLineStart && _status.Length > 0;
            _terminal.Write(_isShown ? text + _status : text);
        }
    }

    /// <inheritdoc/>
    public override void Write(char value) => Write(value.ToString());

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer) => Write(new string(buffer));

    /// <inheritdoc/>
    public override void Write(StringBuilder? value) => Write(value?.ToString());

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Write(value + NewLine);

    /// <inheritdoc/>
    public override void Flush()
    {
        lock (_gate) _terminal.Flush();
    }

    /// <summary>Draws what was set last.</summary>
    protected override void Dispose(bool disposing)
    {
        lock (_wish)
        {
            _isClosed = true;
            Monitor.PulseAll(_wish);
        }

        _thread.Join();
        base.Dispose(disposing);
    }

    private void DrawAll()
    {
        while (WaitForNext() is { } status)
        {
            try
            {
                Draw(status);
            }
            catch (IOException)
            {
                // The terminal is gone; that must not end the node.
            }
        }
    }

    /// <summary>The newest line, once there is one that was not drawn; null at the end.</summary>
    private string? WaitForNext()
    {
        lock (_wish)
        {
            while (!_isNew && !_isClosed) Monitor.Wait(_wish);
            if (!_isNew) return null;
            _isNew = false;
            return _wanted;
        }
    }

    private void Draw(string status)
    {
        lock (_gate)
        {
            var old = _isShown ? Erase : "";
            _status = status;
            _isShown = _isAtLineStart && status.Length > 0;
            _terminal.Write(_isShown ? old + status : old);
            _terminal.Flush();
        }
    }
}
