using System.Net;

namespace Chain.Network;

/// <summary>
/// The way out for a node whose configured peers are all gone: after a while without any connection it tries addresses
/// that others told of. While a configured peer is there, the network keeps the shape that its configuration gave it.
/// </summary>
internal sealed class GossipDialer(
    AddressBook book,
    ActivationGate gate,
    PeerSetOptions options,
    Func<bool> isAlone,
    Func<EndPoint, CancellationToken, Task<ConnectResult>> dial,
    Action<EndPoint, string> report)
{
    private readonly TimeProvider _time = options.Peer.Time;

    /// <summary>Watches until the token ends.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var interval = TimeSpan.FromTicks(Math.Clamp(options.AloneDelay.Ticks / 4, TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerSecond));
        var aloneSince = _time.GetTimestamp();
        while (true)
        {
            await Task.Delay(interval, _time, cancellationToken).ConfigureAwait(false);
            if (gate.IsOpen && isAlone())
            {
                if (_time.GetElapsedTime(aloneSince) < options.AloneDelay) continue;
                await Task.WhenAll(book.Sample(options.MaxOutbound).Select(a => TryAsync(a.Address.ToEndPoint(), cancellationToken))).ConfigureAwait(false);
            }

            aloneSince = _time.GetTimestamp();
        }
    }

    private async Task TryAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var result = await dial(endPoint, cancellationToken).ConfigureAwait(false);
        if (result.Failure is not { } failure) return;
        if (failure == Peer.SelfConnectionReason) book.Remove(endPoint);
        else book.MarkFailed(endPoint);
        report(endPoint, failure);
    }
}
