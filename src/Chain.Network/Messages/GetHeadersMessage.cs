using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.Network.Messages;

/// <summary>Asks for up to 2,000 headers that follow those of the locator.</summary>
public sealed class GetHeadersMessage : LocatorMessage
{
    /// <summary>The command.</summary>
    public const string CommandName = "getheaders";

    /// <summary>Asks with a locator, up to a block or, by default, as far as the answer may go.</summary>
    public GetHeadersMessage(BlockLocator locator, BlockHash stopHash = default, uint protocolVersion = MessageCodec.ProtocolVersion)
        : base(protocolVersion, locator, stopHash)
    {
    }

    /// <inheritdoc/>
    public override string Command => CommandName;

    internal static GetHeadersMessage Read(ref ByteReader reader)
    {
        var version = reader.ReadUInt32();
        var locator = BlockLocator.Read(ref reader);
        return new GetHeadersMessage(locator, ReadHash(ref reader), version);
    }
}
