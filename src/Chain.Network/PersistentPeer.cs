using System.Net;

namespace Chain.Network;

/// <summary>A configured peer: connected to for as long as it is configured, with growing pauses while that fails.</summary>
internal sealed class PersistentPeer(
    EndPoint endPoint,
    ActivationGate gate,
    Backoff backoff,
    TimeProvider time,
    Func<EndPoint, CancellationToken, Task<ConnectResult>> dial,
    Action<EndPoint, string> report)
{
    /// <summary>Connects again and again until the token ends, or the endpoint proves to be this node's own.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        string? lastFailure = null;
        while (true)
        {
            await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            var open = gate.OpenToken;
            var result = await dial(endPoint, cancellationToken).ConfigureAwait(false);
            if (result.Peer is { } peer)
            {
                backoff.Reset();
                lastFailure = null;
                await peer.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (!open.IsCancellationRequested && !cancellationToken.IsCancellationRequested && result.Failure != lastFailure)
            {
                lastFailure = result.Failure;
                report(endPoint, result.Failure!);
            }

            if (result.Failure == Peer.SelfConnectionReason) return;
            await PauseAsync(open, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits before the next attempt; if networking is turned off meanwhile, the next one follows at once when it is on again.</summary>
    private async Task PauseAsync(CancellationToken open, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(open, cancellationToken);
        try
        {
            await Task.Delay(backoff.Next(), time, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            backoff.Reset();
        }
    }
}
