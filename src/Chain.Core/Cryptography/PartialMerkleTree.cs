using System.Collections;
using System.Collections.Immutable;
using Chain.Core.Encoding;

namespace Chain.Core.Cryptography;

/// <summary>
/// The part of a block's tree of transaction ids that proves that some of them are in it (BIP37; Core: CPartialMerkleTree): a
/// walk from the root, for each node a bit that says whether something to prove lies below, and the hashes of nodes and leaves
/// where the walk ends.
/// </summary>
public sealed record PartialMerkleTree(int Count, ImmutableArray<Hash256> Hashes, ImmutableArray<bool> Bits)
{
    /// <summary>The least bytes of a transaction, by which the number of leaves in a block is bounded.</summary>
    private const int MinTransactionSize = 60;

    /// <summary>The most leaves that a block can have.</summary>
    private const int MaxCount = 4_000_000 / MinTransactionSize;

    /// <summary>Proves the leaves that <paramref name="isWanted"/> marks.</summary>
    public static PartialMerkleTree Create(ReadOnlySpan<Hash256> leaves, ReadOnlySpan<bool> isWanted)
    {
        var builder = new Builder(leaves.ToArray(), isWanted.ToArray());
        builder.Walk(HeightOf(leaves.Length), 0);
        return new PartialMerkleTree(leaves.Length, [.. builder.Hashes], [.. builder.Bits]);
    }

    /// <summary>Reads count, hashes and bits.</summary>
    public static PartialMerkleTree Read(ref ByteReader reader)
    {
        var count = reader.ReadUInt32();
        var hashes = ImmutableArray.CreateBuilder<Hash256>(reader.ReadCount(Hash256.Size));
        for (var i = hashes.Capacity; i > 0; i--) hashes.Add(new Hash256(reader.ReadSpan(Hash256.Size)));
        var bits = new BitArray(reader.ReadVarBytes().ToArray());
        return new PartialMerkleTree(count <= int.MaxValue ? (int)count : int.MaxValue, hashes.MoveToImmutable(), [.. bits.Cast<bool>()]);
    }

    /// <summary>Writes what <see cref="Read"/> reads.</summary>
    public void Write(ByteWriter writer)
    {
        writer.WriteUInt32((uint)Count).WriteCompactSize((ulong)Hashes.Length);
        foreach (var hash in Hashes) writer.WriteHash(hash);
        var bytes = new byte[(Bits.Length + 7) / 8];
        new BitArray([.. Bits]).CopyTo(bytes, 0);
        writer.WriteVarBytes(bytes);
    }

    /// <summary>
    /// The leaves that are proven, each with its place, and the root that they lead to; null where the walk does not fit the
    /// hashes and bits.
    /// </summary>
    public Hash256? FindRoot(out IReadOnlyList<(Hash256 Leaf, int Index)> proven)
    {
        proven = [];
        if (Count is 0 or > MaxCount || Hashes.Length > Count || Bits.Length < Hashes.Length) return null;
        var walk = new Walker(this);
        var root = walk.Walk(HeightOf(Count), 0);
        if (walk.IsBad || (walk.BitsUsed + 7) / 8 != (Bits.Length + 7) / 8 || walk.HashesUsed != Hashes.Length) return null;
        proven = walk.Proven;
        return root;
    }

    private static int HeightOf(int count)
    {
        var height = 0;
        while (WidthAt(count, height) > 1) height++;
        return height;
    }

    private static int WidthAt(int count, int height) => (int)((count + (1L << height) - 1) >> height);

    private static Hash256 Pair(Hash256 left, Hash256 right)
    {
        Span<byte> pair = stackalloc byte[2 * Hash256.Size];
        left.CopyTo(pair);
        right.CopyTo(pair[Hash256.Size..]);
        return Sha256d.Hash(pair);
    }

    private sealed class Builder(Hash256[] leaves, bool[] isWanted)
    {
        public List<Hash256> Hashes { get; } = [];

        public List<bool> Bits { get; } = [];

        public void Walk(int height, int position)
        {
            var first = position << height;
            var last = Math.Min((position + 1) << height, leaves.Length);
            var isAbove = isWanted.AsSpan(first, last - first).Contains(true);
            Bits.Add(isAbove);
            if (height == 0 || !isAbove)
            {
                Hashes.Add(HashOf(height, position));
                return;
            }

            Walk(height - 1, position * 2);
            if (position * 2 + 1 < WidthAt(leaves.Length, height - 1)) Walk(height - 1, position * 2 + 1);
        }

        private Hash256 HashOf(int height, int position)
        {
            if (height == 0) return leaves[position];
            var left = HashOf(height - 1, position * 2);
            return Pair(left, position * 2 + 1 < WidthAt(leaves.Length, height - 1) ? HashOf(height - 1, position * 2 + 1) : left);
        }
    }

    private sealed class Walker(PartialMerkleTree tree)
    {
        public List<(Hash256, int)> Proven { get; } = [];

        public int BitsUsed { get; private set; }

        public int HashesUsed { get; private set; }

        public bool IsBad { get; private set; }

        public Hash256 Walk(int height, int position)
        {
            if (IsBad || BitsUsed >= tree.Bits.Length) return Bad();
            var isAbove = tree.Bits[BitsUsed++];
            if (height == 0 || !isAbove)
            {
                if (HashesUsed >= tree.Hashes.Length) return Bad();
                var hash = tree.Hashes[HashesUsed++];
                if (height == 0 && isAbove) Proven.Add((hash, position));
                return hash;
            }

            var left = Walk(height - 1, position * 2);
            if (position * 2 + 1 >= WidthAt(tree.Count, height - 1)) return Pair(left, left);
            var right = Walk(height - 1, position * 2 + 1);

            // Two equal nodes side by side would let the same proof stand for a shorter list (CVE-2012-2459).
            return right == left ? Bad() : Pair(left, right);
        }

        private Hash256 Bad()
        {
            IsBad = true;
            return Hash256.Zero;
        }
    }
}
