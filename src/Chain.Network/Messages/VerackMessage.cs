using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>"I have read your version": with it the handshake is done for its receiver. No payload.</summary>
public sealed class VerackMessage : Message
{
    /// <summary>The command.</summary>
    public const string CommandName = "verack";

    /// <inheritdoc/>
    public override string Command => CommandName;

    /// <inheritdoc/>
    public override void Write(ByteWriter writer)
    {
    }
}
