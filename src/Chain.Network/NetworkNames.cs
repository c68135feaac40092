using System.Net;
using System.Net.Sockets;
using Chain.Network.Messages;

namespace Chain.Network;

/// <summary>The names that Core's RPC gives to networks and to what nodes offer.</summary>
public static class NetworkNames
{
    /// <summary>The network of addresses that mean nothing beyond a machine or a house.</summary>
    public const string Unroutable = "not_publicly_routable";

    private static readonly IPSubnet[] Private =
    [
        .. new[]
        {
            // RFC 1122, 1918, 6598, 3927, 2544, 5737, 1112; RFC 4291, 4193, 4862, 4843, 7343, 3849.
            "0.0.0.0/8", "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "198.18.0.0/15",
            "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
            "::/127", "fc00::/7", "fe80::/64", "2001:10::/28", "2001:20::/28", "2001:db8::/32", "ff00::/8",
        }.Select(text => IPSubnet.TryParse(text, out var subnet) ? subnet : throw new FormatException(text)),
    ];

    /// <summary>The networks that a node can be in, in Core's order; only the first two are spoken here.</summary>
    public static IReadOnlyList<string> All { get; } = ["ipv4", "ipv6", "onion", "i2p", "cjdns"];

    /// <summary>Whether this node can reach a network by that name.</summary>
    public static bool IsReachable(string network) => network is "ipv4" or "ipv6";

    /// <summary>The network of an address.</summary>
    public static string Of(IPAddress address)
    {
        if (Private.Any(subnet => subnet.Contains(address))) return Unroutable;
        return address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6 ? "ipv4" : "ipv6";
    }

    /// <summary>What a node offers, one name for each bit.</summary>
    public static IEnumerable<string> Of(ServiceFlags services)
    {
        for (var bit = 0; bit < 64; bit++)
        {
            if (((ulong)services & (1UL << bit)) != 0) yield return NameOfService(bit);
        }
    }

    private static string NameOfService(int bit) => bit switch
    {
        0 => "NETWORK",
        2 => "BLOOM",
        3 => "WITNESS",
        6 => "COMPACT_FILTERS",
        10 => "NETWORK_LIMITED",
        11 => "P2P_V2",
        _ => $"UNKNOWN[2^{bit}]",
    };
}
