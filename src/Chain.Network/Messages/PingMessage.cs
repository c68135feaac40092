using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>"Are you there?" The answer repeats the nonce (BIP31); before BIP31 there was neither nonce nor answer.</summary>
public sealed class PingMessage : Message
{
    /// <summary>The command.</summary>
    public const string CommandName = "ping";

    /// <summary>Creates a ping; without a nonce, one that asks for no answer.</summary>
    public PingMessage(ulong? nonce) => Nonce = nonce;

    /// <inheritdoc/>
    public override string Command => CommandName;

    /// <summary>The number to send back; null in the old, empty form.</summary>
    public ulong? Nonce { get; }

    /// <inheritdoc/>
    public override void Write(ByteWriter writer)
    {
        if (Nonce is { } nonce) writer.WriteUInt64(nonce);
    }

    internal static PingMessage Read(ref ByteReader reader) => new(reader.Remaining == 0 ? null : reader.ReadUInt64());
}
