using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.Network.Messages;

/// <summary>A whole block, with its witnesses or, for a peer that asked without them, stripped of them (BIP144).</summary>
public sealed class BlockMessage : Message
{
    /// <summary>The command.</summary>
    public const string CommandName = "block";

    /// <summary>Sends a block, with its witnesses or without.</summary>
    public BlockMessage(Block block, bool withWitness = true)
    {
        Block = block;
        WithWitness = withWitness;
    }

    /// <inheritdoc/>
    public override string Command => CommandName;

    /// <summary>The block.</summary>
    public Block Block { get; }

    /// <summary>Whether witnesses are sent.</summary>
    public bool WithWitness { get; }

    /// <inheritdoc/>
    public override void Write(ByteWriter writer) => writer.WriteBytes(ToPayload().Span);

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> ToPayload() => WithWitness ? Block.Raw : Block.ToStripped();

    /// <summary>The command and the block's hash.</summary>
    public override string ToString() => $"{Command} {Block.Hash}";

    internal static BlockMessage Read(ref ByteReader reader) => new(Block.Read(ref reader));
}
