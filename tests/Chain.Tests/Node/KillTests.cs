using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Node;
using Chain.State;
using Chain.State.Storage;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Node;

/// <summary>
/// Two nodes that mine against each other, each receiving the other's blocks, are killed at random moments, again and
/// again. What they leave must open every time, hold every block that was acknowledged, and agree with its own blocks.
/// </summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const int MostDelay = 200;

    /// <summary>How many kills; CHAIN_KILLS asks for another number.</summary>
    private static readonly int Kills =
        int.TryParse(Environment.GetEnvironmentVariable("CHAIN_KILLS"), out var asked) ? asked : 200;

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sigkill_WhileMiningAndReceiving_LosesNothing()
    {
        var seed = Property.FirstSeed(output);
        var random = new Random(seed);
        var p = FreshChain.Create();
        p.WriteTo(_folder.Root);
        var acknowledged = new Dictionary<int, HashSet<string>> { [3000] = [], [3001] = [] };
        var midway = 0;
        for (var killed = 0; killed < Kills; killed += 2)
        {
            await using var first = await NodeProcess.StartAsync(new NodeOptions(_folder.Root) { MineTo = p.AddressOf(Keys.Miner) });
            await using var second = await NodeProcess.StartAsync(new NodeOptions(_folder.Root, NodeId: 3001) { Peers = [first.Port] });
            TaskCompletionSource[] mined = [new(TaskCreationOptions.RunContinuationsAsynchronously), new(TaskCreationOptions.RunContinuationsAsynchronously)];
            var feeding = new[] { FeedAsync(first, p, acknowledged[3000], mined[0]), FeedAsync(second, p, acknowledged[3001], mined[1]) };
            await Task.WhenAll(KillAsync(first, mined[0].Task, random.Next(MostDelay)), KillAsync(second, mined[1].Task, random.Next(MostDelay)));
            midway += (await Task.WhenAll(feeding)).Count(wasBusy => wasBusy);
            foreach (var (id, blocks) in acknowledged) Check(id, blocks, seed);
        }

        output.WriteLine($"{Kills} kills, {midway} of them in the middle of a call, {acknowledged.Values.Sum(b => b.Count)} blocks acknowledged");
    }

    /// <summary>Kills a node some time after it began to mine.</summary>
    private static async Task KillAsync(NodeProcess node, Task hasMined, int milliseconds)
    {
        await hasMined.WaitAsync(Eventually.Patience);
        await Task.Delay(milliseconds);
        await node.KillAsync();
    }

    /// <summary>Makes a node mine, and pay with what it mined, until it is gone; whether that happened during a call.</summary>
    private static async Task<bool> FeedAsync(NodeProcess node, ChainParams p, HashSet<string> acknowledged, TaskCompletionSource mined)
    {
        try
        {
            while (true)
            {
                var hash = (await node.GenerateAsync(1, p.AddressOf(Keys.Miner)))[0];
                acknowledged.Add(hash);
                mined.TrySetResult();
                var block = await node.CallAsync("getblock", hash, 1);
                if (!TxId.TryParse(block!["tx"]![0]!.GetValue<string>(), out var reward)) return false;
                var payment = Keys.Spend(new OutPoint(reward, 0), Keys.Miner, Keys.PayTo(Keys.Bob, Amount.Coin), Keys.PayTo(Keys.Miner, Amount.Coin));
                await TryAsync(() => node.CallAsync("sendrawtransaction", Convert.ToHexStringLower(payment.Raw.Span)));
            }
        }
        catch (HttpRequestException)
        {
            return true;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>A payment may lose its coin to a reorganisation, which is no concern here.</summary>
    private static async Task TryAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (RpcFailure)
        {
            // Refused.
        }
    }

    private void Check(int id, HashSet<string> acknowledged, int seed)
    {
        var path = _folder.PathOf($"blockchain_{id}.db");
        var held = DatabaseLock.TryTake(path, Environment.ProcessId, httpPort: 0);
        Assert.True(held is not null, $"the lock of node {id} is still taken, seed {seed}");
        using var chain = LoadedChain.Open(held!, path, initial: null, TimeProvider.System);
        var missing = acknowledged.Where(text => !BlockHash.TryParse(text, out var hash) || chain.Chainstate.Tree.Find(hash) is null).ToList();
        Assert.True(missing.Count == 0, $"node {id} lost {missing.Count} acknowledged blocks, seed {seed}");
        var audit = CoinAudit.Run(chain.Chainstate);
        Assert.True(audit.Differences == 0, $"node {id}: {audit}, seed {seed}");
    }
}
