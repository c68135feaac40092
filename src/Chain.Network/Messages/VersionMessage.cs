using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>
/// The first message of each side: who one is, what one offers, how long one's chain is. Fields behind the sender's
/// address came with later clients; a message may end before any of them, or go on behind the last.
/// </summary>
public sealed class VersionMessage : Message
{
    /// <summary>The command.</summary>
    public const string CommandName = "version";

    /// <summary>The most bytes of a user agent (Core: MAX_SUBVERSION_LENGTH).</summary>
    public const int MaxUserAgentLength = 256;

    private readonly string _userAgent = "";

    /// <inheritdoc/>
    public override string Command => CommandName;

    /// <summary>The newest protocol version that the sender speaks.</summary>
    public required int ProtocolVersion { get; init; }

    /// <summary>What the sender offers.</summary>
    public ServiceFlags Services { get; init; }

    /// <summary>The sender's clock, in Unix seconds.</summary>
    public long Timestamp { get; init; }

    /// <summary>The receiver's address, as the sender sees it.</summary>
    public NetworkAddress Receiver { get; init; } = NetworkAddress.Unspecified;

    /// <summary>
    /// The sender's own address; today's nodes leave it empty. Nodes of this program give the port on which they listen, by which
    /// one that connects can be told from another on the same machine.
    /// </summary>
    public NetworkAddress Sender { get; init; } = NetworkAddress.Unspecified;

    /// <summary>A random number by which a node recognises that it has connected to itself; 0 where there is none.</summary>
    public ulong Nonce { get; init; }

    /// <summary>The sender's software (BIP14), such as <c>/chain:0.1.0/</c>; printable ASCII.</summary>
    public string UserAgent
    {
        get => _userAgent;
        init => _userAgent = WireText.Require(value, MaxUserAgentLength, nameof(UserAgent));
    }

    /// <summary>The height of the sender's tip.</summary>
    public int StartHeight { get; init; }

    /// <summary>Whether the sender wants transactions announced (BIP37).</summary>
    public bool Relay { get; init; } = true;

    /// <inheritdoc/>
    public override void Write(ByteWriter writer)
    {
        writer.WriteInt32(ProtocolVersion).WriteUInt64((ulong)Services).WriteInt64(Timestamp);
        Receiver.Write(writer);
        Sender.Write(writer);
        writer.WriteUInt64(Nonce);
        WireText.Write(writer, UserAgent);
        writer.WriteInt32(StartHeight).WriteByte(Relay ? (byte)1 : (byte)0);
    }

    internal static VersionMessage Read(ref ByteReader reader)
    {
        var version = reader.ReadInt32();
        var services = (ServiceFlags)reader.ReadUInt64();
        var timestamp = reader.ReadInt64();
        var receiver = NetworkAddress.Read(ref reader);
        var sender = NetworkAddress.Unspecified;
        var nonce = 0UL;
        if (reader.Remaining > 0)
        {
            sender = NetworkAddress.Read(ref reader);
            nonce = reader.ReadUInt64();
        }

        return new VersionMessage
        {
            ProtocolVersion = version,
            Services = services,
            Timestamp = timestamp,
            Receiver = receiver,
            Sender = sender,
            Nonce = nonce,
            UserAgent = reader.Remaining > 0 ? WireText.Read(ref reader, MaxUserAgentLength, "user agent") : "",
            StartHeight = reader.Remaining > 0 ? reader.ReadInt32() : 0,
            Relay = reader.Remaining == 0 || reader.ReadByte() != 0,
        };
    }
}
