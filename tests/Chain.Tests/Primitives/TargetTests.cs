using System.Globalization;
using System.Numerics;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Primitives;

public class TargetTests
{
    private readonly ITestOutputHelper _output;

    public TargetTests(ITestOutputHelper output) => _output = output;

    [Theory]
    [InlineData(0x1d00ffffu, "00ffff0000000000000000000000000000000000000000000000000000", "4295032833")]
    [InlineData(0x207fffffu, "7fffff0000000000000000000000000000000000000000000000000000000000", "2")]
    [InlineData(0x1b0404cbu, "0404cb000000000000000000000000000000000000000000000000", "70040908352512")]
    public void FromCompact_KnownBits_HaveTheirValueAndWork(uint bits, string value, string work)
    {
        var target = Target.FromCompact(bits);
        Assert.Equal(bits, target.Bits);
        Assert.Equal(Number(value), target.Value);
        Assert.Equal(BigInteger.Parse(work, CultureInfo.InvariantCulture), target.Work);
    }

    // Core: arith_uint256_tests, bignum_SetCompact.
    [Theory]
    [InlineData(0x01123456u, "12")]
    [InlineData(0x02123456u, "1234")]
    [InlineData(0x02008000u, "80")]
    [InlineData(0x03123456u, "123456")]
    [InlineData(0x04123456u, "12345600")]
    [InlineData(0x05009234u, "92340000")]
    [InlineData(0x20123456u, "1234560000000000000000000000000000000000000000000000000000000000")]
    [InlineData(0x2100ffffu, "ffff000000000000000000000000000000000000000000000000000000000000")]
    [InlineData(0x220000ffu, "ff00000000000000000000000000000000000000000000000000000000000000")]
    public void FromCompact_AnyExponent_ShiftsTheMantissa(uint bits, string value) => Assert.Equal(Number(value), Target.FromCompact(bits).Value);

    [Theory]
    [InlineData(0x00000000u)]
    [InlineData(0x00123456u)]
    [InlineData(0x01003456u)]
    [InlineData(0x02000056u)]
    [InlineData(0x03000000u)]
    [InlineData(0x04000000u)]
    [InlineData(0x20000000u)]
    [InlineData(0xff000000u)]
    public void TryFromCompact_Zero_IsNoTarget(uint bits) => AssertNoTarget(bits);

    [Theory]
    [InlineData(0x00923456u)]
    [InlineData(0x01803456u)]
    [InlineData(0x01fedcbau)]
    [InlineData(0x04923456u)]
    [InlineData(0x1d80ffffu)]
    [InlineData(0x20ffffffu)]
    [InlineData(0x04800000u)]
    public void TryFromCompact_Negative_IsNoTarget(uint bits) => AssertNoTarget(bits);

    [Theory]
    [InlineData(0x21010000u)]
    [InlineData(0x217fffffu)]
    [InlineData(0x22000100u)]
    [InlineData(0x23000001u)]
    [InlineData(0xff000001u)]
    [InlineData(0xff123456u)]
    [InlineData(0xff7fffffu)]
    public void TryFromCompact_Beyond256Bits_IsNoTarget(uint bits) => AssertNoTarget(bits);

    [Theory]
    [InlineData("01", 0x01010000u)]
    [InlineData("7f", 0x017f0000u)]
    [InlineData("80", 0x02008000u)]
    [InlineData("12345600", 0x04123456u)]
    [InlineData("123456ff", 0x04123456u)]
    [InlineData("92340000", 0x05009234u)]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 0x2100ffffu)]
    public void FromValue_RoundsDownToWhatTheCompactFormHolds(string value, uint bits) => Assert.Equal(bits, Target.FromValue(Number(value)).Bits);

    [Fact]
    public void FromValue_OfATargetsValue_IsThatTarget() => Property.ForAll<uint>(_output, 20_000, bits =>
    {
        if (!Target.TryFromCompact(bits, out var target)) return true;
        var again = Target.FromValue(target.Value);
        return again.Value == target.Value && Target.FromCompact(again.Bits) == again;
    });

    [Fact]
    public void FromValue_AnyNumber_IsBelowItByLessThanItsLast15Bits() => Property.Check(_output, 5_000, g =>
    {
        var value = new BigInteger(g.Bytes(g.Between(1, 32)), isUnsigned: true);
        if (value.IsZero) return;
        var held = Target.FromValue(value).Value;
        Assert.True(held <= value);
        Assert.True((value - held) << 15 <= value);
    });

    [Fact]
    public void IsMetBy_TheTargetItselfAndLess_ButNotMore()
    {
        var target = Target.FromCompact(0x207fffff);
        var edge = new byte[Hash256.Size];
        (edge[31], edge[30], edge[29]) = (0x7f, 0xff, 0xff);
        Assert.True(target.IsMetBy(new BlockHash(new Hash256(edge))));
        Assert.True(target.IsMetBy(BlockHash.Zero));
        edge[0] = 1;
        Assert.False(target.IsMetBy(new BlockHash(new Hash256(edge))));
    }

    [Fact]
    public void IsMetBy_BitcoinsGenesisBlock_AsItsBitsSay()
    {
        var header = Bitcoin.DecodeBlock(Bitcoin.MainGenesisHex).Header;
        Assert.True(Target.FromCompact(header.Bits).IsMetBy(header.Hash));
        Assert.False(Target.FromCompact(0x1a00ffff).IsMetBy(header.Hash));
    }

    [VectorFact("targethistory.csv")]
    public void FromValue_TargetsOfBitcoinsHistory_AreHeldExactly()
    {
        var lines = Vectors.ReadLines("targethistory.csv");
        foreach (var line in lines)
        {
            var value = BigInteger.Parse(line.Split(',')[1], CultureInfo.InvariantCulture);
            Assert.Equal(value, Target.FromValue(value).Value);
        }

        Assert.NotEmpty(lines);
        _output.WriteLine($"{lines.Length} targets");
    }

    private static void AssertNoTarget(uint bits)
    {
        Assert.False(Target.TryFromCompact(bits, out _));
        Assert.Throws<ArgumentException>(() => Target.FromCompact(bits));
    }

    private static BigInteger Number(string hex) => BigInteger.Parse("0" + hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
