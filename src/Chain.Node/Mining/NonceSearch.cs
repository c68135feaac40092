using System.Buffers.Binary;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;

namespace Chain.Node.Mining;

/// <summary>Tries the nonces of a header one after the other.</summary>
public static class NonceSearch
{
    private const int NoncesBetweenLooks = 1 << 12;

    /// <summary>The first nonce from <paramref name="first"/> on that meets the target; null where none of them does, or it was cancelled.</summary>
    public static uint? Find(ReadOnlySpan<byte> header, Target target, uint first, ulong count, CancellationToken cancellationToken)
    {
        Span<byte> bytes = stackalloc byte[BlockHeader.Size];
        header.CopyTo(bytes);
        for (ulong i = 0; i < count; i++)
        {
            if (i % NoncesBetweenLooks == 0 && cancellationToken.IsCancellationRequested) return null;
            var nonce = (uint)(first + i);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[BlockHeader.NonceOffset..], nonce);
            if (target.IsMetBy(new BlockHash(Sha256d.Hash(bytes)))) return nonce;
        }

        return null;
    }
}
