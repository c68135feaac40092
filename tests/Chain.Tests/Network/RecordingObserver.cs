using System.Collections.Concurrent;
using System.Net;
using Chain.Network;
using Chain.Network.Messages;

namespace Chain.Tests.Network;

/// <summary>Notes what it is told.</summary>
internal sealed class RecordingObserver : IPeerObserver
{
    public ConcurrentQueue<Peer> Handshakes { get; } = new();

    public ConcurrentQueue<(Peer Peer, Message Message)> Messages { get; } = new();

    public ConcurrentQueue<(Peer Peer, string Reason)> Disconnects { get; } = new();

    public ConcurrentQueue<(EndPoint EndPoint, string Reason)> Failures { get; } = new();

    public ConcurrentQueue<(long Peer, bool Sent, string Command, int Size)> Traffic { get; } = new();

    /// <summary>What else to do with a message.</summary>
    public Func<Peer, Message, CancellationToken, ValueTask>? OnMessage { get; set; }

    public async ValueTask OnHandshakeAsync(Peer peer, CancellationToken cancellationToken)
    {
        await Task.Yield();
        Handshakes.Enqueue(peer);
    }

    public ValueTask OnMessageAsync(Peer peer, Message message, CancellationToken cancellationToken)
    {
        Messages.Enqueue((peer, message));
        return OnMessage?.Invoke(peer, message, cancellationToken) ?? ValueTask.CompletedTask;
    }

    public ValueTask SettleAsync(Peer peer) => ValueTask.CompletedTask;

    public void OnDisconnected(Peer peer, string reason) => Disconnects.Enqueue((peer, reason));

    public void OnTraffic(Peer peer, bool sent, string command, int payloadSize) => Traffic.Enqueue((peer.Id, sent, command, payloadSize));

    public void OnConnectFailed(EndPoint endPoint, string reason) => Failures.Enqueue((endPoint, reason));

    /// <summary>The reason of the first end, as soon as there is one.</summary>
    public async Task<string> DisconnectReasonAsync(Action? meanwhile = null)
    {
        await Eventually.TrueAsync(() => !Disconnects.IsEmpty, meanwhile);
        return Disconnects.First().Reason;
    }
}
