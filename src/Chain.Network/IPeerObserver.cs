using System.Net;
using Chain.Network.Messages;

namespace Chain.Network;

/// <summary>
/// Who owns the peers hears of them here, on the peers' own tasks: for one peer in order, handshake, messages, end; for
/// several at once. Nothing here may throw: an exception ends the peer, not the node.
/// </summary>
public interface IPeerObserver
{
    /// <summary>Version and verack went both ways. The peer's messages wait until this returns.</summary>
    ValueTask OnHandshakeAsync(Peer peer, CancellationToken cancellationToken);

    /// <summary>
    /// A message came, other than those of handshake, ping and address exchange. The peer's next one is read only after
    /// this returns, so that a slow owner slows the sender and nothing piles up. The token ends with the peer.
    /// </summary>
    ValueTask OnMessageAsync(Peer peer, Message message, CancellationToken cancellationToken);

    /// <summary>
    /// The peer is gone; once, after its last message. Also for those who connected to this node and never finished the
    /// handshake (<see cref="Peer.HandshakeCompleted"/> is false and <see cref="OnHandshakeAsync"/> was not called).
    /// </summary>
    void OnDisconnected(Peer peer, string reason);

    /// <summary>A frame was sent or received.</summary>
    void OnTraffic(Peer peer, bool sent, string command, int payloadSize);

    /// <summary>
    /// A connection that this node wanted did not come about, or ended before the handshake was done. Attempts on a
    /// configured peer are repeated, and reported again only when the reason changes.
    /// </summary>
    void OnConnectFailed(EndPoint endPoint, string reason);

    /// <summary>
    /// Waits until all that this peer sent before has been dealt with, where <see cref="OnMessageAsync"/> does not wait for it
    /// itself: no message overtakes another, and a pong says that what came before its ping is done.
    /// </summary>
    ValueTask SettleAsync(Peer peer);
}
