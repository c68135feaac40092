using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>"Do not announce transactions that pay less" (BIP133): a fee rate of 8 bytes.</summary>
public sealed class FeeFilterMessage : Message
{
    /// <summary>The command.</summary>
    public const string CommandName = "feefilter";

    /// <summary>The first protocol version that knows it.</summary>
    public const int SinceVersion = 70013;

    /// <summary>Creates the message for a fee rate.</summary>
    public FeeFilterMessage(long feeRate) => FeeRate = feeRate;

    /// <inheritdoc/>
    public override string Command => CommandName;

    /// <summary>The least fee rate, in satoshis per 1,000 vbytes; as it came, perhaps no amount of money at all.</summary>
    public long FeeRate { get; }

    /// <inheritdoc/>
    public override void Write(ByteWriter writer) => writer.WriteInt64(FeeRate);

    internal static FeeFilterMessage Read(ref ByteReader reader) => new(reader.ReadInt64());
}
