using Chain.Core.Encoding;

namespace Chain.Core.Psbt;

/// <summary>
/// One of the maps that a PSBT consists of (BIP174): about the whole, about an input or about an output. It holds entries of
/// every type as they came, and writes them in Core's order.
/// </summary>
public abstract class PsbtMap
{
    private const byte Separator = 0x00;

    private readonly PsbtFields _fields;
    private readonly SortedDictionary<PsbtKey, ReadOnlyMemory<byte>> _entries;

    internal PsbtMap(PsbtFields fields)
    {
        _fields = fields;
        _entries = new SortedDictionary<PsbtKey, ReadOnlyMemory<byte>>(fields);
    }

    /// <summary>The entries of types that this program does not know, by their whole key.</summary>
    public IEnumerable<(byte[] Key, ReadOnlyMemory<byte> Value)> Unknown =>
        _entries.Where(entry => entry.Key.Type != PsbtFields.Proprietary && _fields.Find(entry.Key.Type) is null).Select(entry => (entry.Key.ToByteArray(), entry.Value));

    /// <summary>The entries that programs use among themselves.</summary>
    public IEnumerable<PsbtProprietary> Proprietary => All(PsbtFields.Proprietary).Select(entry => PsbtProprietary.Read(entry.Data, entry.Value));

    /// <summary>Whether there is an entry of a type.</summary>
    public bool Has(ulong type) => All(type).Any();

    /// <summary>All entries of a type, in their order.</summary>
    public IEnumerable<(ReadOnlyMemory<byte> Data, ReadOnlyMemory<byte> Value)> All(ulong type) =>
        _entries.Where(entry => entry.Key.Type == type).Select(entry => (entry.Key.Data, entry.Value));

    /// <summary>The value of a type that is there once at most; null where it is not.</summary>
    public ReadOnlyMemory<byte>? Find(ulong type) => _entries.TryGetValue(new PsbtKey(type), out var value) ? value : (ReadOnlyMemory<byte>?)null;

    /// <summary>Sets an entry. Throws <see cref="DecodeException"/> where its type cannot have such a key or value.</summary>
    public void Set(PsbtKey key, ReadOnlyMemory<byte> value)
    {
        _fields.Check(key, value);
        _entries[key] = value;
    }

    /// <summary>Sets the entry of a type that is there once, or removes it where there is nothing to set.</summary>
    public void SetOrRemove(ulong type, ReadOnlyMemory<byte>? value)
    {
        if (value is { } given) Set(new PsbtKey(type), given);
        else _entries.Remove(new PsbtKey(type));
    }

    /// <summary>Adds what the other map has and this one has not.</summary>
    public virtual void Merge(PsbtMap other)
    {
        foreach (var (key, value) in other._entries) _entries.TryAdd(key, value);
    }

    internal void RemoveForSigning()
    {
        foreach (var key in _entries.Keys.Where(key => _fields.Find(key.Type) is { IsForSigning: true }).ToList()) _entries.Remove(key);
    }

    /// <summary>Reads entries up to the separator.</summary>
    internal void Read(ref ByteReader reader, string place)
    {
        while (reader.Remaining > 0)
        {
            var key = reader.ReadVarBytes();
            if (key.IsEmpty) return;
            var keyReader = new ByteReader(key);
            var type = keyReader.ReadCompactSize();
            var parsed = new PsbtKey(type, keyReader.ReadMemory(keyReader.Remaining));
            var value = reader.ReadVarBytes();
            if (_entries.ContainsKey(parsed)) throw new DecodeException(DuplicateText(type));
            Set(parsed, value);
        }

        throw new DecodeException($"A separator is missing at the end of {place} map");
    }

    internal void Write(ByteWriter writer)
    {
        foreach (var (key, value) in _entries) writer.WriteVarBytes(key.ToByteArray()).WriteVarBytes(value.Span);
        writer.WriteByte(Separator);
    }

    /// <summary>Reads a value that is one object and nothing behind it.</summary>
    internal static T ReadWhole<T>(ReadOnlyMemory<byte> value, Reading<T> read)
    {
        var reader = new ByteReader(value);
        var result = read(ref reader);
        if (reader.Remaining > 0) throw new DecodeException("Size of value was not the stated size");
        return result;
    }

    private string DuplicateText(ulong type) => type == PsbtFields.Proprietary
        ? "Duplicate Key, proprietary key already found"
        : $"Duplicate Key, {_fields.Find(type)?.Name ?? "key for unknown value"} already provided";

    internal delegate T Reading<T>(ref ByteReader reader);
}

/// <summary>An entry for use between programs (BIP174): whose it is, a type of theirs, and their key and value.</summary>
public sealed record PsbtProprietary(ReadOnlyMemory<byte> Identifier, ulong Subtype, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value)
{
    internal static PsbtProprietary Read(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value)
    {
        var reader = new ByteReader(key);
        var identifier = reader.ReadVarBytes();
        var subtype = reader.ReadCompactSize();
        return new PsbtProprietary(identifier, subtype, reader.ReadMemory(reader.Remaining), value);
    }
}
