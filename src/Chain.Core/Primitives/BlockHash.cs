using System.Diagnostics.CodeAnalysis;
using Chain.Core.Cryptography;

namespace Chain.Core.Primitives;

/// <summary>The id of a block: double SHA-256 of its 80-byte header. Printed with its bytes reversed, zeros first.</summary>
public readonly record struct BlockHash(Hash256 Hash)
{
    /// <summary>The parent that a genesis block names: all zeros.</summary>
    public static BlockHash Zero => default;

    /// <summary>True for the parent of a genesis block.</summary>
    public bool IsZero => Hash.IsZero;

    /// <summary>Parses 64 hexadecimal digits as people write a hash.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out BlockHash hash)
    {
        var ok = Hash256.TryParse(text, out var value);
        hash = new BlockHash(value);
        return ok;
    }

    /// <summary>64 hexadecimal digits, bytes reversed.</summary>
    public override string ToString() => Hash.ToString();
}
