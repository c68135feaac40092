using System.Buffers.Binary;
using System.Diagnostics;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Node.Mining;

namespace Chain.Tests.Mining;

/// <summary>Every kernel that this machine has finds what plain SHA-256 finds: all nonces, no other, in order.</summary>
public class NonceSearchTests
{
    private static readonly Target Never = Target.FromCompact(0x03000001);

    public static TheoryData<int> Kinds => [.. Enum.GetValues<NonceKernelKind>().Where(NonceSearch.IsSupported).Select(kind => (int)kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Find_262144Nonces_ExactlyThoseOfPlainSha256(int kind)
    {
        (int Seed, uint Bits, uint First, uint Count)[] cases =
        [
            (1, 0x1f00ffff, 0, 1 << 18),
            (2, 0x1e7fffff, 0x1234_5678, 1 << 18),
            (3, 0x2000ffff, uint.MaxValue - (1 << 17), 1 << 18),
            (4, 0x200fffff, 7, 1 << 15),
            (5, 0x207fffff, 0x8000_0000, (1 << 12) + 13),
            (6, 0x2100ffff, 99, 100),
        ];
        foreach (var (seed, bits, first, count) in cases)
        {
            var header = Header(seed);
            var target = Target.FromCompact(bits);
            Assert.Equal(FindAllPlainly(header, target, first, count), FindAll((NonceKernelKind)kind, header, target, first, count));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Find_GenesisBlocks_TheirNonces(int kind)
    {
        (Block Block, uint First)[] cases = [(Profiles.BitcoinGenesis(1231006505, 0x1d00ffff, 2083236893), 2083236893 - 40_000), (Profiles.Regtest.Genesis, 2)];
        foreach (var (block, first) in cases)
        {
            var header = block.Header;
            Assert.Equal(header.Nonce, NonceSearch.Find((NonceKernelKind)kind, header.ToByteArray(), Target.FromCompact(header.Bits), first, 40_001, default));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Find_RangesAroundOneHit_OnlyTheRangeItself(int kind)
    {
        var header = Header(1);
        var target = Target.FromCompact(0x1f00ffff);
        var hit = FindAllPlainly(header, target, 1_000, 1 << 18)[0];
        for (uint before = 0; before < 40; before++)
        {
            for (uint after = 0; after < 3; after++)
                Assert.Equal(hit, NonceSearch.Find((NonceKernelKind)kind, header, target, hit - before, (ulong)before + 1 + after, default));
            Assert.Null(NonceSearch.Find((NonceKernelKind)kind, header, target, hit - before, before, default));
            Assert.Null(NonceSearch.Find((NonceKernelKind)kind, header, target, hit + 1, before, default));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Find_HitBehindTheGreatestNonce_WrapsToZero(int kind)
    {
        var header = Header(8);
        var target = Target.FromCompact(0x2000ffff);
        var hits = FindAllPlainly(header, target, uint.MaxValue - 4_000, 8_000);
        Assert.Contains(hits, nonce => nonce > uint.MaxValue / 2);
        Assert.Contains(hits, nonce => nonce < uint.MaxValue / 2);
        Assert.Equal(hits, FindAll((NonceKernelKind)kind, header, target, uint.MaxValue - 4_000, 8_000));
        var firstAfter = hits.First(nonce => nonce < uint.MaxValue / 2);
        var lastBefore = hits.Last(nonce => nonce > uint.MaxValue / 2);
        Assert.Equal(firstAfter, NonceSearch.Find((NonceKernelKind)kind, header, target, lastBefore + 1, 4_000, default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Find_Cancelled_ReturnsWithinMilliseconds(int kind)
    {
        using var cancellation = new CancellationTokenSource();
        var header = Header(9);
        var running = new TaskCompletionSource();
        var search = Task.Factory.StartNew(
            () =>
            {
                NonceSearch.Find((NonceKernelKind)kind, header, Never, 0, 10_000, default);
                running.SetResult();
                return NonceSearch.Find((NonceKernelKind)kind, header, Never, 0, uint.MaxValue, cancellation.Token);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await running.Task;
        var clock = Stopwatch.StartNew();
        await cancellation.CancelAsync();
        Assert.Null(await search);

        // A few milliseconds by itself; the rest is for a machine that is busy with other tests.
        Assert.InRange(clock.ElapsedMilliseconds, 0, 1_000);
    }

    [Fact]
    public void Find_CancelledBefore_Null() =>
        Assert.Null(NonceSearch.Find(Header(1), Target.FromCompact(0x2100ffff), 0, 1, new CancellationToken(canceled: true)));

    [Fact]
    public void Find_EmptyRange_Null() => Assert.Null(NonceSearch.Find(Header(1), Target.FromCompact(0x2100ffff), 0, 0, default));

    [Fact]
    public void Find_NoHeader_Refused() => Assert.Throws<ArgumentException>(() => NonceSearch.Find(new byte[79], Never, 0, 1, default));

    [Fact]
    public void Find_PrivateChainsLimit_HeaderMeetsItsBits()
    {
        var header = Header(10);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(72), Profiles.PrivatePowLimit);
        var target = Target.FromCompact(Profiles.PrivatePowLimit);
        var nonce = NonceSearch.Find(header, target, 0, uint.MaxValue, default)!.Value;
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(BlockHeader.NonceOffset), nonce);
        Assert.True(target.IsMetBy(BlockHeader.TryDecode(header)!.Hash));
    }

    [Fact]
    public void Description_Always_NamesTheLanes() => Assert.Contains("lane", NonceSearch.Description, StringComparison.Ordinal);

    private static List<uint> FindAll(NonceKernelKind kind, byte[] header, Target target, uint first, uint count)
    {
        var hits = new List<uint>();
        for (uint done = 0; done < count;)
        {
            if (NonceSearch.Find(kind, header, target, unchecked(first + done), count - done, default) is not { } nonce) break;
            hits.Add(nonce);
            done = unchecked(nonce - first) + 1;
        }

        return hits;
    }

    private static List<uint> FindAllPlainly(byte[] header, Target target, uint first, uint count)
    {
        var copy = (byte[])header.Clone();
        var hits = new List<uint>();
        for (uint i = 0; i < count; i++)
        {
            var nonce = unchecked(first + i);
            BinaryPrimitives.WriteUInt32LittleEndian(copy.AsSpan(BlockHeader.NonceOffset), nonce);
            if (target.IsMetBy(new BlockHash(Sha256d.Hash(copy)))) hits.Add(nonce);
        }

        return hits;
    }

    private static byte[] Header(int seed)
    {
        var header = new byte[BlockHeader.Size];
        new Random(seed).NextBytes(header);
        return header;
    }
}
