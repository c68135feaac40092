using Chain.Core.Encoding;

namespace Chain.Core.Psbt;

/// <summary>The key of an entry in one of the maps of a PSBT (BIP174): a type, and data that tells entries of one type apart.</summary>
public readonly record struct PsbtKey(ulong Type, ReadOnlyMemory<byte> Data)
{
    /// <summary>A key without data.</summary>
    public PsbtKey(ulong type) : this(type, default)
    {
    }

    /// <summary>The type as CompactSize, then the data.</summary>
    public byte[] ToByteArray() => new ByteWriter(Data.Length + 9).WriteCompactSize(Type).WriteBytes(Data.Span).ToArray();

    /// <inheritdoc/>
    public bool Equals(PsbtKey other) => Type == other.Type && Data.Span.SequenceEqual(other.Data.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Type);
        hash.AddBytes(Data.Span);
        return hash.ToHashCode();
    }
}
