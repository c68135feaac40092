using System.Diagnostics;
using System.Security.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.State;
using Chain.State.Storage;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.State;

/// <summary>A week of blocks is taken back and comes again: the coins, the pool and the memory are those of a node that never left.</summary>
[Collection(AloneCollection.Name)]
public class DeepReorganisationTests(DeepReorganisationTests.Rivals drawn, ITestOutputHelper output) : IClassFixture<DeepReorganisationTests.Rivals>
{
    private const int Depth = 1_088;

    private const long MaxMemory = 500_000_000;

    /// <summary>So few that coins are flushed on the way there and on the way back.</summary>
    private static readonly ChainstateOptions Tight = StateNode.Quick with { MaxDirtyCoins = 20_000, MaxCachedCoins = 20_000, MaxBlocksBetweenFlushes = 500 };

    [Fact]
    public void ProcessBlock_ADeepReorganisationThereAndBack_CoinsPoolAndMemory()
    {
        var rivals = drawn.Draw(output);
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

    /// <summary>The same to a node as it ships, with its own limits; what it took is the most that its process ever had.</summary>
    [Fact]
    public async Task Node_ADeepReorganisationThereAndBack_TipPoolAndMemory()
    {
        var rivals = drawn.Draw(output);
        using var folder = new DataFolder();
        TestChains.Private.WriteTo(folder.Root);
        using (var chain = Chainstate.Create(ChainDatabase.Open(Path.Combine(folder.Root, "blockchain_3000.db")), TestChains.Private, StateNode.Quick, TimeProvider.System))
        {
            foreach (var built in (BuiltBlock[])[rivals.Prefix, .. rivals.First.Take(Depth), .. rivals.Second.Take(Depth)])
                Assert.Equal(BlockOutcome.Accepted, chain.ProcessBlock(built.Block).Outcome);
        }

        await using var node = await NodeProcess.StartAsync(new NodeOptions(folder.Root));
        foreach (var transaction in (Transaction[])[rivals.Waiting, rivals.ChildOfFirst, rivals.OfLosingReward])
            await node.CallAsync("sendrawtransaction", Hex.Of(transaction.Raw.Span), 0);
        var before = PeakMemory(node);
        await SubmitAsync(node, rivals.Second.Skip(Depth), [.. rivals.OnlyFirst, rivals.Waiting, rivals.ChildOfFirst]);
        var there = PeakMemory(node);
        await SubmitAsync(node, rivals.First.Skip(Depth), [.. rivals.OnlySecond, rivals.Waiting, rivals.ChildOfFirst]);
        var back = PeakMemory(node);
        output.WriteLine($"the process had {before / 1_000_000} MB at most before, {there / 1_000_000} MB there, {back / 1_000_000} MB back");
        Assert.InRange(back, 1, MaxMemory);
        await node.StopAsync();
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

    private static async Task SubmitAsync(NodeProcess node, IEnumerable<BuiltBlock> blocks, IEnumerable<Transaction> pool)
    {
        foreach (var built in blocks)
        {
            _ = await node.CallAsync("submitblock", Hex.Of(built.Block.Raw.Span));
            if (built == blocks.Last()) Assert.Equal($"{built.Hash}", await node.TipAsync());
        }

        Assert.Equal(pool.Select(t => $"{t.Id}").Order(StringComparer.Ordinal), (await node.PoolAsync()).Order(StringComparer.Ordinal));
    }

    /// <summary>The most resident memory that a process ever had, in bytes.</summary>
    private static long PeakMemory(NodeProcess node)
    {
        using var process = Process.GetProcessById(node.Id);
        return process.PeakWorkingSet64;
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
        foreach (var (outPoint, coin) in chain.Database.Coins.ReadAll().Concat(chain.Database.Coins.ReadIndex(chain.Coins.Find).Select(row => ((OutPoint?, Core.Coins.Coin?))row!.Value)))
        {
            var writer = new ByteWriter();
            outPoint!.Value.Write(writer);
            coin!.Write(writer);
            hash.AppendData(writer.WrittenSpan);
            count++;
        }

        return $"{count} {Hex.Of(hash.GetHashAndReset())}";
    }

    /// <summary>Two branches for all tests: to draw them takes longer than to connect them.</summary>
    public sealed class Rivals
    {
        private (int Seed, RivalChains Chains)? _drawn;

        internal RivalChains Draw(ITestOutputHelper output)
        {
            var (seed, chains) = _drawn ??= Draw(Property.FirstSeed(output));
            output.WriteLine($"drawn from {seed}");
            return chains;
        }

        private static (int Seed, RivalChains Chains) Draw(int seed) => (seed, new RivalChains(new Generate(seed), Depth));
    }
}
