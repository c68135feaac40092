using System.Collections.Immutable;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;

namespace Chain.Core.Primitives;

/// <summary>
/// Tells a peer which chain one has in few hashes, newest first: the last ten blocks, then steps that double, then the
/// genesis block. The peer finds the first that it has on its own chain too, and goes on from there.
/// </summary>
public sealed class BlockLocator
{
    /// <summary>The most hashes that a peer may send (Core: MAX_LOCATOR_SZ).</summary>
    public const int MaxSize = 101;

    private const int Dense = 10;

    /// <summary>Takes the hashes, newest first.</summary>
    public BlockLocator(ImmutableArray<BlockHash> hashes) => Hashes = hashes;

    /// <summary>The hashes, newest first.</summary>
    public ImmutableArray<BlockHash> Hashes { get; }

    /// <summary>The heights that a locator of a chain with this tip names, newest first, genesis last.</summary>
    public static IEnumerable<int> Heights(int tipHeight)
    {
        var step = 1;
        var taken = 0;
        for (long height = tipHeight; height > 0; height -= step)
        {
            yield return (int)height;
            if (++taken >= Dense) step = (int)Math.Min(step * 2L, int.MaxValue / 2);
        }

        yield return 0;
    }

    /// <summary>Reads a count and as many hashes; more than <see cref="MaxSize"/> are refused.</summary>
    public static BlockLocator Read(ref ByteReader reader)
    {
        var count = reader.ReadCount(Hash256.Size);
        if (count > MaxSize) throw new DecodeException($"a locator has {count} hashes, more than {MaxSize}");
        var hashes = ImmutableArray.CreateBuilder<BlockHash>(count);
        for (var i = 0; i < count; i++) hashes.Add(new BlockHash(new Hash256(reader.ReadSpan(Hash256.Size))));
        return new BlockLocator(hashes.MoveToImmutable());
    }

    /// <summary>Writes a count and the hashes.</summary>
    public void Write(ByteWriter writer)
    {
        writer.WriteCompactSize((ulong)Hashes.Length);
        foreach (var hash in Hashes) hash.Hash.CopyTo(writer.Take(Hash256.Size));
    }
}
