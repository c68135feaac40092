using System.Collections.Immutable;
using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>"Send me these": answered by <c>block</c>, <c>tx</c> or <c>notfound</c>.</summary>
public sealed class GetDataMessage : InventoryMessage
{
    /// <summary>The command.</summary>
    public const string CommandName = "getdata";

    /// <summary>Takes at most <see cref="InventoryMessage.MaxItems"/> names.</summary>
    public GetDataMessage(ImmutableArray<InventoryItem> items) : base(items)
    {
    }

    /// <inheritdoc/>
    public override string Command => CommandName;

    internal static GetDataMessage Read(ref ByteReader reader) => new(ReadItems(ref reader));
}
