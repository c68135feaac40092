using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using Chain.Benchmarks.Harness;
using Chain.Benchmarks.Micro;
using Chain.Benchmarks.Processes;

// Names of measures, --quick and --json PATH measure whole nodes; with --filter it is BenchmarkDotNet.
switch (args)
{
    case [ImportChild.Command, .. var rest]:
        ImportChild.Run(rest);
        return 0;
    case [HashChild.Command, .. var rest]:
        HashChild.Run(rest);
        return 0;
    case [var first, ..] when first is "--filter" or "--list":
        BenchmarkSwitcher.FromAssembly(typeof(BlockBenchmarks).Assembly).Run(args, ManualConfig.Create(DefaultConfig.Instance).WithBuildTimeout(TimeSpan.FromMinutes(10)));
        return 0;
    default:
        return await MeasureRunner.RunAsync(args, Console.Out);
}
