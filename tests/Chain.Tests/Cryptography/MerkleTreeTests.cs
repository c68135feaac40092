using System.Text.Json;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Cryptography;

public class MerkleTreeTests
{
    private readonly ITestOutputHelper _output;

    public MerkleTreeTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void Root_OfNothing_IsZero()
    {
        Assert.True(MerkleTree.ComputeRoot([], out var mutated).IsZero);
        Assert.False(mutated);
    }

    [Fact]
    public void Root_OfOneLeaf_IsTheLeaf()
    {
        var leaf = Hash256.Parse(Bitcoin.GenesisCoinbaseId);
        Assert.Equal(leaf, MerkleTree.ComputeRoot([leaf], out var mutated));
        Assert.False(mutated);
    }

    [Fact]
    public void Root_OfBlock170_IsThatOfItsHeader()
    {
        var block = Bitcoin.DecodeBlock(Bitcoin.Block170Hex);
        Assert.Equal("7dac2c5666815c17a3b36427de37bb9d2e2c5ccec3f8633eb91a4205cb4c10ff", block.Header.MerkleRoot.ToString());
        Assert.Equal(block.Header.MerkleRoot, block.ComputeMerkleRoot(out var mutated));
        Assert.False(mutated);
    }

    [Fact]
    public void Root_OfBlock100000_IsThePublishedOne()
    {
        Hash256[] ids =
        [
            Hash256.Parse("8c14f0db3df150123e6f3dbbf30f8b955a8249b62ac1d1ff16284aefa3d06d87"),
            Hash256.Parse("fff2525b8931402dd09222c50775608f75787bd2b87e56995a7bdd30f79702c4"),
            Hash256.Parse("6359f0868171b1d194cbee1af2f16ea598ae8fad666d9b012c8ed2b79a236ec4"),
            Hash256.Parse("e9a66845e05d5abc0ad04ec80f774a7e585c6e8db975962d069a522137b80c1d"),
        ];
        Assert.Equal("f3e94742aca4b5ef85488dc37c06c3282295ffec960994b2c0d5ac2a25a95766", MerkleTree.ComputeRoot(ids, out var mutated).ToString());
        Assert.False(mutated);
    }

    [Fact]
    public void Root_OddLevel_RepeatsItsLastNode()
    {
        Hash256[] leaves = [Leaf(1), Leaf(2), Leaf(3)];
        var expected = Join(Join(Leaf(1), Leaf(2)), Join(Leaf(3), Leaf(3)));
        Assert.Equal(expected, MerkleTree.ComputeRoot(leaves, out var mutated));
        Assert.False(mutated);
    }

    [VectorFact("btcd_fullblocktests.jsonl.gz")]
    public void Root_OfEveryBlockThatIsAccepted_IsThatOfItsHeader()
    {
        var count = 0;
        foreach (var line in Vectors.ReadLines("btcd_fullblocktests.jsonl.gz").Skip(1))
        {
            using var item = JsonDocument.Parse(line);
            if (item.RootElement.GetProperty("kind").GetString() != "accept") continue;
            var raw = Hex.Bytes(item.RootElement.GetProperty("raw").GetString()!);
            var block = Block.TryDecode(raw);
            Assert.NotNull(block);
            Assert.Equal(item.RootElement.GetProperty("hash").GetString(), block.Hash.ToString());
            Assert.Equal(block.Header.MerkleRoot, block.ComputeMerkleRoot(out var mutated));
            Assert.False(mutated);
            Assert.Equal(raw, new Block(block.Header, block.Transactions).Raw.ToArray());
            count++;
        }

        Assert.NotEqual(0, count);
        _output.WriteLine($"{count} blocks");
    }

    // CVE-2012-2459: the tail of a list, repeated, leaves the root as it was.
    [Theory]
    [InlineData("1 2 3", "1 2 3 3")]
    [InlineData("1 2 3 4 5", "1 2 3 4 5 5")]
    [InlineData("1 2 3 4 5 6", "1 2 3 4 5 6 5 6")]
    [InlineData("1 2 3 4 5", "1 2 3 4 5 5 5 5")]
    public void Root_ListWithItsTailRepeated_IsTheSameAndMutated(string list, string repeated)
    {
        var root = MerkleTree.ComputeRoot(Leaves(list), out var mutated);
        Assert.False(mutated);
        Assert.Equal(root, MerkleTree.ComputeRoot(Leaves(repeated), out mutated));
        Assert.True(mutated);
    }

    [Theory]
    [InlineData("1 1 2 3")]
    [InlineData("1 2 1 2 3 4")]
    [InlineData("1 2 3 3 4 5")]
    public void Root_EqualNodesAsAPairAnywhere_IsMutated(string list)
    {
        _ = MerkleTree.ComputeRoot(Leaves(list), out var mutated);
        Assert.True(mutated);
    }

    [Theory]
    [InlineData("1 2 2 3")]
    [InlineData("1 2 2")]
    [InlineData("1 2 1")]
    public void Root_EqualLeavesThatAreNoPair_IsNotMutated(string list)
    {
        _ = MerkleTree.ComputeRoot(Leaves(list), out var mutated);
        Assert.False(mutated);
    }

    [Fact]
    public void Root_DoesNotChangeTheLeavesItIsGiven()
    {
        var leaves = Leaves("1 2 3 4 5");
        _ = MerkleTree.ComputeRoot(leaves, out _);
        Assert.Equal(Leaves("1 2 3 4 5"), leaves);
    }

    private static Hash256[] Leaves(string list) => list.Split(' ').Select(n => Leaf(byte.Parse(n, System.Globalization.CultureInfo.InvariantCulture))).ToArray();

    private static Hash256 Leaf(byte number) => Sha256d.Hash([number]);

    private static Hash256 Join(Hash256 left, Hash256 right) => Sha256d.Hash([.. left.ToByteArray(), .. right.ToByteArray()]);
}
