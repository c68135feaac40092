using Chain.Core.Cryptography;
using Chain.Core.Encoding;

namespace Chain.Core.Primitives;

/// <summary>
/// The 80 bytes that proof of work covers: version 4, parent 32, Merkle root 32, time 4, bits 4, nonce 4, all
/// little-endian. Its double SHA-256 is the block's hash.
/// </summary>
public sealed class BlockHeader
{
    /// <summary>Encoded length in bytes.</summary>
    public const int Size = 80;

    /// <summary>Where the nonce begins in the encoding.</summary>
    public const int NonceOffset = 76;

    /// <summary>Builds a header and hashes it.</summary>
    public BlockHeader(int version, BlockHash previousBlockHash, Hash256 merkleRoot, uint time, uint bits, uint nonce)
    {
        Version = version;
        PreviousBlockHash = previousBlockHash;
        MerkleRoot = merkleRoot;
        Time = time;
        Bits = bits;
        Nonce = nonce;
        Hash = new BlockHash(Sha256d.Hash(ToByteArray()));
    }

    private BlockHeader(ref ByteReader reader, int start)
    {
        Version = reader.ReadInt32();
        PreviousBlockHash = new BlockHash(new Hash256(reader.ReadSpan(Hash256.Size)));
        MerkleRoot = new Hash256(reader.ReadSpan(Hash256.Size));
        Time = reader.ReadUInt32();
        Bits = reader.ReadUInt32();
        Nonce = reader.ReadUInt32();
        Hash = new BlockHash(Sha256d.Hash(reader.Slice(start, reader.Position).Span));
    }

    /// <summary>Signals rules (BIP34, BIP9).</summary>
    public int Version { get; }

    /// <summary>The parent's hash.</summary>
    public BlockHash PreviousBlockHash { get; }

    /// <summary>Root of the tree of transaction ids.</summary>
    public Hash256 MerkleRoot { get; }

    /// <summary>When the miner says it began, in Unix seconds.</summary>
    public uint Time { get; }

    /// <summary>The target in compact form.</summary>
    public uint Bits { get; }

    /// <summary>What the miner varies.</summary>
    public uint Nonce { get; }

    /// <summary>Double SHA-256 of the encoding.</summary>
    public BlockHash Hash { get; }

    /// <summary>Reads 80 bytes.</summary>
    public static BlockHeader Read(ref ByteReader reader) => new(ref reader, reader.Position);

    /// <summary>Decodes exactly 80 bytes; null for another length.</summary>
    public static BlockHeader? TryDecode(ReadOnlyMemory<byte> data)
    {
        if (data.Length != Size) return null;
        var reader = new ByteReader(data);
        return Read(ref reader);
    }

    /// <summary>Writes 80 bytes.</summary>
    public void Write(ByteWriter writer)
    {
        writer.WriteInt32(Version);
        PreviousBlockHash.Hash.CopyTo(writer.Take(Hash256.Size));
        MerkleRoot.CopyTo(writer.Take(Hash256.Size));
        writer.WriteUInt32(Time).WriteUInt32(Bits).WriteUInt32(Nonce);
    }

    /// <summary>The 80 bytes.</summary>
    public byte[] ToByteArray()
    {
        var writer = new ByteWriter(Size);
        Write(writer);
        return writer.ToArray();
    }
}
