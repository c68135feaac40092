using BenchmarkDotNet.Attributes;
using Chain.Benchmarks.Workloads;
using Chain.Core.Coins;
using Chain.Core.Primitives;
using Chain.State;
using Chain.State.Storage;

namespace Chain.Benchmarks.Micro;

/// <summary>
/// One coin from the cache, one from the table below, and the deletion of up to 10,000 with their index in one durable
/// transaction. The table holds a million coins under random keys.
/// </summary>
[MemoryDiagnoser]
public class CoinBenchmarks
{
    private const int FlushedCoins = 10_000;
    private const int Blocks = 20;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("chain-micro-");
    private readonly Random _random = new(1);
    private ChainDatabase? _database;
    private CoinCache? _full, _empty, _written;
    private OutPoint[] _outPoints = [];
    private CoinDiff? _diff;

    /// <summary>Makes the table, a cache that holds what is asked for, and one that keeps nothing.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var coins = CoinDatabase.Create(_folder.FullName);
        _outPoints = [.. coins.CreateBlocks(Blocks, FlushedCoins / Blocks)
            .SelectMany(raw => Block.TryDecode(raw)!.Transactions.Skip(1))
            .Select(payment => payment.Inputs[0].PreviousOutput)];
        _database = ChainDatabase.Open(coins.CopyTo(_folder.CreateSubdirectory("copy").FullName));
        _full = new CoinCache(_database.Coins, _outPoints.Length);
        _empty = new CoinCache(_database.Coins, maxClean: 0);
        _outPoints = [.. _outPoints.Where(outPoint => _full.Find(outPoint) is not null)];
    }

    [Benchmark]
    public Coin? CacheHit() => _full!.Find(_outPoints[_random.Next(_outPoints.Length)]);

    [Benchmark]
    public Coin? CacheMiss() => _empty!.Find(_outPoints[_random.Next(_outPoints.Length)]);

    /// <summary>Coins under random keys are spent, for the next flush.</summary>
    [IterationSetup(Target = nameof(FlushOfSpentCoins))]
    public void Change()
    {
        _diff = new CoinDiff();
        foreach (var outPoint in _outPoints.Take(FlushedCoins)) _diff.Spend(outPoint, _full!.Find(outPoint)!);
        _written = new CoinCache(_database!.Coins, FlushedCoins);
        _written.Apply(_diff);
    }

    [Benchmark]
    public void FlushOfSpentCoins() => _database!.InTransaction(WriteAll);

    /// <summary>The coins come back, outside of what is measured.</summary>
    [IterationCleanup(Target = nameof(FlushOfSpentCoins))]
    public void Restore()
    {
        _written!.EndFlush(FlushedCoins);
        _written.Apply(_diff!.Reverse());
        _database!.InTransaction(WriteAll);
    }

    private void WriteAll()
    {
        _written!.BeginFlush();
        while (_written.FlushSome())
        {
        }
    }

    /// <summary>Removes the files.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _database?.Dispose();
        _folder.Delete(recursive: true);
    }
}
