using BenchmarkDotNet.Attributes;
using Chain.Benchmarks.Workloads;
using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Benchmarks.Micro;

/// <summary>1,000 P2PKH payments into an empty pool, scripts included, and a block template from a pool of 10,000.</summary>
[MemoryDiagnoser]
public class PoolBenchmarks
{
    private const int Accepted = 1_000;
    private const int Waiting = 10_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("chain-micro-");
    private SpendChain? _chain;
    private Transaction[] _payments = [];
    private Chainstate? _assemblyChain, _acceptChain;
    private BlockAssembler? _assembler;
    private Mempool? _pool;
    private int _opened;

    /// <summary>Makes the payments and fills the pool that templates come from.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _chain = SpendChain.Begin(Waiting);
        _payments = [.. _chain.Spend(Waiting, i => 1_000 + (i % 97))];
        _assemblyChain = Open();
        var pool = new Mempool(_assemblyChain, MempoolPolicy.For(_chain.Params));
        foreach (var payment in _payments) Accept(pool, payment);
        _assembler = new BlockAssembler(_assemblyChain, pool);
    }

    /// <summary>A chain of its own, since one remembers the scripts that were checked.</summary>
    [IterationSetup(Target = nameof(Accept1000))]
    public void Empty()
    {
        _acceptChain?.Dispose();
        _acceptChain = Open();
        _pool = new Mempool(_acceptChain, MempoolPolicy.For(_chain!.Params));
    }

    [Benchmark]
    public void Accept1000()
    {
        for (var i = 0; i < Accepted; i++) Accept(_pool!, _payments[i]);
    }

    [Benchmark]
    public Block CreateTemplate() => _assembler!.Create(CoinDatabase.OfOne, extraNonce: 0);

    /// <summary>Removes the files.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _acceptChain?.Dispose();
        _assemblyChain?.Dispose();
        _folder.Delete(recursive: true);
    }

    private Chainstate Open() =>
        Databases.Import(_chain!.Params, _chain.RawBlocks, Path.Combine(_folder.FullName, $"{++_opened}.db"), new ChainstateOptions());

    private static void Accept(Mempool pool, Transaction payment)
    {
        if (pool.Accept(payment) is { } rejection) throw new InvalidOperationException($"{rejection}");
    }
}
