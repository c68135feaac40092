using Chain.Core.Encoding;

namespace Chain.Core.Psbt;

/// <summary>What one type of entry holds: its names in Core's errors, where it is written, and what its key and value must be.</summary>
internal sealed record PsbtField(ulong Type, string Name, string KeyName, Action<PsbtKey, ReadOnlyMemory<byte>> Check)
{
    /// <summary>Whether the key has data behind its type, so that there may be several.</summary>
    public bool HasKeyData { get; init; }

    /// <summary>Whether signers need it: it goes when the input is final.</summary>
    public bool IsForSigning { get; init; }
}

/// <summary>
/// The types of entries that a map of a PSBT may have (BIP174, BIP371), in the order in which they are written. Types that
/// are not among them are kept as they are, those of proprietary use before the others.
/// </summary>
internal sealed class PsbtFields : IComparer<PsbtKey>
{
    /// <summary>The type that programs use among themselves.</summary>
    public const ulong Proprietary = 0xfc;

    private readonly Dictionary<ulong, (PsbtField Field, int Place)> _fields;
    private readonly Func<PsbtKey, ReadOnlyMemory<byte>> _sortKey;

    public PsbtFields(Func<PsbtKey, ReadOnlyMemory<byte>> sortKey, params PsbtField[] fields)
    {
        _sortKey = sortKey;
        _fields = fields.Select((field, place) => (field, place)).ToDictionary(pair => pair.field.Type);
    }

    public PsbtField? Find(ulong type) => _fields.TryGetValue(type, out var found) ? found.Field : null;

    /// <summary>Throws <see cref="DecodeException"/> where key or value is not what the type asks for.</summary>
    public void Check(PsbtKey key, ReadOnlyMemory<byte> value)
    {
        if (key.Type == Proprietary) CheckProprietary(key);
        if (Find(key.Type) is not { } field) return;
        if (!field.HasKeyData && !key.Data.IsEmpty) throw new DecodeException($"{field.KeyName} key is more than one byte type");
        field.Check(key, value);
    }

    /// <inheritdoc/>
    public int Compare(PsbtKey x, PsbtKey y)
    {
        var byPlace = PlaceOf(x).CompareTo(PlaceOf(y));
        if (byPlace != 0) return byPlace;
        return Find(x.Type) is null ? x.ToByteArray().AsSpan().SequenceCompareTo(y.ToByteArray()) : CompareData(x, y);
    }

    private int CompareData(PsbtKey x, PsbtKey y)
    {
        var bySortKey = _sortKey(x).Span.SequenceCompareTo(_sortKey(y).Span);
        return bySortKey != 0 ? bySortKey : x.Data.Span.SequenceCompareTo(y.Data.Span);
    }

    private int PlaceOf(PsbtKey key) => _fields.TryGetValue(key.Type, out var found) ? found.Place : _fields.Count + (key.Type == Proprietary ? 0 : 1);

    private static void CheckProprietary(PsbtKey key)
    {
        var reader = new ByteReader(key.Data);
        _ = reader.ReadVarBytes();
        _ = reader.ReadCompactSize();
    }
}
