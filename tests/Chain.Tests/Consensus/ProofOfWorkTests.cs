using System.Globalization;
using System.Numerics;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Consensus;

public class ProofOfWorkTests
{
    private static readonly ChainParams Main = TestChains.Regtest with
    {
        PowLimit = Target.FromCompact(0x1d00ffff),
        Retargeting = true,
        AllowMinDifficultyBlocks = false,
    };

    private readonly ITestOutputHelper _output;

    public ProofOfWorkTests(ITestOutputHelper output) => _output = output;

    // Core: pow_tests, with times of Bitcoin's main chain; then how far one step may go.
    [Theory]
    [InlineData(0x1d00ffffu, 1261130161u, 1262152739u, 0x1d00d86au)]
    [InlineData(0x1d00ffffu, 1231006505u, 1233061996u, 0x1d00ffffu)]
    [InlineData(0x1c05a3f4u, 1279008237u, 1279297671u, 0x1c0168fdu)]
    [InlineData(0x1c387f6fu, 1263163443u, 1269211443u, 0x1d00e1fdu)]
    [InlineData(0x1c05a3f4u, 1000000u, 1000000u, 0x1c0168fdu)]
    [InlineData(0x1c05a3f4u, 1000000u, 0u, 0x1c0168fdu)]
    [InlineData(0x1c05a3f4u, 0u, 1209600u, 0x1c05a3f4u)]
    [InlineData(0x1c05a3f4u, 0u, uint.MaxValue, 0x1c168fd0u)]
    public void Retarget_KnownTimes_GiveTheirBits(uint bits, uint first, uint last, uint expected) =>
        Assert.Equal(expected, ProofOfWork.Retarget(bits, first, last, Main));

    /// <summary>
    /// The targets of Bitcoin's main chain, every 144 blocks up to block 304,416: one target in each interval of 2016, and
    /// from each to the next there is a time that an interval could have taken.
    /// </summary>
    [VectorFact("targethistory.csv")]
    public void Retarget_BitcoinsHistory_IsReachableStepByStep()
    {
        var history = Vectors.ReadLines("targethistory.csv")
            .Select(line => line.Split(','))
            .Select(row => (Height: int.Parse(row[0], CultureInfo.InvariantCulture), Target: Target.FromValue(BigInteger.Parse(row[1], CultureInfo.InvariantCulture))))
            .ToArray();
        Assert.Equal(2114, history.Length);
        var steps = 0;
        for (var i = 1; i < history.Length; i++)
        {
            var (before, after) = (history[i - 1].Target, history[i].Target);
            if (history[i].Height % Main.RetargetInterval != 0)
            {
                Assert.Equal(before, after);
                continue;
            }

            steps++;
            Assert.Contains(TimesThatLeadTo(before, after), taken => ProofOfWork.Retarget(before.Bits, 0, taken, Main) == after.Bits);
        }

        _output.WriteLine($"{steps} retargets");
        Assert.Equal(151, steps);
    }

    [Fact]
    public void RequiredBits_OnlyTheFirstBlockOfAnInterval_HasOthers()
    {
        var p = Main with { RetargetInterval = 4, TargetSpacing = 100, PowLimit = Target.FromCompact(TestChains.EasyBits) };
        // Heights 0 to 3 take 3 × 50 of the 400 seconds wanted: the interval is one block short.
        var chain = Headers(p, (0, 0x1e00ffff), (50, 0x1e00ffff), (100, 0x1e00ffff), (150, 0x1e00ffff));
        for (var height = 0; height < 3; height++) Assert.Equal(0x1e00ffffu, ProofOfWork.RequiredBits(chain[height], 1000, p));
        Assert.Equal(Target.FromValue(Target.FromCompact(0x1e00ffff).Value * 150 / 400).Bits, ProofOfWork.RequiredBits(chain[3], 1000, p));
        Assert.Equal(0x1e00ffffu, ProofOfWork.RequiredBits(chain[3], 1000, p with { Retargeting = false }));
    }

    [Fact]
    public void RequiredBits_OnATestNetwork_FallToTheLimitAfterTwiceTheSpacing()
    {
        var p = Main with { AllowMinDifficultyBlocks = true };
        var chain = Headers(p, (0, 0x1c00ffff), (600, 0x1c00ffff), (2000, 0x1d00ffff), (2600, 0x1d00ffff));
        Assert.Equal(0x1c00ffffu, ProofOfWork.RequiredBits(chain[1], 600 + 1200, p));
        Assert.Equal(0x1d00ffffu, ProofOfWork.RequiredBits(chain[1], 600 + 1201, p));
        // The exceptions below do not count.
        Assert.Equal(0x1c00ffffu, ProofOfWork.RequiredBits(chain[3], 2600 + 600, p));
        Assert.Equal(0x1d00ffffu, ProofOfWork.RequiredBits(chain[3], 2600 + 1201, p));
        Assert.Equal(0x1c00ffffu, ProofOfWork.RequiredBits(chain[1], 600 + 1201, p with { AllowMinDifficultyBlocks = false }));
    }

    [Fact]
    public void IsMet_BitcoinsBlocks_ButNotWithOneBitOfTheNonceChanged()
    {
        var header = Bitcoin.DecodeBlock(Bitcoin.Block170Hex).Header;
        Assert.True(ProofOfWork.IsMet(header, Main));
        Assert.False(ProofOfWork.IsMet(new BlockHeader(header.Version, header.PreviousBlockHash, header.MerkleRoot, header.Time, header.Bits, header.Nonce ^ 1), Main));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0x1d80ffffu)]
    [InlineData(0x207fffffu)]
    [InlineData(0x1d010000u)]
    [InlineData(0xff123456u)]
    public void IsMet_BitsThatAreNoTargetOrEasierThanTheLimit_IsFalse(uint bits)
    {
        for (var nonce = 0u; nonce < 20; nonce++)
            Assert.False(ProofOfWork.IsMet(new BlockHeader(1, BlockHash.Zero, default, 0, bits, nonce), Main));
    }

    private static IEnumerable<uint> TimesThatLeadTo(Target before, Target after)
    {
        const long Wanted = 14 * 24 * 60 * 60;
        var least = (long)(after.Value * Wanted / before.Value);
        return Enumerable.Range(-2, 6).Select(i => (uint)(least + i));
    }

    private static BuiltBlock[] Headers(ChainParams p, params (uint Time, uint Bits)[] rows)
    {
        var chain = new List<BuiltBlock>();
        foreach (var (time, bits) in rows)
        {
            var header = new BlockHeader(p.Genesis.Header.Version, chain.LastOrDefault()?.Hash ?? BlockHash.Zero, default, time, bits, nonce: 0);
            chain.Add(new BuiltBlock($"h{chain.Count}", new Block(header, []), chain.LastOrDefault()));
        }

        return [.. chain];
    }
}
