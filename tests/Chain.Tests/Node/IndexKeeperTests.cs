using System.Text.Json.Nodes;
using Chain.Node;
using Chain.Node.Logging;
using Chain.Node.Rpc;
using Chain.State.Storage;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>What becomes of the index of transactions where a stored block cannot be read.</summary>
public sealed class IndexKeeperTests
{
    [Fact]
    public async Task CatchUp_ABlockThatDoesNotDecode_IsLoggedOnceAndTheNodeGoesOn()
    {
        using var chain = new OpenChain();
        for (var i = 0; i < 5; i++) _ = chain.Grow();
        chain.Loaded.Chainstate.Flush();
        using (var other = SqliteDatabase.Open(chain.Loaded.Chainstate.Database.Path)) other.Execute("UPDATE blocks SET block = substr(block, 1, 100) WHERE sequence = 2");
        using var log = new StringWriter();
        using (var lines = new StderrLoggerProvider(log, chain.Clock))
        {
            using var keeper = new IndexKeeper(chain.Loaded, new DirectOwner(), () => false, lines.CreateLogger("node"));
            Assert.Equal(new IndexProgress(6, IsGivenUp: true), await keeper.CatchUpAsync(CancellationToken.None));
            _ = chain.Grow();
            Assert.Equal(new IndexProgress(7, IsGivenUp: true), await keeper.CatchUpAsync(CancellationToken.None));
        }

        Assert.Equal("""{"txindex":{"synced":false,"best_block_height":0,"given_up":true}}""", (await RpcTable.CallAsync(new RpcContext(new DirectOwner(), chain.Loaded, chain.Loaded.Chainstate.ProcessBlock, null), "getindexinfo", new JsonArray(), CancellationToken.None))!.ToJsonString());
        Assert.DoesNotContain("being built", new IndexProgress(7, IsGivenUp: true).ToString(), StringComparison.Ordinal);
        var line = Assert.Single(log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("the index of transactions follows the chain no more: block", line, StringComparison.Ordinal);
        Assert.Equal(6, chain.Height);
    }

    /// <summary>What could not be read for a time is looked at again while nothing else is to be done.</summary>
    [Fact]
    public async Task Run_ABlockThatCanBeReadAgain_TheIndexIsMadeAnew()
    {
        using var chain = new OpenChain();
        for (var i = 0; i < 5; i++) _ = chain.Grow();
        chain.Loaded.Chainstate.Flush();
        using var other = SqliteDatabase.Open(chain.Loaded.Chainstate.Database.Path);
        other.Execute("CREATE TABLE kept AS SELECT block FROM blocks WHERE sequence = 2");
        other.Execute("UPDATE blocks SET block = substr(block, 1, 100) WHERE sequence = 2");
        var loop = new NodeLoop();
        var owning = Task.Run(loop.RunAsync);
        using var log = new StringWriter();
        using (var lines = new StderrLoggerProvider(log, chain.Clock))
        {
            using var keeper = new IndexKeeper(chain.Loaded, loop, () => false, lines.CreateLogger("node")) { RetryPause = TimeSpan.Zero };
            Assert.True((await keeper.CatchUpAsync(CancellationToken.None)).IsGivenUp);
            using var end = new CancellationTokenSource();
            var running = keeper.RunAsync(end.Token);
            Assert.NotNull(await loop.InvokeAsync(chain.Loaded.Index.FindFailedStep));
            other.Execute("UPDATE blocks SET block = (SELECT block FROM kept) WHERE sequence = 2");
            await Eventually.TrueAsync(() => loop.InvokeAsync(() => chain.Loaded.Index.IsSynced), () => "the index stands at the tip");
            Assert.True((await keeper.CatchUpAsync(CancellationToken.None)).IsComplete);
            await end.CancelAsync();
            await running.WaitAsync(Eventually.Patience);
            loop.Complete();
            await owning.WaitAsync(Eventually.Patience);
        }

        Assert.Equal(2, log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("made anew", log.ToString(), StringComparison.Ordinal);
    }
}
