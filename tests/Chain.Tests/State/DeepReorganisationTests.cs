using System.Diagnostics;
using System.Security.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.State;
using Chain.Tests.Kit;
using Chain.Tests.Network;
using Xunit.Abstractions;

namespace Chain.Tests.State;

/// <summary>A week of blocks is taken back and comes again: the coins, the pool and the memory are those of a node that never left.</summary>
[Collection(AloneCollection.Name)]
public class DeepReorganisationTests(ITestOutputHelper output)
{
    private const int Depth = 1_088;

    private const long MaxMemory = 500_000_000;

    /// <summary>So few that coins are flushed on the way there and on the way back.</summary>
    private static readonly ChainstateOptions Tight = StateNode.Quick with { MaxDirtyCoins = 20_000, MaxCachedCoins = 20_000, MaxBlocksBetweenFlushes = 500 };

    [Fact]
    public void ProcessBlock_ADeepReorganisationThereAndBack_CoinsPoolAndMemory()
    {
        var rivals = new RivalChains(new Generate(Property.FirstSeed(output)), Depth);
        using var node = new StateNode(TestChains.Private, Tight);
        var pool = new Mempool(node.Chain, new MempoolPolicy());
        node.Accept([rivals.Prefix, .. rivals.First.Take(Depth), .. rivals.Second.Take(Depth)]);
        Assert.Equal($"b{Depth}", node.TipName);
        foreach (var transaction in (Transaction[])[rivals.Waiting, rivals.ChildOfFirst, rivals.OfLosingReward]) Assert.Null(pool.Accept(transaction));
        node.TakeEvents();

        var there = Measure(node, "there", rivals.Second.Skip(Depth));
        Assert.Equal(2 * Depth + 1 + 1, node.Events.Count);
        AssertPool(pool, [.. rivals.OnlyFirst, rivals.Waiting, rivals.ChildOfFirst]);
        Assert.Equal(CoinsOfOneThatSawOnly([rivals.Prefix, .. rivals.Second]), CoinSetHash(node.Chain));

        node.TakeEvents();
        var back = Measure(node, "back", rivals.First.Skip(Depth));
        Assert.Equal(2 * Depth + 1 + 2 + 1, node.Events.Count);
        AssertPool(pool, [.. rivals.OnlySecond, rivals.Waiting, rivals.ChildOfFirst]);
        Assert.Equal(CoinsOfOneThatSawOnly([rivals.Prefix, .. rivals.First]), CoinSetHash(node.Chain));
        Assert.Equal(0, CoinAudit.Run(node.Chain).Differences);
        Assert.InRange(Math.Max(there, back), 1, MaxMemory);
    }

    /// <summary>Killed while the losing branch comes off and while the winner goes on: the next start ends what was begun.</summary>
    [Fact]
    public void Open_AfterAKillInsideADeepReorganisation_TheWinner()
    {
        var rivals = new RivalChains(new Generate(Property.FirstSeed(output)), Depth / 4);
        using var node = new StateNode(TestChains.Private, Tight with { MaxDirtyCoins = 2_000, MaxBlocksBetweenFlushes = 100 });
        node.Accept([rivals.Prefix, .. rivals.First.Take(Depth / 4), .. rivals.Second.Take(Depth / 4)]);
        var expected = CoinsOfOneThatSawOnly([rivals.Prefix, .. rivals.Second]);
        var moves = 0;
        void Move()
        {
            if (++moves % (Depth / 8 + 1) != 0) return;
            using var chain = node.OpenSnapshot($"kill{moves}.db");
            Assert.Equal(rivals.Second[^1].Hash, chain.Tip.Hash);
            Assert.Equal(expected, CoinSetHash(chain));
        }

        node.Chain.BlockDisconnected += (_, _) => Move();
        node.Chain.BlockConnected += (_, _) => Move();
        node.Accept(rivals.Second[^1]);
        Assert.Equal(Depth / 4 * 2 + 1, moves);
        Assert.Equal(expected, CoinSetHash(node.Chain));
    }

    /// <summary>Hands over blocks, and gives the most memory that the process took more than before while it handled them.</summary>
    private long Measure(StateNode node, string way, IEnumerable<BuiltBlock> blocks)
    {
        var (managed, resident, watch) = (GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet, Stopwatch.StartNew());
        var (mostManaged, mostResident, moves, flushes) = (0L, 0L, 0, 0);
        var coins = Assert.IsType<CoinCache>(node.Chain.Coins);
        void Sample(BlockNode moved, Block block)
        {
            if (coins.DirtyCount == 0) flushes++;
            if (++moves % 8 != 0) return;
            mostManaged = Math.Max(mostManaged, GC.GetTotalMemory(forceFullCollection: false) - managed);
            mostResident = Math.Max(mostResident, Environment.WorkingSet - resident);
        }

        node.Chain.BlockConnected += Sample;
        node.Chain.BlockDisconnected += Sample;
        node.Accept(blocks);
        node.Chain.BlockConnected -= Sample;
        node.Chain.BlockDisconnected -= Sample;
        output.WriteLine($"{way}: {moves} blocks in {watch.ElapsedMilliseconds} ms, {flushes} flushes on the way, at most {mostManaged / 1_000_000} MB more managed and {mostResident / 1_000_000} MB more resident memory");
        Assert.True(flushes > 1, "the coins were not flushed on the way");
        return Math.Max(mostManaged, mostResident);
    }

    private static void AssertPool(Mempool pool, IReadOnlyList<Transaction> expected)
    {
        Assert.Equal(expected.Select(t => t.Id).Order(), pool.Entries.Select(entry => entry.Transaction.Id).Order());
        Assert.All(expected, transaction => Assert.True(pool.FindEntry(transaction.Id)!.Transaction.Raw.Span.SequenceEqual(transaction.Raw.Span)));
    }

    private static string CoinsOfOneThatSawOnly(IEnumerable<BuiltBlock> blocks)
    {
        using var other = new StateNode(TestChains.Private);
        other.Accept(blocks);
        return CoinSetHash(other.Chain);
    }

    /// <summary>One hash over all coins on disk in the order of their outpoints, and over the rows of their index.</summary>
    private static string CoinSetHash(Chainstate chain)
    {
        chain.Flush();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var count = 0;
        foreach (var (outPoint, coin) in chain.Database.Coins.ReadAll().Concat(chain.Database.Coins.ReadIndex().Select(row => ((OutPoint?, Core.Coins.Coin?))row!.Value)))
        {
            var writer = new ByteWriter();
            outPoint!.Value.Write(writer);
            coin!.Write(writer);
            hash.AppendData(writer.WrittenSpan);
            count++;
        }

        return $"{count} {Hex.Of(hash.GetHashAndReset())}";
    }
}
