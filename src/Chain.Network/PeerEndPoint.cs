using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Chain.Network;

/// <summary>Where a peer is to be found, as people write it: <c>HOST:PORT</c>, <c>1.2.3.4:3000</c>, <c>[::1]:3000</c>.</summary>
public static class PeerEndPoint
{
    /// <summary>Reads a host or an IP address, with a port or without.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, int defaultPort, [NotNullWhen(true)] out EndPoint? endPoint)
    {
        endPoint = null;
        if (string.IsNullOrWhiteSpace(text)) return false;
        var (host, port) = Split(text);
        var number = (ushort)defaultPort;
        if (port is not null && (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number == 0)) return false;
        if (IPAddress.TryParse(host, out var address))
        {
            // "3001" would be read as the address 0.0.11.185.
            if (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != host) return false;
            endPoint = Normalize(new IPEndPoint(address, number));
            return true;
        }

        if (Uri.CheckHostName(host) != UriHostNameType.Dns) return false;
        endPoint = Normalize(new DnsEndPoint(host, number));
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

    /// <summary>A port follows the only colon, or the one behind a bracket; an IPv6 address without brackets has none.</summary>
    private static (string Host, string? Port) Split(string text)
    {
        var colon = text.LastIndexOf(':');
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            if (end == text.Length - 1) return (text[1..end], null);
            return end > 0 && colon == end + 1 ? (text[1..end], text[(colon + 1)..]) : ("", null);
        }

        return colon >= 0 && colon == text.IndexOf(':', StringComparison.Ordinal) ? (text[..colon], text[(colon + 1)..]) : (text, null);
    }
}
