using System.Runtime.InteropServices;
using System.Text;
using Spectre.Console;

namespace Chain.Node.Commands;

/// <summary>
/// A side of the console as Spectre.Console writes to it. How wide the terminal is is asked of the system itself: .NET would
/// prepare the terminal for keys before (ESC [ ? 1 h), and leave it so.
/// </summary>
internal sealed partial class TerminalOutput(TextWriter writer, bool isTerminal) : IAnsiConsoleOutput
{
    private const int UsualWidth = 80, UsualHeight = 24;

    /// <summary>TIOCGWINSZ of Linux.</summary>
    private const nuint GetWindowSize = 0x5413;

    /// <inheritdoc/>
    public TextWriter Writer => writer;

    /// <inheritdoc/>
    public bool IsTerminal => isTerminal;

    /// <inheritdoc/>
    public int Width => Size.Columns is > 0 and var columns ? columns : UsualWidth;

    /// <inheritdoc/>
    public int Height => Size.Rows is > 0 and var rows ? rows : UsualHeight;

    /// <inheritdoc/>
    public void SetEncoding(Encoding encoding)
    {
        // All is UTF-8, which the program has said at its start.
    }

    private (int Columns, int Rows) Size
    {
        get
        {
            if (!isTerminal) return default;
            if (!OperatingSystem.IsLinux()) return (Console.WindowWidth, Console.WindowHeight);
            Span<ushort> size = stackalloc ushort[4];
            var descriptor = ReferenceEquals(writer, Console.Error) ? 2 : 1;
            return Ask(descriptor, GetWindowSize, size) == 0 ? (size[1], size[0]) : default;
        }
    }

    /// <summary>ioctl(2); a winsize is rows, columns, and the same in pixels, in 16 bits each.</summary>
    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Ask(int descriptor, nuint request, Span<ushort> size);
}
