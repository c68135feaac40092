using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>"Which nodes do you know?" Answered by <see cref="AddrMessage"/>. No payload.</summary>
public sealed class GetAddrMessage : Message
{
    /// <summary>The command.</summary>
    public const string CommandName = "getaddr";

    /// <inheritdoc/>
    public override string Command => CommandName;

    /// <inheritdoc/>
    public override void Write(ByteWriter writer)
    {
    }
}
