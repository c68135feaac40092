using System.Net;
using System.Net.Sockets;
using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>
/// Where a node listens and what it offers: services 8, IPv6 address 16 (IPv4 as ::ffff:a.b.c.d), port 2, which is the
/// protocol's only big-endian number.
/// </summary>
public sealed record NetworkAddress
{
    /// <summary>Encoded length in bytes.</summary>
    public const int Size = sizeof(ulong) + AddressSize + sizeof(ushort);

    private const int AddressSize = 16;

    /// <summary>Creates an address; an IPv4 address written as IPv6 becomes IPv4 again.</summary>
    public NetworkAddress(ServiceFlags services, IPAddress address, ushort port)
    {
        Services = services;
        Address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Port = port;
    }

    /// <summary>The address of nobody: all zeros.</summary>
    public static NetworkAddress Unspecified { get; } = new(ServiceFlags.None, IPAddress.IPv6Any, 0);

    /// <summary>What the node offers.</summary>
    public ServiceFlags Services { get; }

    /// <summary>The IPv4 or IPv6 address.</summary>
    public IPAddress Address { get; }

    /// <summary>The TCP port.</summary>
    public ushort Port { get; }

    /// <summary>The address of an endpoint; <see cref="Unspecified"/> where it is no IP endpoint.</summary>
    public static NetworkAddress FromEndPoint(ServiceFlags services, EndPoint endPoint) =>
        endPoint is IPEndPoint ip ? new NetworkAddress(services, ip.Address, (ushort)ip.Port) : Unspecified;

    /// <summary>Address and port, to connect to.</summary>
    public IPEndPoint ToEndPoint() => new(Address, Port);

    /// <summary>Reads 26 bytes.</summary>
    public static NetworkAddress Read(ref ByteReader reader) =>
        new((ServiceFlags)reader.ReadUInt64(), new IPAddress(reader.ReadSpan(AddressSize)), reader.ReadUInt16BigEndian());

    /// <summary>Writes 26 bytes.</summary>
    public void Write(ByteWriter writer)
    {
        writer.WriteUInt64((ulong)Services);
        var address = Address.AddressFamily == AddressFamily.InterNetwork ? Address.MapToIPv6() : Address;
        _ = address.TryWriteBytes(writer.Take(AddressSize), out _);
        writer.WriteUInt16BigEndian(Port);
    }

    /// <summary>Address and port.</summary>
    public override string ToString() => ToEndPoint().ToString();
}
