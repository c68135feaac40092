using System.Collections.Concurrent;
using System.Net;
using Chain.Network.Messages;

namespace Chain.Network;

/// <summary>
/// How nodes learn of each other: who connects says where it listens itself and asks whom the other knows; the answer is
/// given once for each connection. What is told of in a few addresses, and is fresh, is passed on to two others.
/// </summary>
internal sealed class AddressExchange(AddressBook book, PeerOptions options, ConcurrentDictionary<EndPoint, byte> ownEndPoints, Func<IReadOnlyList<Peer>> peers)
{
    private const int MostToRelay = 10;
    private const int Listeners = 2;
    private const long FreshForSeconds = 10 * 60;

    private readonly ConcurrentDictionary<long, byte> _answered = new();

    /// <summary>What a node that connected says first.</summary>
    public void Greet(Peer peer, IPEndPoint? listening)
    {
        if (peer.RemoteEndPoint is IPEndPoint remote)
        {
            book.Add(new TimestampedAddress(Now(), new NetworkAddress(peer.Version.Services, remote.Address, (ushort)remote.Port)), remote.Address);
            book.MarkGood(remote);
        }

        if (peer.Kind == ConnectionKind.BlockRelayOnly) return;
        if (FindOwnAddress(peer, listening) is { } own)
        {
            ownEndPoints.TryAdd(own, 0);
            peer.TrySend(new AddrMessage([new TimestampedAddress(Now(), NetworkAddress.FromEndPoint(options.Services, own))]));
        }

        peer.ExchangesAddresses = true;
        peer.TrySend(new GetAddrMessage());
    }

    /// <summary>Deals with <c>addr</c> and <c>getaddr</c>; false for other messages.</summary>
    public bool TryHandle(Peer peer, Message message)
    {
        switch (message)
        {
            case AddrMessage or GetAddrMessage when peer.Kind == ConnectionKind.BlockRelayOnly:
                return true;
            case AddrMessage addr:
                Learn(peer, addr);

                // One address alone is the peer's own.
                if (peer.Kind == ConnectionKind.AddrFetch && addr.Addresses.Length > 1) peer.Disconnect("it told of addresses, and more was not asked");
                return true;
            case GetAddrMessage when !peer.IsInbound:
                // Whom one asks shows what one knows: only who connected is told (Core: ProcessMessage, getaddr).
                return true;
            case GetAddrMessage:
                peer.ExchangesAddresses = true;
                if (_answered.TryAdd(peer.Id, 0)) peer.TrySend(new AddrMessage(book.Sample(AddrMessage.MaxAddresses)));
                return true;
            default:
                return false;
        }
    }

    /// <summary>The peer is gone.</summary>
    public void Forget(Peer peer) => _answered.TryRemove(peer.Id, out _);

    private void Learn(Peer peer, AddrMessage message)
    {
        peer.ExchangesAddresses = true;
        peer.AddressesTold += message.Addresses.Length;
        var source = peer.RemoteEndPoint is IPEndPoint remote ? remote.Address : IPAddress.None;
        foreach (var address in message.Addresses)
        {
            var endPoint = address.Address.ToEndPoint();
            peer.Told.Add(endPoint);
            if (ownEndPoints.ContainsKey(endPoint)) continue;
            book.Add(address, source);
            if (message.Addresses.Length <= MostToRelay) Relay(peer, address);
        }
    }

    /// <summary>
    /// Which two hear of an address hangs on the address alone, so that telling it again reaches no more (Core: RelayAddress); who
    /// knows it already is not told.
    /// </summary>
    private void Relay(Peer from, TimestampedAddress address)
    {
        if (address.Time < Now() - FreshForSeconds || NetworkNames.Of(address.Address.Address) == NetworkNames.Unroutable) return;
        var endPoint = address.Address.ToEndPoint();
        var place = endPoint.GetHashCode();
        foreach (var peer in peers().Where(peer => peer != from && peer.ExchangesAddresses).OrderBy(peer => HashCode.Combine(place, peer.Id)).Take(Listeners))
        {
            if (peer.Told.Add(endPoint)) peer.TrySend(new AddrMessage([address]));
        }
    }

    /// <summary>The address under which the peer could connect to this node; null where there is none.</summary>
    private static IPEndPoint? FindOwnAddress(Peer peer, IPEndPoint? listening)
    {
        if (listening is null || peer.LocalEndPoint is not IPEndPoint local || peer.RemoteEndPoint is not IPEndPoint remote) return null;
        var everywhere = listening.Address.Equals(IPAddress.Any) || listening.Address.Equals(IPAddress.IPv6Any);
        var address = everywhere ? local.Address : listening.Address;
        return IPAddress.IsLoopback(address) && !IPAddress.IsLoopback(remote.Address) ? null : new IPEndPoint(address, listening.Port);
    }

    private uint Now() => (uint)Math.Min(uint.MaxValue, options.Time.GetUtcNow().ToUnixTimeSeconds());
}
