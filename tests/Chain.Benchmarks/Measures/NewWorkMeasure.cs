using System.Diagnostics;
using Chain.Benchmarks.Harness;
using Chain.Benchmarks.Workloads;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node;
using Chain.State;
using Chain.State.Storage;
using Microsoft.Extensions.Logging;

namespace Chain.Benchmarks.Measures;

/// <summary>
/// How soon a miner works on a new tip: from the moment when the chain has it until the search on it begins. The miner is
/// searching on the old tip with all processors then, and makes a template of 2,000 waiting transactions. What it finds
/// itself is thrown away, so that only the foreign blocks move the chain.
/// </summary>
public sealed class NewWorkMeasure : IMeasure
{
    private const int Blocks = 8;
    private const int Waiting = 2_000;

    /// <summary>24 zero bits: some 17 million hashes a block.</summary>
    private const uint Bits = 0x1e00ffff;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public string Name => "newwork";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MeasureResult>> RunAsync(MeasureContext context)
    {
        var chain = SpendChain.Begin(Waiting, Bits);
        var payments = chain.Spend(Waiting);
        var split = chain.Tip;
        var foreign = Enumerable.Range(0, Blocks).Select(_ => chain.Add([])).ToList();
        var medians = new List<double>();
        for (var run = 0; run < context.Runs; run++)
            medians.Add(Figures.Median((await RunOnceAsync(context, chain, split, payments, foreign).ConfigureAwait(false)).Skip(1)));
        return
        [
            new MeasureResult { Measure = Name, What = "new tip to search on it, 2,000 waiting", Unit = "ms", Runs = medians, Target = Goal.AtMost(5, "ms") },
        ];
    }

    private static async Task<List<double>> RunOnceAsync(
        MeasureContext context, SpendChain chain, Block split, IEnumerable<Transaction> payments, IReadOnlyList<Block> foreign)
    {
        var path = Path.Combine(context.NewFolder(), "miner.db");
        using var loaded = LoadedChain.Open(DatabaseLock.TryTake(path, Environment.ProcessId, httpPort: 0)!, path, chain.Params, TimeProvider.System);
        loaded.Chainstate.ProcessBlock(split);
        foreach (var payment in payments)
        {
            if (loaded.Mempool.Accept(payment) is { } rejection) throw new InvalidOperationException($"{rejection}");
        }

        var loop = new NodeLoop();
        var running = Task.Run(loop.RunAsync);
        var log = new WorkLog();
        using var stop = new CancellationTokenSource();
        using var miner = new Miner(loaded, loop, block => new ProcessBlockResult(BlockOutcome.Duplicate, null, null),
            new MiningOrder(StandardScripts.FindAddress(CoinDatabase.OfOne, chain.Params.AddressFormat)!.Value, Environment.ProcessorCount), TimeProvider.System, log);
        var mining = miner.RunAsync(stop.Token);
        var times = new List<double>();
        await log.WorksAtAsync(2).WaitAsync(Patience).ConfigureAwait(false);
        foreach (var block in foreign)
        {
            var (height, tipAt) = await loop.InvokeAsync(() =>
            {
                var result = loaded.Chainstate.ProcessBlock(block);
                return result.Outcome == BlockOutcome.Accepted ? (loaded.Chainstate.Tip.Height, Stopwatch.GetTimestamp()) : throw new InvalidOperationException($"{result.Violation}");
            }).ConfigureAwait(false);
            var workAt = await log.WorksAtAsync(height + 1).WaitAsync(Patience).ConfigureAwait(false);
            times.Add(Stopwatch.GetElapsedTime(tipAt, workAt).TotalMilliseconds);
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await mining.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        loop.Complete();
        await running.ConfigureAwait(false);
        return times;
    }

    /// <summary>Learns from the miner's log when it began to search a block of a height.</summary>
    private sealed class WorkLog : ILogger
    {
        private readonly System.Collections.Concurrent.ConcurrentDictionary<int, TaskCompletionSource<long>> _began = new();

        public Task<long> WorksAtAsync(int height) => At(height).Task;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var now = Stopwatch.GetTimestamp();
            if (eventId.Name != nameof(NodeLog.MiningBlock) || state is not IReadOnlyList<KeyValuePair<string, object?>> values) return;
            At((int)values.First(value => value.Key == "Height").Value!).TrySetResult(now);
        }

        private TaskCompletionSource<long> At(int height) =>
            _began.GetOrAdd(height, _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
