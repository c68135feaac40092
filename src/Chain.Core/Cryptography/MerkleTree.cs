namespace Chain.Core.Cryptography;

/// <summary>
/// The binary tree of double SHA-256 over a block's transaction ids, whose root stands in the header. A level with an odd
/// number of nodes repeats its last one.
/// </summary>
public static class MerkleTree
{
    /// <summary>
    /// Computes the root; all zeros for no leaves. <paramref name="mutated"/> is set where two equal nodes stand side by
    /// side as a pair: such a list of transactions has the same root as a shorter one (CVE-2012-2459), so a block of that
    /// shape must be refused without remembering its hash as invalid.
    /// </summary>
    public static Hash256 ComputeRoot(ReadOnlySpan<Hash256> leaves, out bool mutated)
    {
        mutated = false;
        if (leaves.IsEmpty) return Hash256.Zero;
        var level = leaves.ToArray();
        var count = level.Length;
        Span<byte> pair = stackalloc byte[2 * Hash256.Size];
        while (count > 1)
        {
            for (var i = 0; i + 1 < count; i += 2) mutated |= level[i] == level[i + 1];
            var half = (count + 1) / 2;
            for (var i = 0; i < half; i++)
            {
                level[2 * i].CopyTo(pair);
                level[Math.Min(2 * i + 1, count - 1)].CopyTo(pair[Hash256.Size..]);
                level[i] = Sha256d.Hash(pair);
            }

            count = half;
        }

        return level[0];
    }
}
