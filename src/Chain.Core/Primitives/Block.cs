using System.Collections.Immutable;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;

namespace Chain.Core.Primitives;

/// <summary>A header and its transactions, the coinbase first. Immutable; the encoding is kept as it came.</summary>
public sealed class Block
{
    /// <summary>Builds a block and encodes it.</summary>
    public Block(BlockHeader header, ImmutableArray<Transaction> transactions)
        : this(header, transactions, Encode(header, transactions, withWitness: true))
    {
    }

    private Block(BlockHeader header, ImmutableArray<Transaction> transactions, ReadOnlyMemory<byte> raw)
    {
        Header = header;
        Transactions = transactions;
        Raw = raw;
        var stripped = raw.Length;
        foreach (var transaction in transactions) stripped -= transaction.Size - transaction.StrippedRaw.Length;
        StrippedSize = stripped;
    }

    /// <summary>The 80-byte header.</summary>
    public BlockHeader Header { get; }

    /// <summary>The transactions in order.</summary>
    public ImmutableArray<Transaction> Transactions { get; }

    /// <summary>The header's hash.</summary>
    public BlockHash Hash => Header.Hash;

    /// <summary>The whole encoding, witnesses included.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>Size in bytes with witnesses.</summary>
    public int Size => Raw.Length;

    /// <summary>Size in bytes without witnesses.</summary>
    public int StrippedSize { get; }

    /// <summary>Weight units: three times the size without witnesses plus the size with them (BIP141).</summary>
    public long Weight => (long)StrippedSize * (Transaction.WitnessScaleFactor - 1) + Size;

    /// <summary>Decodes one block and nothing behind it; null where the bytes are no block.</summary>
    public static Block? TryDecode(ReadOnlyMemory<byte> data)
    {
        try
        {
            var reader = new ByteReader(data);
            var block = Read(ref reader);
            reader.ExpectEnd();
            return block;
        }
        catch (DecodeException)
        {
            return null;
        }
    }

    /// <summary>Reads a header, a count and as many transactions.</summary>
    public static Block Read(ref ByteReader reader)
    {
        var start = reader.Position;
        var header = BlockHeader.Read(ref reader);
        var transactions = ImmutableArray.CreateBuilder<Transaction>(reader.ReadCount(Transaction.MinSize));
        for (var i = transactions.Capacity; i > 0; i--) transactions.Add(Transaction.Read(ref reader));
        return new Block(header, transactions.MoveToImmutable(), reader.Slice(start, reader.Position));
    }

    /// <summary>The encoding without witnesses, for peers that do not ask for them.</summary>
    public ReadOnlyMemory<byte> ToStripped() =>
        StrippedSize == Size ? Raw : Encode(Header, Transactions, withWitness: false);

    /// <summary>The root of the tree of transaction ids, and whether the list has the shape of CVE-2012-2459.</summary>
    public Hash256 ComputeMerkleRoot(out bool mutated) => ComputeMerkleRoot(Transactions, out mutated);

    /// <summary>The root for a list of transactions of which no block exists yet.</summary>
    public static Hash256 ComputeMerkleRoot(ImmutableArray<Transaction> transactions, out bool mutated)
    {
        var ids = new Hash256[transactions.Length];
        for (var i = 0; i < ids.Length; i++) ids[i] = transactions[i].Id.Hash;
        return MerkleTree.ComputeRoot(ids, out mutated);
    }

    private static byte[] Encode(BlockHeader header, ImmutableArray<Transaction> transactions, bool withWitness)
    {
        var writer = new ByteWriter(BlockHeader.Size + 9 + transactions.Sum(t => t.Size));
        header.Write(writer);
        writer.WriteCompactSize((ulong)transactions.Length);
        foreach (var transaction in transactions) writer.WriteBytes(withWitness ? transaction.Raw.Span : transaction.StrippedRaw.Span);
        return writer.ToArray();
    }
}
