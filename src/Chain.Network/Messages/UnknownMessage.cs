using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>A command that this node does not speak. It is no error: the protocol grows by commands that old nodes ignore.</summary>
public sealed class UnknownMessage : Message
{
    /// <summary>Creates a message from its parts.</summary>
    public UnknownMessage(string command, ReadOnlyMemory<byte> payload)
    {
        Command = command;
        Payload = payload;
    }

    /// <inheritdoc/>
    public override string Command { get; }

    /// <summary>The bytes as they came.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <inheritdoc/>
    public override void Write(ByteWriter writer) => writer.WriteBytes(Payload.Span);

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> ToPayload() => Payload;
}
