using System.Runtime.InteropServices;
using System.Text;

namespace Chain.Node;

/// <summary>
/// Standard output or standard error. .NET's own swallows that the reader of a pipe has gone, so that a command would go on with
/// work that nobody sees; and it prepares a terminal for keys (ESC [ ? 1 h) before the first word, whether or not any is wanted.
/// </summary>
/// <param name="descriptor">1 or 2.</param>
/// <param name="mayFail">Whether what cannot be written is lost in silence: words about the work must not end it.</param>
internal sealed partial class StandardStream(int descriptor, bool mayFail) : Stream
{
    private const string Libc = "libc";
    private const int Interrupted = 4, TryAgainOnLinux = 11, TryAgainOnMac = 35;

    /// <summary>POLLOUT.</summary>
    private const long ReadyToWrite = 4;

    private static readonly Lazy<TextReader> PipedInput = new(() => new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)));

    /// <summary>The process has libc already: it is not looked for in files.</summary>
    static StandardStream() => NativeLibrary.SetDllImportResolver(typeof(StandardStream).Assembly, (name, _, _) => name == Libc ? NativeLibrary.GetMainProgramHandle() : 0);

    /// <summary>Standard input; where that is no terminal, none is prepared for keys either.</summary>
    public static TextReader Input => Console.IsInputRedirected ? PipedInput.Value : Console.In;

    /// <summary>Puts both in the place of .NET's. Windows keeps its own.</summary>
    public static void Use()
    {
        if (OperatingSystem.IsWindows()) return;
        Console.SetOut(OpenOutput());
        Console.SetError(OpenError());
    }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Writes all of it. Throws <see cref="OutputException"/> where that cannot be.</summary>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var written = Write(descriptor, buffer, buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Interrupted:
                    break;
                case TryAgainOnLinux or TryAgainOnMac:
                    // A pipe that another program made non-blocking, and that is full: it is waited for.
                    var place = (uint)descriptor | (ReadyToWrite << 32);
                    _ = Poll(ref place, count: 1, timeout: -1);
                    break;
                case var error:
                    if (mayFail) return;
                    throw new OutputException(error);
            }
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is held back here.
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Standard output, whatever it is.</summary>
    public static StreamWriter OpenOutput() => Open(descriptor: 1, mayFail: false);

    /// <summary>Standard error, whatever it is.</summary>
    public static StreamWriter OpenError() => Open(descriptor: 2, mayFail: true);

    private static StreamWriter Open(int descriptor, bool mayFail) =>
        new(new StandardStream(descriptor, mayFail), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };

    /// <summary>poll(2); a pollfd is the descriptor in 32 bits, what is waited for in 16, and what came in 16.</summary>
    [LibraryImport(Libc, EntryPoint = "poll")]
    private static partial int Poll(ref long place, nint count, int timeout);

    /// <summary>write(2).</summary>
    [LibraryImport(Libc, EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, ReadOnlySpan<byte> buffer, nint count);
}
