using System.Buffers.Binary;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;

namespace Chain.Node.Mining;

/// <summary>
/// A header whose nonce is sought, with all that does not depend on the nonce: SHA-256 reads 64 bytes a block, so the first
/// block of the header is hashed once, and of the second the three rounds before the nonce enters.
/// </summary>
internal sealed class HeaderJob
{
    /// <summary>Where the nonce stands in the second block.</summary>
    internal const int NonceWord = (BlockHeader.NonceOffset / sizeof(uint)) - Sha256Words.BlockSize;

    private readonly byte[] _header;
    private readonly Target _target;

    internal HeaderJob(ReadOnlySpan<byte> header, Target target)
    {
        if (header.Length != BlockHeader.Size) throw new ArgumentException($"A header has {BlockHeader.Size} bytes, not {header.Length}.", nameof(header));
        _header = header.ToArray();
        _target = target;
        TopWord = (uint)(target.Value >> (8 * (Hash256.Size - sizeof(uint))));

        Span<uint> first = stackalloc uint[Sha256Words.BlockSize];
        for (var i = 0; i < first.Length; i++) first[i] = WordAt(i);
        Sha256Words.InitialHash.CopyTo(Midstate);
        Sha256Words.Compress(Midstate, first);

        var w = SecondBlock;
        for (var i = 0; i < NonceWord; i++) w[i] = WordAt(first.Length + i);
        w[NonceWord + 1] = Sha256Words.EndOfMessage;
        w[15] = BlockHeader.Size * 8;
        unchecked
        {
            w[16] = Sha256Words.Sigma0(w[1]) + w[0];
            w[17] = Sha256Words.Sigma1(w[15]) + Sha256Words.Sigma0(w[2]) + w[1];
        }

        Midstate.CopyTo(StateAtNonce, 0);
        for (var i = 0; i < NonceWord; i++) Sha256Words.Round(StateAtNonce, Sha256Words.K[i], w[i]);
    }

    /// <summary>The hash of the first 64 bytes.</summary>
    internal uint[] Midstate { get; } = new uint[Sha256Words.StateSize];

    /// <summary>The message words of the second block: the end of the header with 0 for the nonce, the padding, and the two of the schedule in which the nonce has no part.</summary>
    internal uint[] SecondBlock { get; } = new uint[Sha256Words.BlockSize + 2];

    /// <summary>The state of the second block's compression when the nonce enters.</summary>
    internal uint[] StateAtNonce { get; } = new uint[Sha256Words.StateSize];

    /// <summary>The most significant 32 bits of the target: a hash that begins higher does not meet it.</summary>
    internal uint TopWord { get; }

    /// <summary>Hashes the header with this nonce in full and compares with the whole target.</summary>
    internal bool IsMetBy(uint nonce)
    {
        Span<byte> header = stackalloc byte[BlockHeader.Size];
        _header.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[BlockHeader.NonceOffset..], nonce);
        return _target.IsMetBy(new BlockHash(Sha256d.Hash(header)));
    }

    private uint WordAt(int index) => BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(index * sizeof(uint)));
}
