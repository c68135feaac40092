using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>"I am here": repeats the nonce of the ping that it answers (BIP31).</summary>
public sealed class PongMessage : Message
{
    /// <summary>The command.</summary>
    public const string CommandName = "pong";

    /// <summary>Creates the answer to the ping with this nonce.</summary>
    public PongMessage(ulong nonce) => Nonce = nonce;

    /// <inheritdoc/>
    public override string Command => CommandName;

    /// <summary>The ping's number.</summary>
    public ulong Nonce { get; }

    /// <inheritdoc/>
    public override void Write(ByteWriter writer) => writer.WriteUInt64(Nonce);

    internal static PongMessage Read(ref ByteReader reader) => new(reader.ReadUInt64());
}
