using Chain.Core.Primitives;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Primitives;

public class BlockTests
{
    private readonly ITestOutputHelper _output;

    public BlockTests(ITestOutputHelper output) => _output = output;

    [Theory]
    [InlineData(Bitcoin.MainGenesisHex, Bitcoin.MainGenesisHash)]
    [InlineData(Bitcoin.RegtestGenesisHex, Bitcoin.RegtestGenesisHash)]
    [InlineData(Bitcoin.Block170Hex, Bitcoin.Block170Hash)]
    public void Hash_OfAKnownBlock_IsThePublishedOne(string hex, string hash)
    {
        var block = Bitcoin.DecodeBlock(hex);
        Assert.Equal(hash, block.Hash.ToString());
        var rebuilt = new Block(block.Header, block.Transactions);
        Assert.Equal(hex, Hex.Of(rebuilt.Raw.Span));
        Assert.Equal(hash, rebuilt.Hash.ToString());
        Assert.Equal(hex[..160], Hex.Of(block.Header.ToByteArray()));
        Assert.Equal(block.Header.MerkleRoot, block.ComputeMerkleRoot(out _));
    }

    [Fact]
    public void TryDecode_BitcoinsGenesisHeader_HasItsParts()
    {
        var header = Bitcoin.DecodeBlock(Bitcoin.MainGenesisHex).Header;
        Assert.Equal(1, header.Version);
        Assert.True(header.PreviousBlockHash.IsZero);
        Assert.Equal(Bitcoin.GenesisCoinbaseId, header.MerkleRoot.ToString());
        Assert.Equal((1231006505u, 0x1d00ffffu, 2083236893u), (header.Time, header.Bits, header.Nonce));
    }

    [Fact]
    public void TryDecode_BytesCutOffOrLeftOver_IsNull()
    {
        var bytes = Hex.Bytes(Bitcoin.Block170Hex);
        for (var length = 0; length < bytes.Length; length++) Assert.Null(Block.TryDecode(bytes.AsMemory(0, length)));
        Assert.Null(Block.TryDecode((byte[])[.. bytes, 0]));
        Assert.NotNull(Block.TryDecode(bytes));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(79)]
    [InlineData(81)]
    public void Header_OfAnotherLength_IsNull(int length) => Assert.Null(BlockHeader.TryDecode(new byte[length]));

    [Fact]
    public void Header_NonceOffset_IsWhereTheNonceStands()
    {
        var header = Bitcoin.DecodeBlock(Bitcoin.MainGenesisHex).Header;
        Assert.Equal(header.Nonce, BitConverter.ToUInt32(header.ToByteArray(), BlockHeader.NonceOffset));
    }

    [Fact]
    public void Weight_CountsWitnessBytesOnce()
    {
        var header = Bitcoin.DecodeBlock(Bitcoin.MainGenesisHex).Header;
        var block = new Block(header, [Bitcoin.DecodeTransaction(Bitcoin.FirstPaymentHex), Bitcoin.DecodeTransaction(Bitcoin.WitnessTransactionHex)]);
        var stripped = new Block(header, [Bitcoin.DecodeTransaction(Bitcoin.FirstPaymentHex), Bitcoin.DecodeTransaction(Bitcoin.StrippedWitnessTransactionHex)]);
        Assert.Equal(stripped.Size, block.StrippedSize);
        Assert.Equal(block.StrippedSize + 110, block.Size);
        Assert.Equal(3L * block.StrippedSize + block.Size, block.Weight);
        Assert.Equal(stripped.Raw.ToArray(), block.ToStripped().ToArray());
        Assert.Equal(4L * stripped.Size, stripped.Weight);
        Assert.Equal(stripped.Raw.ToArray(), stripped.ToStripped().ToArray());
        Assert.Equal(stripped.ComputeMerkleRoot(out _), block.ComputeMerkleRoot(out _));
    }

    [Fact]
    public void TryDecode_OfWhatWasBuilt_IsTheSame() => Property.Check(_output, 500, g =>
    {
        var built = g.Block();
        var read = Block.TryDecode(built.Raw);
        Assert.NotNull(read);
        Assert.Equal(built.Hash, read.Hash);
        Assert.Equal(built.Transactions.Select(t => t.WitnessHash), read.Transactions.Select(t => t.WitnessHash));
        Assert.Equal((built.Size, built.StrippedSize), (read.Size, read.StrippedSize));
        Assert.Equal(built.Raw.ToArray(), new Block(read.Header, read.Transactions).Raw.ToArray());
        var stripped = Block.TryDecode(read.ToStripped());
        Assert.Equal(built.Transactions.Select(t => t.Id), stripped!.Transactions.Select(t => t.Id));
        Assert.Equal(built.StrippedSize, stripped.Size);
    });

    [Fact]
    public void Header_OfWhatWasBuilt_IsTheSame() => Property.Check(_output, 2_000, g =>
    {
        var built = g.Header();
        var read = BlockHeader.TryDecode(built.ToByteArray());
        Assert.NotNull(read);
        Assert.Equal(built.Hash, read.Hash);
        Assert.Equal((built.Version, built.Time, built.Bits, built.Nonce), (read.Version, read.Time, read.Bits, read.Nonce));
        Assert.Equal((built.PreviousBlockHash, built.MerkleRoot), (read.PreviousBlockHash, read.MerkleRoot));
    });

    /// <summary>546 headers of Bitcoin's test network from its block 1 on, and two of a fork from its genesis block.</summary>
    [VectorFact("blockheader_testnet3.hex")]
    public void Header_OfTestnetsChain_LinksToTheNext()
    {
        const string Fork = "fork:";
        var lines = Vectors.ReadLines("blockheader_testnet3.hex");
        var main = lines.Where(line => !line.StartsWith(Fork, StringComparison.Ordinal)).Select(DecodeHeader).ToArray();
        var fork = lines.Where(line => line.StartsWith(Fork, StringComparison.Ordinal)).Select(line => DecodeHeader(line[Fork.Length..])).ToArray();
        Assert.Equal(546, main.Length);
        Assert.Equal("00000000b873e79784647a6c82962c70d228557d24a747ea4d1b8bbe878e1206", main[0].Hash.ToString());
        AssertLinked(main);
        Assert.Equal(2, fork.Length);
        Assert.Equal(main[0].PreviousBlockHash, fork[0].PreviousBlockHash);
        AssertLinked(fork);
        _output.WriteLine($"{lines.Length} headers");
    }

    private static void AssertLinked(BlockHeader[] headers)
    {
        for (var i = 0; i < headers.Length; i++)
        {
            if (i > 0) Assert.Equal(headers[i - 1].Hash, headers[i].PreviousBlockHash);
            Assert.True(Target.FromCompact(headers[i].Bits).IsMetBy(headers[i].Hash));
        }
    }

    private static BlockHeader DecodeHeader(string hex)
    {
        var header = BlockHeader.TryDecode(Hex.Bytes(hex));
        Assert.NotNull(header);
        Assert.Equal(hex, Hex.Of(header.ToByteArray()));
        return header;
    }
}
