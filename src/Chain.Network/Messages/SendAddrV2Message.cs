using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>"Send me addresses in their new form" (BIP155): between version and verack. This node sends the old one to all. No payload.</summary>
public sealed class SendAddrV2Message : Message
{
    /// <summary>The command.</summary>
    public const string CommandName = "sendaddrv2";

    /// <inheritdoc/>
    public override string Command => CommandName;

    /// <inheritdoc/>
    public override void Write(ByteWriter writer)
    {
    }
}
