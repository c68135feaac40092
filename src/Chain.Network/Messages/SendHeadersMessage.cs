using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>"Announce new blocks by their headers, not by inv" (BIP130). No payload.</summary>
public sealed class SendHeadersMessage : Message
{
    /// <summary>The command.</summary>
    public const string CommandName = "sendheaders";

    /// <summary>The first protocol version that knows it.</summary>
    public const int SinceVersion = 70012;

    /// <inheritdoc/>
    public override string Command => CommandName;

    /// <inheritdoc/>
    public override void Write(ByteWriter writer)
    {
    }
}
