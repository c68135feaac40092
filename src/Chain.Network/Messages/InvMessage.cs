using System.Collections.Immutable;
using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>"I have these": announces blocks and transactions, and answers <c>getblocks</c>.</summary>
public sealed class InvMessage : InventoryMessage
{
    /// <summary>The command.</summary>
    public const string CommandName = "inv";

    /// <summary>Takes at most <see cref="InventoryMessage.MaxItems"/> names.</summary>
    public InvMessage(ImmutableArray<InventoryItem> items) : base(items)
    {
    }

    /// <inheritdoc/>
    public override string Command => CommandName;

    internal static InvMessage Read(ref ByteReader reader) => new(ReadItems(ref reader));
}
