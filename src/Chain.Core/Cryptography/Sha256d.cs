namespace Chain.Core.Cryptography;

/// <summary>SHA-256 of SHA-256: Bitcoin's hash for blocks, transactions, Merkle nodes and message checksums.</summary>
public static class Sha256d
{
    /// <summary>The double SHA-256 of <paramref name="data"/>.</summary>
    public static Hash256 Hash(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[Hash256.Size];
        Sha256.Hash(data, hash);
        Sha256.Hash(hash, hash);
        return new Hash256(hash);
    }
}
