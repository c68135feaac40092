using Chain.Core.Cryptography;
using Chain.Core.Encoding;

namespace Chain.Core.Primitives;

/// <summary>A header and the proof that some transactions are in its block (BIP37; Core: CMerkleBlock).</summary>
public sealed record MerkleBlock(BlockHeader Header, PartialMerkleTree Tree)
{
    /// <summary>The proof for the transactions of a block with these ids.</summary>
    public static MerkleBlock Create(Block block, IReadOnlySet<TxId> ids) => new(block.Header, PartialMerkleTree.Create(
        [.. block.Transactions.Select(transaction => transaction.Id.Hash)], [.. block.Transactions.Select(transaction => ids.Contains(transaction.Id))]));

    /// <summary>Decodes one proof; null where the bytes are none. What stands behind it is not looked at, as in Core.</summary>
    public static MerkleBlock? TryDecode(ReadOnlyMemory<byte> data)
    {
        try
        {
            var reader = new ByteReader(data);
            return new MerkleBlock(BlockHeader.Read(ref reader), PartialMerkleTree.Read(ref reader));
        }
        catch (DecodeException)
        {
            return null;
        }
    }

    /// <summary>The ids that are proven to be in the block; null where the proof does not lead to the header's root.</summary>
    public IReadOnlyList<TxId>? FindProven() =>
        Tree.FindRoot(out var proven) == Header.MerkleRoot ? [.. proven.Select(pair => new TxId(pair.Leaf))] : null;

    /// <summary>The encoding.</summary>
    public byte[] ToByteArray()
    {
        var writer = new ByteWriter();
        Header.Write(writer);
        Tree.Write(writer);
        return writer.ToArray();
    }
}
