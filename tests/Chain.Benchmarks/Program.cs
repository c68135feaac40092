using BenchmarkDotNet.Running;
using Chain.Benchmarks;

// 'import' measures a whole import; anything else is for BenchmarkDotNet, such as --filter *Block*.
if (args is ["import", ..])
{
    ImportBenchmark.Run(blocks: 200, spendsPerBlock: 500, runs: 5, Console.Out);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(BlockBenchmarks).Assembly).Run(args);
