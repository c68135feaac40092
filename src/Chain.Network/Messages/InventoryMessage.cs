using System.Collections.Immutable;
using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>A list of names of blocks and transactions: the payload of <c>inv</c>, <c>getdata</c> and <c>notfound</c>.</summary>
public abstract class InventoryMessage : Message
{
    /// <summary>The most items in one message (Core: MAX_INV_SZ).</summary>
    public const int MaxItems = 50_000;

    /// <summary>Takes at most <see cref="MaxItems"/> items.</summary>
    protected InventoryMessage(ImmutableArray<InventoryItem> items)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(items.Length, MaxItems);
        Items = items;
    }

    /// <summary>The names.</summary>
    public ImmutableArray<InventoryItem> Items { get; }

    /// <inheritdoc/>
    public override void Write(ByteWriter writer)
    {
        writer.WriteCompactSize((ulong)Items.Length);
        foreach (var item in Items) item.Write(writer);
    }

    internal static ImmutableArray<InventoryItem> ReadItems(ref ByteReader reader)
    {
        var count = reader.ReadCount(InventoryItem.Size);
        if (count > MaxItems) throw new DecodeException($"an inventory has {count} items, more than {MaxItems}");
        var items = ImmutableArray.CreateBuilder<InventoryItem>(count);
        for (var i = 0; i < count; i++) items.Add(InventoryItem.Read(ref reader));
        return items.MoveToImmutable();
    }
}
