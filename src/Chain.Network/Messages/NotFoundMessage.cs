using System.Collections.Immutable;
using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>The part of a <c>getdata</c> that the sender does not have.</summary>
public sealed class NotFoundMessage : InventoryMessage
{
    /// <summary>The command.</summary>
    public const string CommandName = "notfound";

    /// <summary>Takes at most <see cref="InventoryMessage.MaxItems"/> names.</summary>
    public NotFoundMessage(ImmutableArray<InventoryItem> items) : base(items)
    {
    }

    /// <inheritdoc/>
    public override string Command => CommandName;

    internal static NotFoundMessage Read(ref ByteReader reader) => new(ReadItems(ref reader));
}
