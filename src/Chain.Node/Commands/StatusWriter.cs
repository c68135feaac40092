using System.Text;

namespace Chain.Node.Commands;

/// <summary>
/// A terminal whose last line says how far something is, while lines of text come above it: the line is taken away before each
/// text and put there again behind it. For several threads.
/// </summary>
internal sealed class StatusWriter(TextWriter terminal) : TextWriter
{
    /// <summary>To the line's beginning, and nothing behind it.</summary>
    private const string Erase = "\r\x1b[2K";

    private readonly Lock _gate = new();
    private string _status = "";
    private bool _isShown;
    private bool _isAtLineStart = true;

    /// <inheritdoc/>
    public override Encoding Encoding => terminal.Encoding;

    /// <summary>What stands in the last line, which must fit into it; empty for no such line.</summary>
    public void SetStatus(string status)
    {
        lock (_gate)
        {
            if (status == _status) return;
            var old = _isShown ? Erase : "";
            _status = status;
            _isShown = _isAtLineStart && status.Length > 0;
            terminal.Write(_isShown ? old + status : old);
            terminal.Flush();
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
            terminal.Write(_isShown ? text + _status : text);
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
        lock (_gate) terminal.Flush();
    }
}
