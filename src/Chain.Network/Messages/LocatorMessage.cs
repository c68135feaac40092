using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.Network.Messages;

/// <summary>
/// Asks for what follows the last block that both sides have: version 4, locator, stop hash 32. The payload of
/// <c>getblocks</c> and <c>getheaders</c>.
/// </summary>
public abstract class LocatorMessage : Message
{
    /// <summary>Asks with a locator, up to a block or, with zeros, as far as the answer may go.</summary>
    protected LocatorMessage(uint protocolVersion, BlockLocator locator, BlockHash stopHash)
    {
        ProtocolVersion = protocolVersion;
        Locator = locator;
        StopHash = stopHash;
    }

    /// <summary>The sender's protocol version; nobody reads it.</summary>
    public uint ProtocolVersion { get; }

    /// <summary>Which chain the sender has.</summary>
    public BlockLocator Locator { get; }

    /// <summary>The last block that is wanted; zeros for as many as allowed.</summary>
    public BlockHash StopHash { get; }

    /// <inheritdoc/>
    public override void Write(ByteWriter writer)
    {
        writer.WriteUInt32(ProtocolVersion);
        Locator.Write(writer);
        StopHash.Hash.CopyTo(writer.Take(Hash256.Size));
    }

    private protected static BlockHash ReadHash(ref ByteReader reader) => new(new Hash256(reader.ReadSpan(Hash256.Size)));
}
