using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.Network.Messages;

/// <summary>Asks for an <c>inv</c> of up to 500 blocks that follow those of the locator.</summary>
public sealed class GetBlocksMessage : LocatorMessage
{
    /// <summary>The command.</summary>
    public const string CommandName = "getblocks";

    /// <summary>Asks with a locator, up to a block or, by default, as far as the answer may go.</summary>
    public GetBlocksMessage(BlockLocator locator, BlockHash stopHash = default, uint protocolVersion = MessageCodec.ProtocolVersion)
        : base(protocolVersion, locator, stopHash)
    {
    }

    /// <inheritdoc/>
    public override string Command => CommandName;

    internal static GetBlocksMessage Read(ref ByteReader reader)
    {
        var version = reader.ReadUInt32();
        var locator = BlockLocator.Read(ref reader);
        return new GetBlocksMessage(locator, ReadHash(ref reader), version);
    }
}
