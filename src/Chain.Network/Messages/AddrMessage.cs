using System.Collections.Immutable;
using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>Nodes that the sender knows, itself among them where it listens.</summary>
public sealed class AddrMessage : Message
{
    /// <summary>The command.</summary>
    public const string CommandName = "addr";

    /// <summary>The most addresses in one message (Core: MAX_ADDR_TO_SEND).</summary>
    public const int MaxAddresses = 1_000;

    /// <summary>Takes at most <see cref="MaxAddresses"/> addresses.</summary>
    public AddrMessage(ImmutableArray<TimestampedAddress> addresses)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(addresses.Length, MaxAddresses);
        Addresses = addresses;
    }

    /// <inheritdoc/>
    public override string Command => CommandName;

    /// <summary>The addresses.</summary>
    public ImmutableArray<TimestampedAddress> Addresses { get; }

    /// <inheritdoc/>
    public override void Write(ByteWriter writer)
    {
        writer.WriteCompactSize((ulong)Addresses.Length);
        foreach (var address in Addresses) address.Write(writer);
    }

    internal static AddrMessage Read(ref ByteReader reader)
    {
        var count = reader.ReadCount(TimestampedAddress.Size);
        if (count > MaxAddresses) throw new DecodeException($"an addr message has {count} addresses, more than {MaxAddresses}");
        var addresses = ImmutableArray.CreateBuilder<TimestampedAddress>(count);
        for (var i = 0; i < count; i++) addresses.Add(TimestampedAddress.Read(ref reader));
        return new AddrMessage(addresses.MoveToImmutable());
    }
}
