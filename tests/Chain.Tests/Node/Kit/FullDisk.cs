using System.Globalization;
using System.Runtime.InteropServices;

namespace Chain.Tests.Node.Kit;

/// <summary>A disk that is full for one file that this process has open: what is written there fails, until it has room again. Linux only.</summary>
internal sealed class FullDisk : IDisposable
{
    private const int WriteOnly = 1;

    private readonly int _file;
    private readonly int _saved;

    private FullDisk(int file)
    {
        _file = file;
        _saved = Check(Duplicate(file));
        var full = Check(Open("/dev/full", WriteOnly));
        Check(Replace(full, file));
        Check(Close(full));
    }

    /// <summary>The disk below an open file is full from now on.</summary>
    public static FullDisk Under(string path)
    {
        var link = Assert.Single(Directory.GetFiles("/proc/self/fd"), link => new FileInfo(link).LinkTarget == path);
        return new FullDisk(int.Parse(Path.GetFileName(link), CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        Check(Replace(_saved, _file));
        Check(Close(_saved));
    }

    private static int Check(int result)
    {
        Assert.True(result >= 0, $"error {Marshal.GetLastPInvokeError()}");
        return result;
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int Open(string path, int flags);

    [DllImport("libc", EntryPoint = "dup", SetLastError = true)]
    private static extern int Duplicate(int file);

    [DllImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static extern int Replace(int file, int by);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int file);
}
