using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Chain.Network.Transport;

namespace Chain.Network;

/// <summary>Makes connections, one at a time to each endpoint, and waits until each is a peer or has failed.</summary>
internal sealed class Dialer(
    PeerSetOptions options,
    ITransport transport,
    ActivationGate gate,
    ConcurrentDictionary<long, Peer> peers,
    ConcurrentDictionary<EndPoint, byte> ownEndPoints,
    BanList bans,
    Func<EndPoint, bool> isConfigured,
    Func<IConnection, EndPoint, ConnectionKind, Peer> run)
{
    private const string Banned = "its address is banned";

    private readonly ConcurrentDictionary<EndPoint, byte> _dialing = new();

    /// <summary>
    /// Connects and waits for the handshake. A connection to the endpoint that is up already is given back. Configured
    /// peers do not count for <see cref="PeerSetOptions.MaxOutbound"/>. Of a connection it tells before the handshake.
    /// </summary>
    public async Task<ConnectResult> DialAsync(EndPoint endPoint, ConnectionKind kind, CancellationToken cancellationToken, Action? onOpen = null)
    {
        if (!gate.IsOpen) return ConnectResult.Failed("networking is turned off");
        if (ownEndPoints.ContainsKey(endPoint)) return ConnectResult.Failed(Peer.SelfConnectionReason);
        if (IsBanned(endPoint)) return ConnectResult.Failed(Banned);
        if (options.Peer.Links is { } links && !links.IsReachable(endPoint)) return ConnectResult.Failed(LinkConditions.UnreachableReason);
        if (!_dialing.TryAdd(endPoint, 0)) return ConnectResult.Failed("a connection is being made already");
        try
        {
            if (peers.Values.FirstOrDefault(p => !p.IsInbound && p.IsConnected && p.IsAt(endPoint)) is { } present)
            {
                onOpen?.Invoke();
                return await WaitForHandshakeAsync(present, cancellationToken).ConfigureAwait(false);
            }

            if (!isConfigured(endPoint) && peers.Values.Count(p => !p.IsInbound && !isConfigured(p.DialedEndPoint!)) >= options.MaxOutbound)
                return ConnectResult.Failed($"there are {options.MaxOutbound} connections to others already");
            var (connection, failure) = await ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            if (connection is null) return ConnectResult.Failed(failure!);

            // What a name stands for is known only now.
            if (IsBanned(connection.RemoteEndPoint))
            {
                connection.Dispose();
                return ConnectResult.Failed(Banned);
            }

            var peer = run(connection, endPoint, kind);
            onOpen?.Invoke();
            return await WaitForHandshakeAsync(peer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _dialing.TryRemove(endPoint, out _);
        }
    }

    private bool IsBanned(EndPoint endPoint) => endPoint is IPEndPoint ip && bans.IsBanned(ip.Address);

    private async Task<(IConnection? Connection, string? Failure)> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.Peer.Time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, gate.OpenToken, cancellationToken);
        try
        {
            return (await transport.ConnectAsync(endPoint, any.Token).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, timeout.IsCancellationRequested ? "connect timeout" : "networking was turned off");
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return (null, e.Message);
        }
    }

    private static async Task<ConnectResult> WaitForHandshakeAsync(Peer peer, CancellationToken cancellationToken)
    {
        try
        {
            return await peer.Handshake.WaitAsync(cancellationToken).ConfigureAwait(false)
                ? ConnectResult.Connected(peer)
                : ConnectResult.Failed(peer.DisconnectReason!);
        }
        catch (OperationCanceledException)
        {
            peer.Disconnect("the attempt to connect was given up");
            throw;
        }
    }
}
