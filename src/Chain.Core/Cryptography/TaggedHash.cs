using Chain.Core.Encoding;

namespace Chain.Core.Cryptography;

/// <summary>
/// SHA-256 under a name (BIP340): the SHA-256 of the tag stands twice before the message, so that a hash for one purpose is
/// never one for another.
/// </summary>
public static class TaggedHash
{
    /// <summary>A leaf of taproot's tree: version and script (BIP341).</summary>
    public static readonly Hash256 TapLeaf = OfTag("TapLeaf"u8);

    /// <summary>A branch of taproot's tree (BIP341).</summary>
    public static readonly Hash256 TapBranch = OfTag("TapBranch"u8);

    /// <summary>What is added to taproot's inner key (BIP341).</summary>
    public static readonly Hash256 TapTweak = OfTag("TapTweak"u8);

    /// <summary>What a Schnorr signature in a transaction signs (BIP341).</summary>
    public static readonly Hash256 TapSighash = OfTag("TapSighash"u8);

    /// <summary>The hash of a tag's text, to begin with.</summary>
    public static Hash256 OfTag(ReadOnlySpan<byte> tag)
    {
        Span<byte> hash = stackalloc byte[Hash256.Size];
        Sha256.Hash(tag, hash);
        return new Hash256(hash);
    }

    /// <summary>A writer that takes the message, of about <paramref name="capacity"/> bytes.</summary>
    public static ByteWriter Begin(Hash256 tag, int capacity) => new ByteWriter(2 * Hash256.Size + capacity).WriteHash(tag).WriteHash(tag);

    /// <summary>The hash of what was written.</summary>
    public static Hash256 End(ByteWriter writer)
    {
        Span<byte> hash = stackalloc byte[Hash256.Size];
        Sha256.Hash(writer.WrittenSpan, hash);
        return new Hash256(hash);
    }
}
