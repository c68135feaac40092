using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Chain.Network;

/// <summary>
/// The addresses that share their first bits: <c>192.168.0.0/24</c>, <c>2001:db8::/32</c>. A single address has all its bits.
/// The network is kept with the other bits zero, so that equal subnets are equal.
/// </summary>
public sealed record IPSubnet : IComparable<IPSubnet>
{
    private IPSubnet(IPAddress network, int prefixLength)
    {
        Network = network;
        PrefixLength = prefixLength;
    }

    /// <summary>The lowest address.</summary>
    public IPAddress Network { get; }

    /// <summary>The number of bits that the addresses share.</summary>
    public int PrefixLength { get; }

    /// <summary>The subnet of one address alone.</summary>
    public static IPSubnet Of(IPAddress address)
    {
        address = Unmap(address);
        return new IPSubnet(address, Bits(address));
    }

    /// <summary>Reads an address, or an address with the number of bits or a netmask behind a slash.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPSubnet? subnet)
    {
        subnet = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (ParseAddress(slash < 0 ? text : text[..slash]) is not { } address) return false;
        var length = slash < 0 ? Bits(address) : ParseLength(text[(slash + 1)..], address);
        if (length is not { } bits || bits > Bits(address)) return false;
        subnet = new IPSubnet(Mask(address, bits), bits);
        return true;
    }

    /// <summary>Whether an address is one of them.</summary>
    public bool Contains(IPAddress address)
    {
        address = Unmap(address);
        return address.AddressFamily == Network.AddressFamily && Mask(address, PrefixLength).Equals(Network);
    }

    /// <summary>IPv4 before IPv6, then by the network, the wider first.</summary>
    public int CompareTo(IPSubnet? other)
    {
        if (other is null) return 1;
        var (own, others) = (Network.GetAddressBytes(), other.Network.GetAddressBytes());
        if (own.Length != others.Length) return own.Length.CompareTo(others.Length);
        var byNetwork = own.AsSpan().SequenceCompareTo(others);
        return byNetwork != 0 ? byNetwork : PrefixLength.CompareTo(other.PrefixLength);
    }

    /// <summary>Network, slash, number of bits; also for one address alone, as Core lists bans.</summary>
    public override string ToString() => $"{Network}/{PrefixLength}";

    /// <summary>Earlier in the order.</summary>
    public static bool operator <(IPSubnet left, IPSubnet right) => left.CompareTo(right) < 0;

    /// <summary>Earlier in the order, or the same.</summary>
    public static bool operator <=(IPSubnet left, IPSubnet right) => left.CompareTo(right) <= 0;

    /// <summary>Later in the order.</summary>
    public static bool operator >(IPSubnet left, IPSubnet right) => left.CompareTo(right) > 0;

    /// <summary>Later in the order, or the same.</summary>
    public static bool operator >=(IPSubnet left, IPSubnet right) => left.CompareTo(right) >= 0;

    private static int Bits(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;

    private static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static IPAddress? ParseAddress(string text)
    {
        // A scope names an interface of this machine and is no part of the address; "3001" would be read as 0.0.11.185.
        if (text.Contains('%', StringComparison.Ordinal) || text.StartsWith('[') || !IPAddress.TryParse(text, out var address)) return null;
        return address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != text ? null : Unmap(address);
    }

    private static int? ParseLength(string text, IPAddress address)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length)) return length;
        return ParseAddress(text) is { } mask && mask.AddressFamily == address.AddressFamily ? LengthOf(mask.GetAddressBytes()) : null;
    }

    /// <summary>The number of leading ones of a netmask; null where other ones follow.</summary>
    private static int? LengthOf(byte[] mask)
    {
        var length = 0;
        while (length < mask.Length * 8 && (mask[length / 8] & (0x80 >> (length % 8))) != 0) length++;
        for (var i = length; i < mask.Length * 8; i++)
        {
            if ((mask[i / 8] & (0x80 >> (i % 8))) != 0) return null;
        }

        return length;
    }

    private static IPAddress Mask(IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(prefixLength - i * 8, 0, 8);
            bytes[i] &= (byte)((0xff00 >> kept) & 0xff);
        }

        return new IPAddress(bytes);
    }
}
