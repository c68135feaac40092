using System.Net.Sockets;
using Chain.Network.Transport;

namespace Chain.Network;

/// <summary>How a connection ends: once, for the first reason that anybody gives, and so that the other side can read what it was sent.</summary>
internal sealed class ConnectionEnd(IConnection connection, TimeSpan linger, TimeProvider time)
{
    private const int DrainSize = 4 * 1024;

    private readonly TaskCompletionSource<bool> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _reason;

    /// <summary>Why it ends; null while it does not.</summary>
    public string? Reason => Volatile.Read(ref _reason);

    /// <summary>Done when the end has begun: whether what waits to be sent still is.</summary>
    public Task<bool> Begun => _begun.Task;

    /// <summary>Whether an exception says no more than that the connection is broken.</summary>
    public static bool IsBroken(Exception e) => e is SocketException or IOException or ObjectDisposedException;

    /// <summary>Decides that it ends; false where that was decided before.</summary>
    public bool TryDecide(string reason) => Interlocked.CompareExchange(ref _reason, reason, null) is null;

    /// <summary>Begins the end that was decided.</summary>
    public void Begin(bool flush) => _begun.TrySetResult(flush);

    /// <summary>
    /// Sends what waits, says that nothing more comes, and reads on for a moment: a socket closed over unread bytes sends
    /// a reset, which would take from the other side what it has not read yet, the reason for the end among it.
    /// </summary>
    public async Task CloseAsync(Task writing, CancellationTokenSource stopWriting, bool flush)
    {
        using (connection)
        using (var patience = new CancellationTokenSource(flush ? linger : TimeSpan.Zero, time))
        {
            await using (patience.Token.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), stopWriting).ConfigureAwait(false))
            {
                await writing.ConfigureAwait(false);
            }

            try
            {
                var ignored = new byte[DrainSize];
                while (await connection.ReceiveAsync(ignored, patience.Token).ConfigureAwait(false) > 0)
                {
                }
            }
            catch (Exception e) when (IsBroken(e) || e is OperationCanceledException)
            {
                // There is nothing left to lose.
            }
        }
    }
}
