using System.Net;
using Chain.Network.Messages;

namespace Chain.Network;

/// <summary>An entry of the <see cref="AddressBook"/>: the address, who told of it, and how often in a row nobody answered there.</summary>
public sealed record KnownAddress(TimestampedAddress Address, IPAddress Source, int Failures)
{
    /// <summary>Whether somebody answered there since the node began to run.</summary>
    public bool HasAnswered { get; init; }
}
