using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.Network.Messages;

/// <summary>
/// A <c>block</c> message whose bytes are sent as they were stored, without decoding them. Only for sending: what comes in is a
/// <see cref="BlockMessage"/>.
/// </summary>
public sealed class RawBlockMessage : Message
{
    private readonly BlockHash _hash;
    private readonly ReadOnlyMemory<byte> _raw;

    /// <summary>Sends the encoding of the block with this hash, witnesses included.</summary>
    public RawBlockMessage(BlockHash hash, ReadOnlyMemory<byte> raw)
    {
        _hash = hash;
        _raw = raw;
    }

    /// <inheritdoc/>
    public override string Command => BlockMessage.CommandName;

    /// <inheritdoc/>
    public override void Write(ByteWriter writer) => writer.WriteBytes(_raw.Span);

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> ToPayload() => _raw;

    /// <summary>The command and the block's hash.</summary>
    public override string ToString() => $"{Command} {_hash}";
}
