using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>
/// What two nodes say to each other: a command of at most 12 letters and a payload. Immutable; one class for each command
/// that this node speaks, <see cref="UnknownMessage"/> for all others. <see cref="MessageCodec"/> turns bytes into one.
/// </summary>
public abstract class Message
{
    /// <summary>The command that stands in the frame.</summary>
    public abstract string Command { get; }

    /// <summary>Writes the payload.</summary>
    public abstract void Write(ByteWriter writer);

    /// <summary>The payload as bytes that nobody changes: for blocks and transactions those that they keep, without a copy.</summary>
    public virtual ReadOnlyMemory<byte> ToPayload()
    {
        var writer = new ByteWriter();
        Write(writer);
        return writer.ToArray();
    }

    /// <summary>The command.</summary>
    public override string ToString() => Command;
}
