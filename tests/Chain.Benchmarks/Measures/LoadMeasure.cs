using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Chain.Benchmarks.Harness;
using Chain.Benchmarks.Processes;
using Chain.Benchmarks.Workloads;
using Chain.Core.Consensus;
using Chain.Core.Primitives;

namespace Chain.Benchmarks.Measures;

/// <summary>
/// 20 clients that read without a pause for 60 seconds, mixed calls, while a 21st mines a block every 250 ms: the time in which
/// 99 of 100 reads are answered. An error, or an answer that mixes two tips, ends the measure.
/// </summary>
public sealed class LoadMeasure : IMeasure
{
    private const int Clients = 20;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BlockInterval = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc/>
    public string Name => "load";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MeasureResult>> RunAsync(MeasureContext context)
    {
        var chain = SpendChain.Begin(1);
        var folder = context.NewFolder();
        await File.WriteAllTextAsync(Path.Combine(folder, GenesisFile.FileName), GenesisFile.Write(chain.Params)).ConfigureAwait(false);
        var node = await NodeProcess.StartAsync(folder).ConfigureAwait(false);
        await using var _ = node.ConfigureAwait(false);
        var address = Address.OfPublicKeyHash(default, chain.Params.AddressFormat).ToString();
        var tips = new ConcurrentDictionary<int, string>();
        using var end = new CancellationTokenSource(Duration);
        var readers = Enumerable.Range(0, Clients).Select(_ => ReadAsync(node, chain.Params, tips, end.Token)).ToList();
        while (!end.IsCancellationRequested && !readers.Any(reader => reader.IsFaulted))
        {
            await node.CallAsync("generatetoaddress", 1, address).ConfigureAwait(false);
            await Task.Delay(BlockInterval).ConfigureAwait(false);
        }

        var times = (await Task.WhenAll(readers).ConfigureAwait(false)).SelectMany(list => list).Order().ToList();
        foreach (var (height, hash) in tips)
        {
            if ((await node.CallAsync("getblockhash", height).ConfigureAwait(false))!.GetValue<string>() != hash) throw new InvalidOperationException($"block {height} was another");
        }

        return
        [
            new MeasureResult
            {
                Measure = Name, What = "20 clients, mixed reads, 4 blocks a second, 99 of 100", Unit = "ms", Runs = [times[times.Count * 99 / 100]],
                Target = Goal.AtMost(100, "ms"), PeakMemory = node.Memory, Note = $"{times.Count / Duration.TotalSeconds:F0} calls a second, {tips.Count} tips, median {Figures.Text(Figures.Median(times))} ms",
            },
        ];
    }

    private static async Task<List<double>> ReadAsync(NodeProcess node, ChainParams p, ConcurrentDictionary<int, string> tips, CancellationToken end)
    {
        using var client = node.Connect();
        var genesis = p.Genesis.Hash.ToString();
        Func<Task>[] calls =
        [
            () => client.GetAsync("getblockcount"),
            async () => Remember(tips, await client.GetAsync("getblockchaininfo").ConfigureAwait(false), "blocks", "bestblockhash"),
            () => client.GetAsync("getblock", genesis, 2),
            () => client.GetAsync("getblockheader", genesis),
            () => client.GetAsync("getmempoolinfo"),
            async () => Remember(tips, await client.GetAsync("getblockheader", await TipAsync(client).ConfigureAwait(false)).ConfigureAwait(false), "height", "hash"),
            () => client.CallAsync("gettxout", new JsonArray(p.Genesis.Transactions[0].Id.ToString(), 0), CancellationToken.None),
            () => client.GetAsync("validateaddress", "nobody"),
        ];
        var times = new List<double>();
        for (var i = 0; !end.IsCancellationRequested; i++)
        {
            var watch = Stopwatch.StartNew();
            await calls[i % calls.Length]().ConfigureAwait(false);
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        return times;
    }

    private static async Task<string> TipAsync(KeptConnection client) =>
        (await client.GetAsync("getbestblockhash").ConfigureAwait(false)).GetValue<string>();

    private static void Remember(ConcurrentDictionary<int, string> tips, JsonNode answer, string height, string hash)
    {
        var expected = answer[hash]!.GetValue<string>();
        if (tips.GetOrAdd(answer[height]!.GetValue<int>(), expected) != expected) throw new InvalidOperationException($"two blocks at height {answer[height]}");
    }
}
