using System.Security.Cryptography;

namespace Chain.Core.Cryptography;

/// <summary>SHA-256 of SHA-256: Bitcoin's hash for blocks, transactions, Merkle nodes and message checksums.</summary>
public static class Sha256d
{
    /// <summary>The double SHA-256 of <paramref name="data"/>.</summary>
    public static Hash256 Hash(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[Hash256.Size];
        SHA256.HashData(data, hash);
        SHA256.HashData(hash, hash);
        return new Hash256(hash);
    }

    /// <summary>The double SHA-256 of three pieces one after the other, without joining them.</summary>
    public static Hash256 Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(first);
        sha.AppendData(second);
        sha.AppendData(third);
        Span<byte> hash = stackalloc byte[Hash256.Size];
        sha.GetHashAndReset(hash);
        SHA256.HashData(hash, hash);
        return new Hash256(hash);
    }
}
