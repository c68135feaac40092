using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Chain.Network;

/// <summary>Where a peer is to be found, as people write it: <c>HOST:PORT</c>, <c>1.2.3.4:3000</c>, <c>[::1]:3000</c>.</summary>
public static class PeerEndPoint
{
    /// <summary>Reads a host or an IP address, with a port or without.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, int defaultPort, [NotNullWhen(true)] out EndPoint? endPoint)
    {
        endPoint = null;
        if (string.IsNullOrWhiteSpace(text)) return false;
        if (IPAddress.TryParse(text, out var address))
        {
            endPoint = Normalize(new IPEndPoint(address, defaultPort));
            return true;
        }

        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? text : text[..colon];
        var port = defaultPort;
        if (colon >= 0 && !(ushort.TryParse(text.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out var given) && (port = given) > 0)) return false;
        if (host.StartsWith('[') && host.EndsWith(']')) host = host[1..^1];
        else if (host.Contains(':', StringComparison.Ordinal)) return false;
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown) return false;
        endPoint = Normalize(new DnsEndPoint(host, port));
        return true;
    }

    /// <summary>
    /// One form for one place: names that are IP addresses, and <c>localhost</c>, become IP endpoints, IPv4 addresses
    /// inside IPv6 become IPv4. Other names stay, and are looked up each time a connection is made.
    /// </summary>
    public static EndPoint Normalize(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint dns when IPAddress.TryParse(dns.Host, out var address) => Normalize(new IPEndPoint(address, dns.Port)),
        DnsEndPoint dns when dns.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) => new IPEndPoint(IPAddress.Loopback, dns.Port),
        DnsEndPoint dns => new DnsEndPoint(dns.Host.ToLowerInvariant(), dns.Port),
        IPEndPoint { Address.IsIPv4MappedToIPv6: true } ip => new IPEndPoint(ip.Address.MapToIPv4(), ip.Port),
        _ => endPoint,
    };

    /// <summary>The endpoint as people write it.</summary>
    public static string Format(EndPoint endPoint) => endPoint is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : endPoint.ToString()!;
}
