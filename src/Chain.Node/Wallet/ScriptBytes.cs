namespace Chain.Node.Wallet;

/// <summary>A script that can be looked up by its bytes.</summary>
internal readonly struct ScriptBytes(ReadOnlyMemory<byte> bytes) : IEquatable<ScriptBytes>
{
    internal ReadOnlyMemory<byte> Bytes => bytes;

    public bool Equals(ScriptBytes other) => bytes.Span.SequenceEqual(other.Bytes.Span);

    public override bool Equals(object? obj) => obj is ScriptBytes other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(bytes.Span);
        return hash.ToHashCode();
    }
}
