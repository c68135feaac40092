using System.Diagnostics;

namespace Chain.Node.Wallet;

/// <summary>
/// Holds a wallet for one load, change and save, so that two processes that add keys at the same time lose none. The
/// system frees it with the process. The lock file stays: were it deleted, a waiter could lock the deleted one while
/// another locks its successor.
/// </summary>
internal sealed class WalletLock : IDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(20);

    private readonly FileStream _file;

    private WalletLock(FileStream file) => _file = file;

    internal static string PathFor(string walletPath) => walletPath + ".lock";

    /// <summary>Takes the lock, or throws <see cref="WalletException"/> where another process keeps it beyond the time-out.</summary>
    internal static WalletLock Acquire(string walletPath, TimeSpan timeout, CancellationToken cancellation)
    {
        var path = PathFor(walletPath);
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new WalletLock(new FileStream(path, AtomicFile.CreateForOwner(FileMode.OpenOrCreate)));
            }
            catch (IOException e) when (IsHeldElsewhere(e))
            {
                if (clock.Elapsed >= timeout) throw WalletException.Busy(walletPath, path, timeout, e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw WalletException.Unwritable(walletPath, e);
            }

            cancellation.WaitHandle.WaitOne(RetryInterval);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>EWOULDBLOCK of Linux and of BSD and macOS, or a sharing violation of Windows.</summary>
    private static bool IsHeldElsewhere(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);
}
