using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>"Let us name transactions by their witness hash" (BIP339): between version and verack, and only where both say it. No payload.</summary>
public sealed class WtxidRelayMessage : Message
{
    /// <summary>The command.</summary>
    public const string CommandName = "wtxidrelay";

    /// <summary>The first protocol version that knows it.</summary>
    public const int SinceVersion = 70016;

    /// <inheritdoc/>
    public override string Command => CommandName;

    /// <inheritdoc/>
    public override void Write(ByteWriter writer)
    {
    }
}
