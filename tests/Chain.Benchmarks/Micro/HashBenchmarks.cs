using BenchmarkDotNet.Attributes;
using Chain.Core.Primitives;
using Chain.Node.Mining;

namespace Chain.Benchmarks.Micro;

/// <summary>65,536 headers hashed on one thread by the fastest kernel that this processor has.</summary>
public class HashBenchmarks
{
    private readonly byte[] _header = new byte[BlockHeader.Size];
    private readonly Target _never = Target.FromValue(1);

    [Benchmark(OperationsPerInvoke = 1 << 16)]
    public uint? HashHeader() => NonceSearch.Find(_header, _never, first: 0, 1 << 16, CancellationToken.None);
}
